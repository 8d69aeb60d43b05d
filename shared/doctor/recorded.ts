/** Records of mesh and gateway in the store: of each path the newest, and those of calls that start jobs. */
import type { Row } from '../../schemas/tables.ts';
import { callFamilyOf, callGroup } from '../corroboration/call-family.ts';
import { createPathOfRow, planeOf, type Plane } from '../corroboration/health/path.ts';
import type { Store } from '../store/store.ts';
import { timestampOf } from '../store/timestamp.ts';
import type { JobCalls, RecordedPath } from './checks/evidence.ts';

/** Rows of one reading. */
const SAMPLE = 500;
/** Before a path's newest record: wider where it has few, so that a store in which much comes is read as little. */
const WINDOWS_MS = [60_000, 600_000, 3_600_000];
/** Of one path: enough to tell what it is like. */
const ENOUGH = 50;

const NEWEST = `SELECT e.EventId AS EventId, e.Source AS Source, e.Provenance AS Provenance, e.Project AS Project, e.Outcome AS Outcome,
  e.Actor AS Actor, e.ActorProof AS ActorProof, ARRAY_LENGTH(e.ActingFor) AS ActingFor, e.Claims AS Claims
FROM Events AS e
WHERE e.Shard >= 0 AND e.Shard < 16 AND e.EventTime >= @since AND e.EventTime <= @until
  AND e.Action = 'api.call' AND e.Source = @source
ORDER BY e.EventTime DESC, e.EventId LIMIT ${SAMPLE}`;

export interface KnownPath {
  readonly path: string;
  /** Event time of its newest record, RFC 3339. */
  readonly newest: string;
}

/**
 * Of every path that reconcile knows, around its newest record: the newest of all would be those of the busiest alone.
 * @param since and until: RFC 3339 with nine fraction digits; what is older is no evidence of today
 */
