/** Approvals of a job or a dataset: who gave them, for what and until when, and whether that is proven or only claimed. */
import type { Row } from '../../schemas/tables.ts';
import { runSavedQuery, savedQuery } from '../../shared/store/queries.ts';
import type { Store } from '../../shared/store/store.ts';
import type { TableRow } from '../table.ts';
import { claimsOf, second, section, text, type Section } from './explanation.ts';

const GRANTS: ReadonlySet<string> = new Set([
  'grant.approve',
  'grant.activate',
  'grant.deny',
  'grant.revoke',
]);
const ON_DATASETS = ['approve', 'deny', 'revoke'];
/** How long before a submission approvals for its people are looked for; those that name the job or its data are all found. */
const LOOK_BACK_DAYS = 31;
const DAY_MS = 86_400_000;
const MOST = '1000';
const COLUMNS = ['at', 'what', 'by', 'worth', 'names', 'for', 'holds', 'uses', 'id', 'event'];

/** What of a job an approval may be for. */
export interface Approvable {
  readonly jobIds: readonly string[];
  readonly jobName: string;
  readonly specDigest: string;
  readonly datasets: readonly string[];
  /** Whoever submitted it, those it was done for, and the identity that it runs under. */
  readonly principals: readonly string[];
  /** When it was submitted, as stored. */
  readonly at: string;
}

export interface ApprovalMatch {
  readonly event: Row;
  /** What of the job the approval names. */
  readonly names: readonly string[];
  /** Approved, and in force at the submission. */
  readonly holds: boolean;
}

/** Every approval, refusal and withdrawal that names something of the job and nothing that is not of it. */
export async function approvalsOfJob(
  store: Store,
  job: Approvable,
  ofJob: readonly Row[],
): Promise<readonly ApprovalMatch[]> {
  const edges = await store.edges(job.datasets.map((node) => ({ node, ops: ON_DATASETS })));
  const from = new Date(Date.parse(job.at) - LOOK_BACK_DAYS * DAY_MS).toISOString();
  const ids = edges.map((edge) => text(edge['EventId']));
  for (const principal of job.principals) {
    const values = new Map(Object.entries({ principal, from, until: job.at, limit: MOST }));
    const { rows } = await runSavedQuery(store, savedQuery('approvals-for'), values);
    ids.push(...rows.map((row) => text(row['EventId'])));
  }
  const found = [
    ...ofJob.filter((row) => GRANTS.has(text(row['Action']))),
    ...(await store.eventsById([...new Set(ids)])),
  ];
  const distinct = new Map(found.map((row) => [`${text(row['EventId'])} ${text(row['Variant'])}`, row]));
  const events = [...distinct.values()].toSorted((a, b) =>
    text(a['EventTime']) < text(b['EventTime']) ? -1 : 1,
  );
  const matches = events.flatMap((event) => {
    const names = namedOf(event, job);
    return names.length === 0 ? [] : [{ event, names }];
  });
  const ended = endsOf(matches.map(({ event }) => event));
  return matches.map(({ event, names }) => ({ event, names, holds: isInForce(event, job.at, ended) }));
}

/** What of the job an approval names; nothing where it names another job, specification, dataset or principal alone. */
function namedOf(event: Row, job: Approvable): readonly string[] {
  const claims = claimsOf(event);
  const names: string[] = [];
  const named = text(event['JobId']) || text(claims['job']);
  if (named !== '') {
    const isThis = job.jobIds.some((id) => id === named || id.endsWith(`/${named}`)) || named === job.jobName;
    if (!isThis) return [];
    names.push('job');
  }
  const digest = text(claims['specDigest']);
  if (digest !== '') {
    // Of a job whose specification is in no record, none is refuted.
    if (job.specDigest !== '' && digest !== job.specDigest) return [];
    names.push(job.specDigest === '' ? 'spec digest (not known of the job)' : 'spec digest');
  }
  const datasets = listOf(claims['datasets']);
  if (datasets.length > 0) {
    const both = datasets.filter((dataset) => job.datasets.includes(dataset));
    if (both.length === 0) return [];
    names.push(...both);
  }
  const beneficiary = text(claims['beneficiary']);
  const requester = text(claims['requester']);
  if (beneficiary !== '' || requester !== '') {
    const isFor = job.principals.some((id) =>
      beneficiary === '' ? id.endsWith(`:${requester}`) : id === beneficiary,
    );
    if (!isFor) return [];
    names.push('principal');
  }
  return names;
}

/** A list among the claims is JSON text. */
function listOf(claim: unknown): readonly string[] {
  if (typeof claim !== 'string') return [];
  const parsed: unknown = JSON.parse(claim);
  return Array.isArray(parsed) ? parsed.map(String) : [];
}

