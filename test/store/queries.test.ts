import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { walkLineage } from '../../shared/lineage/walk.ts';
import { openStore } from '../../shared/store/open.ts';
import { parseQuery, runSavedQuery, savedQueries, savedQuery } from '../../shared/store/queries.ts';
import { episodeId } from '../../shared/alerts/episode.ts';
import { findingRow } from '../../shared/alerts/finding-row.ts';
import type { Row } from '../../schemas/tables.ts';
import { createPlan } from '../../shared/alerts/plan.ts';
import { later } from '../../shared/alerts/times.ts';
import type { EntryRows, QueryResult, Store } from '../../shared/store/store.ts';
import { alerting, finding, T0 } from '../alerts/findings.ts';
import { describeWithEmulators, freshSpannerDatabase } from '../support/emulators.ts';
import { batchOf, eventRow, quarantineEntry } from './entries.ts';
import { ANA, ETL, job, JOB_PROXY, PROJECT, SCENARIO } from './scenario.ts';

let sqlite: Store;
beforeAll(async () => {
  sqlite = await openStore('sqlite::memory:');
  await fill(sqlite);
});
afterAll(() => sqlite.close());

async function fill(store: Store): Promise<void> {
  await store.commit(batchOf(withFindings(SCENARIO), { source: 'dataproc', filteredBy: { health: 2 } }));
  await store.commit(batchOf(SCENARIO.slice(0, 3), { source: 'dataproc', path: 'push' }));
  await store.commit(batchOf([REDRIVEN], { source: 'dataproc', path: 'pull' }));
  await store.markRedriven([
    {
      QuarantineId: REDRIVEN.rows[0].row['QuarantineId'],
      RedrivenAt: T0,
      Outcome: 'duplicate',
      EventIds: ['a'.repeat(64)],
      ExpireAt: REDRIVEN.rows[0].row['ExpireAt'],
    },
  ]);
  const [answered] = await store.alerts.claim(
    [finding('old', { rule: 'another-rule' }), FOUND],
    T0,
    createPlan(alerting()),
  );
  if (answered === undefined) throw new Error('no episode');
  await store.work.settle({
    verdicts: [verdict('1', 'violated', T0), verdict('2', 'satisfied', later(T0, 60_000))],
    findings: [],
    done: [],
    open: [],
  });
  await store.alerts.transition({
    id: 'resolve',
    episode: { id: answered.id, n: 1 },
    change: 'resolve',
    at: later(T0, 60_000),
    by: ANA,
    because: 'command',
  });
}

const REDRIVEN = quarantineEntry('[', { FirstSeen: '2026-01-01T00:00:00.000000000Z' });

/** Of one action: what was said first, and what late evidence made of it. */
const verdict = (id: string, said: string, at: string): Row => ({
  AnchorId: 'a'.repeat(64),
  Rule: FOUND.rule,
  About: '',
  VerdictId: id.repeat(32),
  RuleVersion: 1,
  Verdict: said,
  JoinedBy: 'request-id',
  Reason: said === 'satisfied' ? 'the call was seen at the gateway' : 'no record of the gateway',
  Cited: '[]',
  LateMs: said === 'satisfied' ? 60_000 : undefined,
  FindingId: said === 'satisfied' ? undefined : FOUND.id,
  EventTime: '2026-11-20T00:30:00.000000000Z',
  JobId: job('clean'),
  Environment: 'prod',
  PolicyDigest: 'b'.repeat(64),
  Facts: 2,
  DecidedAt: at,
  ExpireAt: '2027-11-20T00:00:00.000000000Z',
});

/** Of the first two entries; the second finding makes no alert. */
function withFindings(entries: readonly EntryRows[]): readonly EntryRows[] {
  return entries.map((entry, i) => {
    if (i > 1) return entry;
    const [{ row: event }] = entry.rows;
    const found = i === 0 ? FOUND : { ...FOUND, id: 'e'.repeat(64), verdict: 'undetermined' as const };
    const row = findingRow(found, {
      shard: 0,
      variant: String(event['Variant']),
      storedAt: T0,
      expireAt: '2027-11-20T00:00:00.000000000Z',
    });
    return { ...entry, rows: [...entry.rows, { table: 'Findings', row }] };
  });
}