export async function recordedPaths(
  store: Store,
  known: readonly KnownPath[],
  since: string,
  until: string,
): Promise<readonly RecordedPath[]> {
  const pathOfRow = createPathOfRow();
  const rows = new Map<string, Row>();
  for (const { source, at, path } of momentsOf(known, since, until)) {
    for (const window of WINDOWS_MS) {
      const from = timestampOf(new Date(Date.parse(at) - window));
      const { rows: found } = await store.query(NEWEST, {
        since: { type: 'timestamp', value: from < since ? since : from },
        until: { type: 'timestamp', value: at },
        source: { type: 'string', value: source },
      });
      for (const row of found) rows.set(String(row['EventId']), row);
      const ofIt = found.filter((row) => path === undefined || pathOfRow(row) === path).length;
      if (found.length === SAMPLE || ofIt >= ENOUGH) break;
    }
  }
  const byPath = Map.groupBy(rows.values(), pathOfRow);
  return [...byPath]
    .flatMap(([path, ones]) => (path === undefined ? [] : [countsOf(path, ones)]))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

interface Moment {
  readonly source: 'istio' | 'kong';
  readonly at: string;
  /** Whose newest record is then. */
  readonly path: string | undefined;
}

/** Times at which to look, and now: a path may be new to reconcile. */
function momentsOf(known: readonly KnownPath[], since: string, until: string): readonly Moment[] {
  const moments = known.flatMap(({ path, newest }): readonly Moment[] => {
    const plane = planeOf(path);
    // One that is dated into the future is none of the newest that there are.
    return plane === undefined || newest < since
      ? []
      : [{ source: SOURCE[plane], at: newest > until ? until : newest, path }];
  });
  return [
    ...moments,
    { source: 'istio', at: until, path: undefined },
    { source: 'kong', at: until, path: undefined },
  ];
}

const SOURCE = { mesh: 'istio', gateway: 'kong' } as const satisfies Record<Plane, string>;

/** What was let through: who was refused for want of a name is no fault of the log. */
function countsOf(path: string, rows: readonly Row[]): RecordedPath {
  const allowed = rows.filter(({ Outcome: outcome }) => outcome !== 'denied');
  const counted = (allowed.length > 0 ? allowed : rows).map((row) => ({ row, claims: claimsOf(row) }));
  const count = (is: (one: (typeof counted)[number]) => boolean): number => counted.filter(is).length;
  const nameless = counted.filter(({ row }) => typeof row['Actor'] !== 'string');
  const projects = new Set(
    rows.flatMap(({ Project: project }) => (typeof project === 'string' ? [project] : [])),
  );
  return {
    path,
    records: counted.length,
    named: counted.length - nameless.length,
    byCertificate: count(({ row }) => row['ActorProof'] === 'mtls'),
    byToken: count(({ row }) => row['ActorProof'] === 'oidc' || Number(row['ActingFor'] ?? 0) > 0),
    byCredential: count(({ row }) => row['ActorProof'] === 'credential'),
    plain: nameless.filter(({ claims }) => claims['mtls'] === false).length,
    requests: count(({ claims }) => claims['grade'] !== 'connection'),
    projects: [...projects].toSorted(),
  };
}

function claimsOf({ Claims: claims }: Row): Readonly<Record<string, unknown>> {
  if (typeof claims !== 'string') return {};
  const parsed: unknown = JSON.parse(claims);
  return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
}

/** A method of each kind of call that starts a job: reconcile keeps their records by it. */
const STARTS = {
  dataproc: ['SubmitJob', 'CreateBatch', 'CreateSession', 'InstantiateWorkflowTemplate'],
  dataflow: ['dataflow.jobs.create'],
  databricks: ['jobs.runNow', 'jobs.submitRun'],
} as const;
export const ENGINES = ['dataproc', 'dataflow', 'databricks'] as const;

const OF_GROUP = `SELECT w.EventId AS EventId FROM Witnesses AS w
WHERE w.Family = 'call' AND w.Subject = @subject AND w.EventTime >= @since
ORDER BY w.EventTime DESC, w.EventId LIMIT ${SAMPLE}`;
const CONNECTIONS = `SELECT w.EventId AS EventId FROM Witnesses AS w
WHERE w.Family = 'call' AND STARTS_WITH(w.Subject, @subject) AND w.EventTime >= @since
ORDER BY w.Subject, w.EventTime, w.EventId LIMIT ${SAMPLE}`;

/** Starts of jobs and what mesh and gateway recorded of them. @param since RFC 3339 with nine fraction digits */
export async function recordedCalls(store: Store, since: string): Promise<readonly JobCalls[]> {
  const calls: JobCalls[] = [];
  for (const engine of ENGINES) {
    const ids = new Set<string>();
    const groups = STARTS[engine].flatMap((method) => {
      const family = callFamilyOf(`${engine}|${method}||`);
      return family === undefined ? [] : [{ sql: OF_GROUP, subject: callGroup(family) }];
    });
    for (const { sql, subject } of [...groups, { sql: CONNECTIONS, subject: `${engine}|connect|` }]) {
      const { rows } = await store.query(sql, {
        subject: { type: 'string', value: subject },
        since: { type: 'timestamp', value: since },
      });
      for (const row of rows) ids.add(String(row['EventId']));
    }
    calls.push(callsOf(engine, await store.work.events([...ids])));
  }
  return calls;
}

function callsOf(engine: JobCalls['engine'], rows: readonly Row[]): JobCalls {
  const proven = rows.filter(({ Provenance: provenance }) => provenance !== 'tenant');
  const hops = (via: Plane): JobCalls['hops'][Plane] => {
    const seen = proven.filter((row) => row['Action'] === 'api.call' && row['Via'] === via);
    const requests = seen.filter((row) => claimsOf(row)['grade'] !== 'connection');
    return {
      requests: requests.length,
      connections: seen.length - requests.length,
      named: requests.filter((row) => typeof row['Actor'] === 'string').length,
    };
  };
  return {
    engine,
    starts: proven
      .filter(
        (row) =>
          row['Action'] !== 'api.call' && row['Outcome'] === 'allowed' && row['ActorKind'] !== 'system',
      )
      .map(({ Environment: environment }) => ({
        environment: typeof environment === 'string' ? environment : undefined,
      })),
    hops: { mesh: hops('mesh'), gateway: hops('gateway') },
  };
}