/** When approvals were withdrawn or refused, by their id. */
function endsOf(events: readonly Row[]): ReadonlyMap<string, string> {
  const ended = new Map<string, string>();
  for (const event of events) {
    const action = text(event['Action']);
    // Whoever can only claim to withdraw an approval withdraws nothing that was proven.
    if ((action === 'grant.revoke' || action === 'grant.deny') && worthOf(event) !== 'claimed') {
      const id = idOf(event);
      if (!ended.has(id)) ended.set(id, text(event['EventTime']));
    }
  }
  return ended;
}

function isInForce(event: Row, at: string, ended: ReadonlyMap<string, string>): boolean {
  const action = text(event['Action']);
  if (action !== 'grant.approve' && action !== 'grant.activate') return false;
  const end = ended.get(idOf(event));
  if (end !== undefined && end <= at) return false;
  const { from, until } = validityOf(event);
  const instant = Date.parse(at);
  return Date.parse(from) <= instant && (until === '' || instant < Date.parse(until));
}

/** `from` to `until` as RFC 3339; `until` empty where no end is recorded. */
function validityOf(event: Row): { readonly from: string; readonly until: string } {
  const claims = claimsOf(event);
  const from = text(claims['notBefore']) || text(event['EventTime']);
  const until = text(claims['until']) || text(claims['expireTime']);
  if (until !== '') return { from, until };
  const seconds = /^([0-9]{1,9})s$/.exec(text(claims['requestedDuration']))?.[1];
  if (seconds === undefined) return { from, until: '' };
  return { from, until: new Date(Date.parse(from) + Number(seconds) * 1000).toISOString() };
}

const idOf = (event: Row): string => {
  const claims = claimsOf(event);
  return text(claims['approvalId']) || text(claims['grant']) || text(claims['approvalRequest']);
};

/** `signed` and `provider` are proven; everything else is what somebody wrote. */
function worthOf(event: Row): 'signed' | 'provider' | 'claimed' {
  const provenance = text(event['Provenance']);
  return provenance === 'signed' || provenance === 'provider' ? provenance : 'claimed';
}

/** One line for the head of an explanation: the approvals in force, proven ones first. */
export function approvedBy(matches: readonly ApprovalMatch[]): string {
  const holding = matches.filter(({ holds }) => holds);
  if (holding.length === 0) return 'no approval in force is recorded';
  const lines = ['signed', 'provider', 'claimed'].flatMap((worth) =>
    holding
      .filter(({ event }) => worthOf(event) === worth)
      .map(({ event, names }) => `${approverOf(event)} (${worth}; names ${names.join(', ')})`),
  );
  return [...new Set(lines)].join('; ');
}

const approverOf = (event: Row): string =>
  text(event['Actor']) || text(claimsOf(event)['approver']) || 'somebody not named';

export const approvalsSection = (matches: readonly ApprovalMatch[]): Section =>
  section(
    'approvals',
    COLUMNS,
    matches.map(({ event, names, holds }) => ({
      ...approvalRow(event),
      names: names.join(', '),
      holds: `${holds ? 'at the submission' : 'not at the submission'}: ${validity(event)}`,
    })),
  );

/** Approvals that name a dataset, newest first. */
export async function approvalsOfDataset(store: Store, dataset: string): Promise<Section> {
  const edges = await store.edges([{ node: dataset, ops: ON_DATASETS }]);
  const events = await store.eventsById(edges.map((edge) => text(edge['EventId'])));
  const rows = events.toReversed().map((event) => ({
    ...approvalRow(event),
    names: text(event['JobId']) || text(claimsOf(event)['job']) || 'any job',
    holds: validity(event),
  }));
  return section('approvals', COLUMNS, rows);
}

function approvalRow(event: Row): TableRow {
  const claims = claimsOf(event);
  const worth = worthOf(event);
  const doubt = text(claims['unverified']);
  return {
    at: second(event['EventTime']),
    what: text(event['Action']).slice('grant.'.length),
    by: approverOf(event),
    worth: worth === 'claimed' && doubt !== '' ? `claimed (${doubt})` : worth,
    for: text(claims['beneficiary']) || text(claims['requester']),
    uses: typeof claims['uses'] === 'number' ? claims['uses'] : 'any',
    id: idOf(event),
    event: text(event['EventId']),
  };
}

function validity(event: Row): string {
  const { from, until } = validityOf(event);
  return `${second(from)} to ${until === '' ? 'no end recorded' : second(until)}`;
}
