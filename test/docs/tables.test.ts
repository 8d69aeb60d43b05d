import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { type Table, TABLES } from '../../schemas/tables.ts';
import { decodeEntry } from '../../shared/envelope/entry.ts';
import { ordinals } from '../../shared/envelope/event-id.ts';
import type { DecodedEntry, EventId, Timestamp } from '../../shared/envelope/envelope.ts';
import { createIdentifier } from '../../shared/identity/identify.ts';
import { datasetId } from '../../shared/model/dataset.ts';
import { ACTIONS, type AuditEventDraft } from '../../shared/model/event.ts';
import { dataprocJob } from '../../shared/model/job.ts';
import { prepareAttested } from '../../shared/pipeline/attest.ts';
import { createPreparer } from '../../shared/pipeline/prepare.ts';
import { eventRows } from '../../shared/pipeline/rows.ts';
import { SOURCES } from '../../shared/sources/index.ts';
import type { ForeignRecord } from '../../shared/sources/source.ts';
import type { EntryRows, TableRow } from '../../shared/store/store.ts';
import { bundleOf } from '../detections/cases.ts';
import { codes, readPage, ROOT, section, tableRows } from './page.ts';

const page = readPage('tables.md');

const DECODED: DecodedEntry = {
  kind: 'entry',
  entry: {},
  eventId: 'a'.repeat(64) as EventId,
  eventTime: '2026-01-31T22:00:00.000000000Z' as Timestamp,
  digest: 'b'.repeat(64),
  text: () => '{}',
  bytes: 2,
};

const CALLER: AuditEventDraft['identity'] = { caller: { kind: 'google', email: 'ana@example.com' } };

const CHANGE: Partial<AuditEventDraft> = {
  action: 'policy.change',
  policy: { plane: 'mesh', policy: 'p', change: 'delete' },
};

const datasets = ['gs://a/in', 'gs://b/out'].flatMap((text, at) => {
  const dataset = datasetId(text);
  return dataset === undefined
    ? []
    : [{ dataset, op: at === 0 ? 'read' : 'write', strength: 'declared' } as const];
});

function rowsOf(draft: Partial<AuditEventDraft>): readonly TableRow[] {
  const whole: AuditEventDraft = {
    action: 'job.submit',
    outcome: 'allowed',
    method: 'SubmitJob',
    via: 'direct',
    provenance: 'provider',
    identity: CALLER,
    ...(draft.policy === undefined ? { job: dataprocJob('p', 'r', 'job', 'j') } : {}),
    ...draft,
  };
  const identity = createIdentifier({ bindings: [], agents: [] }).identify(whole.identity, DECODED.eventTime);
  return eventRows(DECODED, whole, identity, {
    source: 'dataproc',
    normaliser: 1,
    environment: undefined,
    provenance: whole.provenance,
    policyDigest: 'c'.repeat(64),
    expireAt: DECODED.eventTime,
    versionExpireAt: undefined,
    raw: undefined,
  }).rows;
}

/** With the entries that each row makes in the indexes of its table. */
function withIndexes(rows: readonly TableRow[]): number {
  return rows.reduce((sum, { table, row }) => {
    const { indexes }: Table = TABLES[table];
    const made = indexes.filter(
      ({ columns, nullFiltered }) => nullFiltered !== true || row[columns[0] ?? ''] !== undefined,
    );
    return sum + 1 + made.length;
  }, 0);
}

const counts = new Map(
  tableRows(section(page, 'Rows of an entry')).map(([entry, count]) => [entry, Number(count)]),
);

/** What the whole pipeline makes of an entry of a case: rows of groups, and of open work. */
async function madeOf(file: string, at: number): Promise<readonly [groups: number, open: number]> {
  const { entries } = Case.parse(JSON.parse(readFileSync(join(ROOT, 'test/corroboration', file), 'utf8')));
  const preparer = createPreparer({ sources: SOURCES, loaded: BUNDLE });
  const adopt = (record: ForeignRecord) =>
    SOURCES.map((source) => source.adopt?.(record)).find((entry) => entry !== undefined);
  const bytes = Buffer.from(JSON.stringify(entries[at]));
  for (const decoded of decodeEntry(bytes, { ordinalOf: ordinals(), adopt })) {
    const prepared = await prepareAttested(preparer, decoded, () => DECODED.eventTime);
    if (prepared.kind !== 'rows') break;
    const { rows, work = [] }: EntryRows = prepared.entry;
    return [rows.filter(({ table }) => table === 'Witnesses').length, work.length];
  }
  throw new Error(`${file}: entry ${at} makes no event`);
}

