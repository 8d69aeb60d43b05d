/** What the store tells of mesh and gateway: every path its own records, whoever else is busy, and the calls that started jobs. */
import { afterEach, describe, expect, test } from 'vitest';
import type { Row } from '../../schemas/tables.ts';
import { recordedCalls, recordedPaths } from '../../shared/doctor/recorded.ts';
import { openStore } from '../../shared/store/open.ts';
import type { EntryRows, Store } from '../../shared/store/store.ts';
import { timestampOf } from '../../shared/store/timestamp.ts';
import { batchOf, eventRow } from '../store/entries.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const ago = (seconds: number): string => timestampOf(new Date(NOW - seconds * 1000));
const SINCE = ago(86_400);
const UNTIL = ago(0);

const open: { store?: Store } = {};
afterEach(async () => {
  await open.store?.close();
});

async function storeWith(entries: readonly EntryRows[]): Promise<Store> {
  open.store = await openStore('sqlite::memory:');
  await open.store.commit(batchOf(entries));
  return open.store;
}

/** One record of a hop, and the subject under which reconcile finds it. */
function record(name: string, over: Row, claims: object = {}, subject?: string): EntryRows {
  const row = eventRow(name, { Claims: JSON.stringify(claims), ...over });
  const witness = {
    Family: 'call',
    Subject: subject,
    EventTime: row['EventTime'],
    EventId: row['EventId'],
    Variant: row['Variant'],
    ExpireAt: row['ExpireAt'],
  };
  return {
    kind: 'event',
    rows: [
      { table: 'Events', row },
      ...(subject === undefined ? [] : [{ table: 'Witnesses', row: witness } as const]),
    ],
  };
}

const mesh = (name: string, cluster: string, over: Row = {}, claims: object = {}): EntryRows =>
  record(name, over, { cluster, reporter: 'server', ...claims });
const NOBODY = { Actor: undefined, ActorKind: undefined, ActorProof: undefined };

describe('paths', () => {
  test('a quiet one is seen beside one that fills every reading', async () => {
    const busy = Array.from({ length: 600 }, (_, at) =>
      mesh(`busy ${at}`, 'busy', { EventTime: ago(at / 10) }),
    );
    const quiet = mesh('quiet', 'quiet', { EventTime: ago(7_200), ...NOBODY }, { mtls: false });
    const store = await storeWith([...busy, quiet]);
    const known = [
      { path: 'istio/busy/server', newest: ago(0) },
      { path: 'istio/quiet/server', newest: ago(7_200) },
      { path: 'dataproc', newest: ago(0) },
    ];
    const found = await recordedPaths(store, known, SINCE, UNTIL);
    expect(found.map(({ path, records, named, plain }) => ({ path, records, named, plain }))).toEqual([
      { path: 'istio/busy/server', records: 500, named: 500, plain: 0 },
      { path: 'istio/quiet/server', records: 1, named: 0, plain: 1 },
    ]);
  });

  test('one that is dated into the future hides nothing, one of yesterday is no evidence of today', async () => {
    const store = await storeWith([
      mesh('now', 'prod', { EventTime: ago(5) }),
      mesh('later', 'prod', { EventTime: ago(-86_400) }),
      mesh('old', 'gone', { EventTime: ago(90_000) }),
    ]);
    const known = [
      { path: 'istio/prod/server', newest: ago(-86_400) },
      { path: 'istio/gone/server', newest: ago(90_000) },
    ];
    const found = await recordedPaths(store, known, SINCE, UNTIL);
    expect(found.map(({ path, records }) => [path, records])).toEqual([['istio/prod/server', 1]]);
  });

  test('who was refused for want of a name is no fault of the log; changes of the gateway are no calls', async () => {
    const kong = { Source: 'kong', Via: 'gateway', EventTime: ago(5) };
    const store = await storeWith([
      record('let through', { ...kong, ActorProof: 'credential' }, { cluster: 'edge' }),
      record('refused', { ...kong, ...NOBODY, Outcome: 'denied' }, { cluster: 'edge' }),
      record('changed', { ...kong, ...NOBODY, Action: 'policy.change' }, { cluster: 'edge' }),
      record('nobody’s', { ...kong, Provenance: 'tenant', Project: 'lab' }, { cluster: 'edge' }),
    ]);
    expect(await recordedPaths(store, [], SINCE, UNTIL)).toEqual([
      expect.objectContaining({ path: 'kong/(undeclared)', records: 1, projects: ['lab'] }),
      expect.objectContaining({ path: 'kong/edge', records: 1, named: 1, byCredential: 1, byCertificate: 0 }),
    ]);
  });
});

test('calls that started jobs, by engine, hop and grade', async () => {
  const start = { Source: 'dataproc', Action: 'job.submit', Via: 'direct', Provenance: 'provider' };
  const seen = { EventTime: ago(60) };
  const store = await storeWith([
    record('start', { ...start, ...seen, Environment: 'prod' }, {}, 'dataproc|submit-job'),
    record('refused', { ...start, ...seen, Outcome: 'denied' }, {}, 'dataproc|submit-job'),
    record('by Google', { ...start, ...seen, ActorKind: 'system' }, {}, 'dataproc|create-batch'),
    record('of yesterday', { ...start, EventTime: ago(90_000) }, {}, 'dataproc|submit-job'),
    record('in the mesh', seen, {}, 'dataproc|submit-job'),
    record('nameless', { ...seen, ...NOBODY }, {}, 'dataproc|submit-job'),
    record('forged', { ...seen, Provenance: 'tenant' }, {}, 'dataproc|submit-job'),
    record('at the gateway', { ...seen, Source: 'kong', Via: 'gateway' }, {}, 'dataproc|run-workflow'),
    record('connection', seen, { grade: 'connection' }, 'dataflow|connect|user:ana@example.com'),
    record('another place', seen, {}, 'dataproc|submit-job|p|r'),
  ]);
  const none = { requests: 0, connections: 0, named: 0 };
  expect(await recordedCalls(store, SINCE)).toEqual([
    {
      engine: 'dataproc',
      starts: [{ environment: 'prod' }],
      hops: {
        mesh: { requests: 2, connections: 0, named: 1 },
        gateway: { requests: 1, connections: 0, named: 1 },
      },
    },
    {
      engine: 'dataflow',
      starts: [],
      hops: { mesh: { requests: 0, connections: 1, named: 0 }, gateway: none },
    },
    { engine: 'databricks', starts: [], hops: { mesh: none, gateway: none } },
  ]);
});
