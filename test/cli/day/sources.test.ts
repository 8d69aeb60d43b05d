import { describe, expect, it } from 'vitest';
import { generateDay } from '../../../cli/day/day.ts';
import { LogEntry } from '../../../schemas/log-entry.ts';
import type { AuditEventDraft } from '../../../shared/model/event.ts';
import { SOURCES } from '../../../shared/sources/index.ts';

const told = generateDay({ date: '2026-11-19', seed: 7 })
  .filter(({ category }) => category !== 'broken')
  .map(({ category, subscription, data }) => {
    const entry = LogEntry.parse(JSON.parse(data));
    const source = SOURCES.find((candidate) => candidate.owns(entry));
    return { category, subscription, owner: source?.name, result: source?.normalise(entry) };
  });
const events = told.flatMap(({ result }) => (result?.kind === 'event' ? [result.event] : []));

const uses = (event: AuditEventDraft, op: 'read' | 'write'): readonly string[] =>
  (event.datasets ?? []).filter((use) => use.op === op).map(({ dataset }) => dataset);

/** Data sets from which a data set was made, one job back. */
function sourcesOf(dataset: string): readonly string[] {
  return events
    .filter((event) => uses(event, 'write').includes(dataset))
    .flatMap((event) => uses(event, 'read'));
}

describe('the day as the sources read it', () => {
  it('belongs to the source of its subscription, but for what is meant not to', () => {
    const strays = told.filter(({ owner, subscription }) => owner !== subscription);
    expect(strays.length).toBeGreaterThan(0);
    expect(strays.every(({ category }) => category === 'unowned')).toBe(true);
  });

  it('has no entry that a source refuses', () => {
    expect(told.filter(({ result }) => result?.kind === 'refused')).toEqual([]);
  });

  it('has one method that is not known', () => {
    const unknown = told.flatMap(({ result }) =>
      result?.kind === 'event' ? (result.unknownMethod ?? []) : [],
    );
    expect([...new Set(unknown)]).toEqual(['google.cloud.dataproc.v1.JobController.SimulateJob']);
  });

  it('has jobs that are refused, fail, are cancelled and finish, and what else a platform does', () => {
    const seen = new Set(events.map(({ action, outcome }) => `${action} ${outcome}`));
    const wanted = [
      'job.submit allowed',
      'job.submit denied',
      'job.finish allowed',
      'job.finish failed',
      'job.cancel allowed',
      'job.delete denied',
      'api.call denied',
      'cluster.create failed',
      'session.create allowed',
      'workflow.run allowed',
      'iam.change allowed',
      'credential.inject allowed',
    ];
    expect(wanted.filter((pair) => !seen.has(pair))).toEqual([]);
  });

  it('leads from the partner exchange back to the landing bucket in six hops', () => {
    let here: readonly string[] = ['gs://acme-partner-exchange/churn'];
    const path: (readonly string[])[] = [];
    for (let hop = 0; hop < 6; hop += 1) {
      here = [...new Set(here.flatMap((dataset) => sourcesOf(dataset)))];
      path.push(here);
    }
    expect(path[0]).toEqual(['gs://acme-models/churn/training-set']);
    expect(path[3]).toContain('bigquery:acme-data-prod.sales.orders');
    expect(path[5]).toContain('gs://acme-landing/orders');
  });
});
