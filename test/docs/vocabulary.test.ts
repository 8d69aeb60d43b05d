import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  ACTION_MEANING,
  JOIN_MEANING,
  OUTCOME_MEANING,
  STATUS_MEANING,
  STRENGTH_MEANING,
} from '../../scripts/docs/vocabulary.ts';
import { STATUSES } from '../../shared/corroboration/health/state.ts';
import { JOINS } from '../../shared/corroboration/rule.ts';
import { datasetOfUri } from '../../shared/datasets/uri.ts';
import { ACTIONS, OUTCOMES, STRENGTHS } from '../../shared/model/event.ts';
import { dataflowJob, dataprocJob, parseJobId, yarnApplication } from '../../shared/model/job.ts';
import { codes, readPage, ROOT, section, tableRows } from './page.ts';

const page = readPage('vocabulary.md');

describe('docs/vocabulary.md', () => {
  it('has a meaning for every action and outcome, in the order of the lists', () => {
    expect(Object.keys(ACTION_MEANING)).toEqual(ACTIONS);
    expect(Object.keys(OUTCOME_MEANING)).toEqual(OUTCOMES);
    expect(Object.keys(STRENGTH_MEANING)).toEqual(STRENGTHS);
    expect(Object.keys(JOIN_MEANING)).toEqual(JOINS);
    expect(Object.keys(STATUS_MEANING)).toEqual(STATUSES);
    const meanings = Object.values(ACTION_MEANING);
    expect(new Set(meanings).size).toBe(meanings.length);
    expect(tableRows(section(page, 'Actions')).map(([action]) => action)).toEqual(
      ACTIONS.map((a) => `\`${a}\``),
    );
  });

  it('has every reason for which an access is joined to a job', () => {
    const files = ['schemas/spanner/0002_views.sql', 'schemas/queries/who-touched-dataset.sql'];
    const sql = files.map((file) => readFileSync(join(ROOT, file), 'utf8')).join('\n');
    const made = new Set([
      'named',
      ...Array.from(sql.matchAll(/'([a-z -]+)'\)? AS Reason/g), ([, reason]) => reason),
    ]);
    const documented = tableRows(section(page, 'Reason')).flatMap(([reason]) => codes(reason ?? ''));
    // What a source found a job by passes through as it is.
    made.add('custom-context');
    expect(documented.toSorted()).toEqual([...made].map(String).toSorted());
  });

  const jobs = tableRows(section(page, 'Job ids'));

  it('shows job ids as they are made', () => {
    const at = ['my-project', 'europe-west1'] as const;
    expect(jobs.map(([, id]) => codes(id ?? '')[0])).toEqual([
      dataprocJob(...at, 'job', 'nightly-1'),
      dataprocJob(...at, 'batch', 'nightly-1'),
      dataprocJob(...at, 'session', 'ana-1'),
      dataprocJob(...at, 'workflow', '0f6e1c1a'),
      dataflowJob(...at, '2026-01-31_12_00_00-1234567890'),
      'databricks:1234567890123456/run/42',
      yarnApplication(...at, 'cluster-1', 'application_1700000000000_0001'),
    ]);
  });

  it.each(jobs)('%s: %s is read back', (_work, id = '') => {
    const [text = ''] = codes(id);
    expect(parseJobId(text)).toBe(text);
  });

  it.each(tableRows(section(page, 'Dataset ids')))('%s is %s', (written = '', id = '') => {
    expect(datasetOfUri(codes(written)[0] ?? '')).toBe(codes(id)[0]);
  });
});