const Case = z.looseObject({ entries: z.array(z.unknown()) });
const BUNDLE = bundleOf({ config: { environments: { prod: ['shop-prod', 'acme-prod'] } }, policies: '' });

describe('docs/tables.md', () => {
  it.each([
    [
      'the same, of a call that starts work',
      'audit-record-without-gateway-evidence/quiet-late-record.json',
      1,
    ],
    ['log line of running work', 'job-ran-without-audit-record/fires-driver-log.json', 1],
    [
      'submission by one caller, two datasets',
      'audit-record-without-gateway-evidence/quiet-late-record.json',
      0,
    ],
    ['allowed change of a policy', 'mesh-policy-inline-edit/fires-deny-turned.json', 0],
    ['access to data that names no job', 'data-access-outside-jobs/fires-read-after-the-job.json', 3],
    ['approval of one dataset', 'action-without-approval/quiet-approved.json', 0],
  ])('counts groups and open work of: %s', async (entry, file, at) => {
    const row = tableRows(section(page, 'Rows of an entry')).find(([name]) => name === entry);
    expect(await madeOf(file, at)).toEqual(row?.slice(3).map(Number));
  });

  it.each<[string, Partial<AuditEventDraft>]>([
    ['mesh or gateway request', { action: 'api.call', via: 'mesh', job: dataprocJob('p', 'r', 'job', 'j') }],
    ['log line of running work', { action: 'job.run', identity: {} }],
    ['submission by one caller, two datasets', { datasets }],
    ['allowed change of a policy', CHANGE],
  ])('counts the rows of a %s', (entry, draft) => {
    expect(withIndexes(rowsOf(draft))).toBe(counts.get(entry));
  });

  it('counts none for the datasets of what was denied', () => {
    expect(rowsOf({ datasets, outcome: 'denied' }).map(({ row }) => row['Op'])).toEqual([
      undefined,
      'submit',
    ]);
  });

  it('counts no version of a policy that was not changed', () => {
    expect(rowsOf({ ...CHANGE, outcome: 'denied' }).map(({ table }) => table)).toEqual(['Events']);
  });

  it('names every relation an edge can have', () => {
    const made = new Set<unknown>();
    const parentJob = dataprocJob('p', 'r', 'workflow', 'w');
    const identity: AuditEventDraft['identity'] = {
      ...CALLER,
      runAs: { kind: 'google', email: 'etl@p.iam.gserviceaccount.com' },
      delegation: [
        { claim: { kind: 'google', email: 'ben@example.com' }, recordedBy: 'serviceAccountDelegationInfo' },
      ],
    };
    const used = datasets.map(({ dataset }) => ({ dataset, op: 'use', strength: 'inferred' }) as const);
    for (const action of ACTIONS) {
      const rows = rowsOf({ action, identity, parentJob, datasets: [...datasets, ...used.slice(0, 1)] });
      for (const { table, row } of rows) if (table === 'Edges') made.add(row['Op']);
    }
    const named = tableRows(section(page, 'The two ends of an edge')).flatMap(([ops]) => codes(ops ?? ''));
    expect(named.toSorted()).toEqual([...made].map(String).toSorted());
  });

  it('has every view', () => {
    const files = ['0002_views.sql', '0006_corroboration.sql'];
    const sql = files.map((file) => readFileSync(join(ROOT, 'schemas/spanner', file), 'utf8')).join('\n');
    const views = Array.from(sql.matchAll(/CREATE VIEW (\w+)/g), (match) => match[1]);
    const listed = Array.from(section(page, 'Views').matchAll(/^- `(\w+)`: \S/gm), (match) => match[1]);
    expect(listed).toEqual(views);
  });
});
