/** The calls that a job's submission came through, as the gateways and the mesh saw them. */
import type { Row } from '../../schemas/tables.ts';
import { gatewayCallWithoutAuditRecord } from '../../shared/corroboration/rules/gateway-call-without-audit-record.ts';
import { latestVerdicts } from '../../shared/reconcile/verdict-rows.ts';
import type { Store } from '../../shared/store/store.ts';
import type { TableRow } from '../table.ts';
import { citedIn } from './explain-verdicts.ts';
import { claimsOf, second, section, text, whoOf, type Section } from './explanation.ts';

const HOPS = `SELECT h.CallId, h.Strength FROM JobHops AS h WHERE h.JobId = @job ORDER BY h.CallTime, h.CallId`;
const COLUMNS = ['at', 'caller', 'call', 'status', 'through', 'joined by', 'provenance', 'event'];

export interface Hops {
  readonly sections: readonly Section[];
  /** `PROJECT/LOCATION/NAME` of the Kubernetes clusters that the calls went through, where all of it is recorded. */
  readonly clusters: readonly string[];
  /** Ids of the calls. */
  readonly events: readonly string[];
}

/** @param own events of the job */
export async function hopsOf(store: Store, job: string, own: readonly Row[]): Promise<Hops> {
  const { rows } = await store.query(HOPS, { job: { type: 'string', value: job } });
  const strengths = new Map(rows.map((row) => [text(row['CallId']), text(row['Strength'])]));
  for (const call of await callsOfOthers(store, strengths, own)) strengths.delete(call);
  const calls = await store.eventsById([...strengths.keys()]);
  const table = (via: string): readonly TableRow[] =>
    calls
      .filter((call) => call['Via'] === via)
      .map((call) => hopRow(call, strengths.get(text(call['EventId'])) ?? ''));
  return {
    sections: [
      section('gateway calls', COLUMNS, table('gateway')),
      section('mesh calls', COLUMNS, table('mesh')),
    ],
    clusters: [...new Set(calls.flatMap(clusterOf))].toSorted(),
    events: calls.map((call) => text(call['EventId'])),
  };
}

/** Calls near the job's that reconcile has found to be those of other work. */
async function callsOfOthers(
  store: Store,
  strengths: ReadonlyMap<string, string>,
  own: readonly Row[],
): Promise<readonly string[]> {
  const near = [...strengths].flatMap(([call, strength]) => (strength === 'call-and-time' ? [call] : []));
  if (near.length === 0) return [];
  const ids = new Set(own.map((row) => text(row['EventId'])));
  return [...latestVerdicts(await store.work.verdicts(near)).values()]
    .filter((row) => row['Rule'] === gatewayCallWithoutAuditRecord.id && row['Verdict'] === 'satisfied')
    .filter((row) => {
      const records = citedIn(row).filter(({ role }) => role === 'audit');
      return records.length > 0 && !records.some(({ eventId }) => ids.has(eventId));
    })
    .map((row) => text(row['AnchorId']));
}

function hopRow(call: Row, strength: string): TableRow {
  const claims = claimsOf(call);
  const status = call['Status'];
  return {
    at: second(call['EventTime']),
    caller: whoOf(call),
    call: `${text(call['Method'])} ${text(call['Resource'])}`,
    status: typeof status === 'number' ? status : text(call['Outcome']),
    through: [text(claims['route']), text(claims['reporter']), text(call['Peer'])].filter(Boolean).join(' '),
    'joined by': strength,
    provenance: text(call['Provenance']),
    event: text(call['EventId']),
  };
}

function clusterOf(call: Row): readonly string[] {
  const parts = [text(call['Project']), text(call['Location']), text(claimsOf(call)['cluster'])];
  return parts.includes('') ? [] : [parts.join('/')];
}