const run = (
  store: Store,
  name: string,
  params: Readonly<Record<string, string>> = {},
): Promise<QueryResult> => runSavedQuery(store, savedQuery(name), new Map(Object.entries(params)));

/** Chosen columns of each row, joined. */
async function lines(
  name: string,
  params: Readonly<Record<string, string>>,
  columns: readonly string[],
): Promise<string[]> {
  const { rows } = await run(sqlite, name, params);
  return rows.map((row) => columns.map((column) => String(row[column])).join(' | '));
}

const FOUND = finding('found', { time: '2026-11-20T11:59:30.000000000Z' });

/** Every saved query with parameters that give an answer. */
const CALLS: Readonly<Record<string, readonly Readonly<Record<string, string>>[]>> = {
  alerts: [
    {},
    { state: 'open' },
    { rule: 'another-rule', from: '2026-11-20', until: '2026-11-21', limit: '1' },
  ],
  'approvals-for': [{ principal: ANA, from: '2026-11-20', until: '2026-11-21' }],
  balance: [{}, { from: '2027-01-01' }],
  conflicts: [{}],
  downstream: [{ dataset: 'gs://raw/' }, { dataset: 'gs://vault/' }],
  findings: [
    {},
    { rule: FOUND.rule, environment: 'prod', from: '2026-11-20', until: '2026-11-21', limit: '1' },
    { rule: 'none' },
  ],
  'job-data': [{ job: job('clean') }, { job: job('none') }],
  'job-way': [{ job: job('clean') }],
  jobs: [
    {},
    { environment: 'prod', from: '2026-11-20T01:00:00Z', until: '2026-11-20T02:00:00Z' },
    { limit: '2' },
  ],
  'jobs-of-principal': [{ principal: ANA }, { principal: ETL, until: '2026-11-20T00:30:00Z' }],
  'last-night': [{ from: '2026-11-20T00:00:00Z', until: '2026-11-20T04:00:00+01:00' }],
  'policies-at': [
    { at: '2026-11-20T01:05:00Z' },
    { at: '2026-11-20T02:00:00Z', plane: 'mesh', policy: 'kubernetes:prod/', project: 'prod' },
    { at: '2026-11-19T23:00:00Z' },
    { at: '2026-11-21T00:00:00Z', limit: '2' },
  ],
  'policy-history': [
    { policy: JOB_PROXY },
    { policy: JOB_PROXY, from: '2026-11-20T00:30:00Z', until: '2026-11-20T01:10:00Z' },
    { policy: 'none' },
  ],
  quarantine: [
    {},
    { reason: 'none' },
    { redriven: 'no', source: 'istio' },
    { redriven: 'duplicate', limit: '1' },
  ],
  'unknown-methods': [{}],
  upstream: [{ dataset: 'gs://report/' }, { dataset: 'gs://vault/' }, { dataset: 'gs://none/' }],
  verdicts: [
    {},
    { job: job('clean'), rule: FOUND.rule, verdict: 'satisfied' },
    { from: '2026-11-20', until: '2026-11-21', limit: '1' },
    { job: job('none') },
  ],
  'who-touched-dataset': [{ dataset: 'gs://raw/' }],
};

