import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Table, TABLES } from '../../schemas/tables.ts';
import type { DecodedEntry, EventId, Timestamp } from '../../shared/envelope/envelope.ts';
import { createIdentifier } from '../../shared/identity/identify.ts';
import { datasetId } from '../../shared/model/dataset.ts';
import { ACTIONS, type AuditEventDraft } from '../../shared/model/event.ts';
import { dataprocJob } from '../../shared/model/job.ts';
import { eventRows } from '../../shared/pipeline/rows.ts';
import type { TableRow } from '../../shared/store/store.ts';
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

describe('docs/tables.md', () => {
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
    const sql = readFileSync(join(ROOT, 'schemas/spanner/0002_views.sql'), 'utf8');
    const views = Array.from(sql.matchAll(/CREATE VIEW (\w+)/g), (match) => match[1]);
    const listed = Array.from(section(page, 'Views').matchAll(/^- `(\w+)`: \S/gm), (match) => match[1]);
    expect(listed).toEqual(views);
  });
});