describe('the answers of the saved queries', () => {
  test('every query has a title and a call here', () => {
    expect(savedQueries().map(({ name }) => name)).toEqual(Object.keys(CALLS).sort());
    for (const { title } of savedQueries()) expect(title).not.toBe('');
  });

  test('jobs: who, for whom, by which way, with what end', async () => {
    const columns = [
      'JobId',
      'Actor',
      'ActingFor',
      'Via',
      'Outcome',
      'FinishedAt',
      'Submitted',
      'Reads',
      'Writes',
    ];
    const rows = await lines('jobs', {}, columns);
    expect(rows[0]).toBe(
      'yarn:prod/europe-west1/c1/application_1_0001 | null | null |  | unknown | null | no record |  | ',
    );
    expect(rows).toContain(
      `${job('report')} | ${ANA} | null | mesh | allowed | null | recorded | bigquery:prod.lake.clean, gs://rates/ | gs://report/`,
    );
    expect(rows).toContain(
      `${job('clean')} | ${ETL} | ${ANA} | no hop seen | failed | 2026-11-20T01:30:00.000000000Z | recorded | gs://raw/ | bigquery:prod.lake.clean`,
    );
    expect(rows.filter((row) => row.includes(' | mesh (by time) | '))).toEqual([
      `${job('feedback')} | ${ANA} | null | mesh (by time) | allowed | null | recorded | gs://report/ | gs://raw/`,
    ]);
    expect(rows).toHaveLength(7);
    expect(await lines('jobs', CALLS['jobs']?.[1] ?? {}, ['JobId'])).toEqual([job('clean2'), job('clean')]);
  });

  test('findings: with the alert they are part of, or none', async () => {
    const rows = await lines('findings', {}, ['Verdict', 'Rule', 'EpisodeId', 'ActingFor']);
    const alert = episodeId(FOUND.rule, FOUND.key);
    expect(rows.toSorted()).toEqual([
      `undetermined | ${FOUND.rule} | null | user:google:bo@example.com`,
      `violation | ${FOUND.rule} | ${alert} | user:google:bo@example.com`,
    ]);
  });

  test('verdicts: what was said last of each action', async () => {
    const columns = ['Rule', 'Verdict', 'JoinedBy', 'LateMs', 'JobId', 'Reason'];
    expect(await lines('verdicts', {}, columns)).toEqual([
      `${FOUND.rule} | satisfied | request-id | 60000 | ${job('clean')} | the call was seen at the gateway`,
    ]);
    expect(await lines('verdicts', { verdict: 'violated' }, columns)).toEqual([]);
  });

  test('alerts: open ones first, with who answered and who is to be told', async () => {
    const columns = ['State', 'Rule', 'ResolvedBy', 'Told', 'Waiting', 'Failed'];
    expect(await lines('alerts', {}, columns)).toEqual([
      `open | ${FOUND.rule} | null | 0 | 1 | 0`,
      `resolved | another-rule | ${ANA} | 0 | 1 | 0`,
    ]);
    expect(await lines('alerts', { state: 'acknowledged' }, columns)).toEqual([]);
  });

  test('jobs-of-principal: its own and those on its behalf', async () => {
    expect(await lines('jobs-of-principal', { principal: ANA }, ['Did', 'JobId', 'Actor'])).toEqual([
      `submit | ${job('archive')} | ${ANA}`,
      `submit | ${job('feedback')} | ${ANA}`,
      `submit | ${job('report')} | ${ANA}`,
      `submit | ${job('clean2')} | ${ANA}`,
      `for | ${job('clean')} | ${ETL}`,
    ]);
  });

  test('who-touched-dataset: newest first, with direction and delegation', async () => {
    expect(
      await lines('who-touched-dataset', { dataset: 'gs://raw/' }, ['Op', 'JobId', 'ActingFor']),
    ).toEqual([
      `write | ${job('feedback')} | null`,
      `read | ${job('clean2')} | null`,
      `read | ${job('clean')} | ${ANA}`,
      `write | ${job('load')} | null`,
    ]);
  });

  test('upstream and downstream: nearest hop, every job on a shortest way, circles end', async () => {
    const columns = ['Hop', 'Dataset', 'JobId'];
    expect(await lines('upstream', { dataset: 'gs://report/' }, columns)).toEqual([
      `1 | bigquery:prod.lake.clean | ${job('report')}`,
      `1 | gs://rates/ | ${job('report')}`,
      `1 | gs://vault/ | ${job('archive')}`,
      `2 | gs://raw/ | ${job('clean')}`,
      `2 | gs://raw/ | ${job('clean2')}`,
    ]);
    expect(await lines('downstream', { dataset: 'gs://raw/' }, columns)).toEqual([
      `1 | bigquery:prod.lake.clean | ${job('clean')}`,
      `1 | bigquery:prod.lake.clean | ${job('clean2')}`,
      `2 | gs://report/ | ${job('report')}`,
      `3 | gs://vault/ | ${job('archive')}`,
    ]);
  });

  test('job-way: both entries of the operation, in order', async () => {
    expect(await lines('job-way', { job: job('clean') }, ['Phase', 'Outcome', 'Actor'])).toEqual([
      `first | allowed | ${ETL}`,
      'last | failed | null',
    ]);
  });

  test('last-night: from inclusive, until exclusive, one line for an operation', async () => {
    const columns = ['JobId'];
    expect(
      await lines('last-night', { from: '2026-11-20T01:10:00Z', until: '2026-11-20T02:00:00Z' }, columns),
    ).toEqual([job('clean2')]);
    const night = { from: '2026-11-20', until: '2026-11-21', environment: 'test' };
    expect(await lines('last-night', night, columns)).toEqual([]);
  });

  test('policies-at: the version of each policy that held then, by whom and since when', async () => {
    const at = (time: string, more: Readonly<Record<string, string>> = {}): Promise<string[]> =>
      lines('policies-at', { at: `2026-11-20T${time}Z`, ...more }, ['Policy', 'Change', 'Since', 'Actor']);
    const since = (time: string): string => `2026-11-20T${time}.000000000Z`;
    const sidecar = JOB_PROXY.replace('authorizationpolicies.security', 'sidecars.networking').replace(
      'job-proxy',
      'x',
    );
    expect(await at('00:59:59.999999999', { plane: 'mesh' })).toEqual([
      `${JOB_PROXY} | set | ${since('00:00:00')} | ${ETL}`,
      `${sidecar} | set | ${since('00:30:00')} | ${ANA}`,
    ]);
    // A version holds from its own instant on, and what somebody may have forged stands beside it.
    expect(await at('01:05:00', { plane: 'mesh', policy: JOB_PROXY })).toEqual([
      `${JOB_PROXY} | set | ${since('01:00:00')} | ${ANA}`,
      `${JOB_PROXY} | set | ${since('01:05:00')} | user:google:mallory@stranger.example`,
    ]);
    expect(await at('01:30:00', { policy: sidecar })).toEqual([]);
    expect(await at('02:00:00', { plane: 'gateway' })).toEqual([
      expect.stringContaining(`kong:prod/routes/r | `),
      expect.stringContaining(`kong:prod/routes/r | `),
    ]);
    expect(await at('02:00:00', { plane: 'iam', project: 'prod' })).toEqual([
      `${PROJECT} | delta | ${since('01:20:00')} | ${ANA}`,
    ]);
    expect(await at('00:05:00', { plane: 'iam' })).toHaveLength(2);
  });

  test('policy-history: newest first; a change taken back has the digest of before', async () => {
    const columns = ['EventTime', 'Change', 'ContentDigest', 'Actor', 'ActingFor'];
    const history = await lines('policy-history', { policy: JOB_PROXY }, columns);
    const digests = history.map((line) => line.split(' | ')[2]);
    expect(history.map((line) => line.slice(11, 16))).toEqual(['01:10', '01:05', '01:00', '00:00']);
    expect(history[0]).toContain(`| ${ANA} | ${ETL}`);
    expect(digests[0]).toBe(digests[3]);
    expect(new Set(digests).size).toBe(3);
  });

  test.each(['policies-at', 'policy-history'])('%s finds a version by key range', async (name) => {
    const { sql, params } = savedQuery(name);
    const values = params.map(({ name: param, type }) => [
      param,
      type === 'int64' ? { type, value: 1 } : { type, value: '2026-11-20T01:05:00.000000000Z' },
    ]);
    const { rows } = await sqlite.query(`EXPLAIN QUERY PLAN ${sql}`, Object.fromEntries(values));
    const details = rows.map((row) => String(row['detail']));
    expect(details.some((detail) => detail.includes('(Plane=? AND Policy=?'))).toBe(true);
    expect(details.filter((detail) => detail.startsWith('SCAN n'))).toEqual([]);
  });

  test('balance, conflicts, quarantine, unknown-methods', async () => {
    const counts = [
      'Path',
      'Received',
      'Stored',
      'Duplicate',
      'Filtered',
      'Quarantined',
      'Conflicting',
      'Balances',
    ];
    expect(await lines('balance', {}, counts)).toEqual([
      'pull | 1 | 0 | 0 | 0 | 1 | 0 | yes',
      'push | 3 | 0 | 3 | 0 | 0 | 0 | yes',
      `replay | ${SCENARIO.length + 2} | ${SCENARIO.length - 1} | 0 | 2 | 1 | 2 | yes`,
    ]);
    const twice = String(eventRow('twice')['EventId']);
    const conflicts = await lines('conflicts', {}, ['EventId', 'Difference']);
    expect(conflicts.filter((line) => line === `${twice} | recorded columns differ`)).toHaveLength(2);
    expect(conflicts.filter((line) => line.endsWith('only the raw text differs'))).toHaveLength(2);
    expect(conflicts).toHaveLength(4);
    const quarantined = ['Reason', 'Redriven', 'RedrivenAt', 'RawBytes'];
    const [pending, redriven] = ['entry-not-json | no | null | 1', `entry-not-json | duplicate | ${T0} | 1`];
    expect(await lines('quarantine', {}, quarantined)).toEqual([pending, redriven]);
    expect(await lines('quarantine', { redriven: 'no' }, quarantined)).toEqual([pending]);
    expect(await lines('quarantine', { redriven: 'duplicate' }, quarantined)).toEqual([redriven]);
    expect(await lines('quarantine', { redriven: 'stored' }, quarantined)).toEqual([]);
    expect(await lines('unknown-methods', {}, ['Method', 'Events', 'LastSeen'])).toEqual([
      'google.x.Y | 2 | 2026-11-20T06:00:00.000000000Z',
    ]);
  });

  test.each(['upstream', 'downstream'])('%s reads by key and scans no table', async (name) => {
    const { sql } = savedQuery(name);
    const params = { dataset: { type: 'string', value: 'x' }, limit: { type: 'int64', value: 1 } } as const;
    const { rows } = await sqlite.query(`EXPLAIN QUERY PLAN ${sql}`, params);
    const details = rows.map((row) => String(row['detail']));
    expect(details.some((detail) => detail.includes('USING INDEX EventsByJob (JobId=?)'))).toBe(true);
    expect(details.filter((detail) => /^SCAN (e|Events|Edges)\b/.test(detail))).toEqual([]);
  });
});

describe('parameters', () => {
  test.each([
    ['upstream', {}, 'needs the parameter `dataset`'],
    ['quarantine', { color: 'red' }, 'has no parameter `color`'],
    ['quarantine', { limit: 'many' }, 'is not an integer'],
    ['last-night', { from: 'yesterday', until: '2026-01-01' }, 'is not a time'],
  ])('%s %o: %s', async (name, params, message) => {
    await expect(async () => run(sqlite, name, { ...params })).rejects.toThrow(message);
  });

  test('an unknown query names the known ones', () => {
    expect(() => savedQuery('nothing')).toThrowError(expect.objectContaining({ code: 'query-unknown' }));
  });

  test('a header is read', () => {
    const sql =
      '-- title: T\n-- param a string: an a\n-- param b int64 = 5: a b\n-- param c timestamp = null: a c\nSELECT 1';
    expect(parseQuery('q', sql)).toEqual({
      name: 'q',
      title: 'T',
      sql,
      params: [
        { name: 'a', type: 'string', description: 'an a', required: true },
        { name: 'b', type: 'int64', description: 'a b', required: false, fallback: '5' },
        { name: 'c', type: 'timestamp', description: 'a c', required: false },
      ],
    });
  });
});

describeWithEmulators('spanner gives the same answers', ['spanner'], (hosts) => {
  let spanner: Store;
  beforeAll(async () => {
    const emulatorHost = hosts.spanner();
    spanner = await openStore(await freshSpannerDatabase(emulatorHost), { emulatorHost });
    await fill(spanner);
  });
  afterAll(() => spanner.close());

  const calls = Object.entries(CALLS).flatMap(([name, all]) => all.map((params) => ({ name, params })));
  test.each(calls)('$name $params', async ({ name, params }) => {
    expect(await run(spanner, name, params)).toEqual(await run(sqlite, name, params));
  });

  test('a walk over the keys', async () => {
    for (const direction of ['upstream', 'downstream'] as const) {
      const walked = await walkLineage(spanner, 'gs://report/', direction);
      expect(walked).toEqual(await walkLineage(sqlite, 'gs://report/', direction));
    }
  });
});
