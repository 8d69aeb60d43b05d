/**
 * One job, in the order of its life: who asked and who approved, the gateway and the mesh it came through, what the
 * provider recorded, what ran, what it touched, the policies that held, and the jobs it started.
 */
import type { Row } from '../../schemas/tables.ts';
import type { JobId } from '../../shared/model/job.ts';
import { runSavedQuery, savedQuery } from '../../shared/store/queries.ts';
import type { Store } from '../../shared/store/store.ts';
import { approvalsOfJob, approvalsSection, approvedBy } from './explain-approvals.ts';
import { auditSection, runtimeSection } from './explain-entries.ts';
import { hopsOf } from './explain-hops.ts';
import { policiesSection } from './explain-policies.ts';
import { verdictsSections } from './explain-verdicts.ts';
import { claimsOf, second, section, text, whoOf, type Explanation, type Section } from './explanation.ts';

const SUBMISSIONS = new Set(['job.submit', 'session.create', 'workflow.run']);
/** Accesses read at most; a section shows fewer and counts the rest. */
const MOST_ACCESSES = '5000';

export async function explainJob(store: Store, id: JobId): Promise<Explanation | undefined> {
  const parts = await partsOf(store, id);
  const own = await store.eventsByJob([id]);
  const spawned = await store.edges([{ node: id, ops: ['spawn'] }]);
  if (own.length === 0 && spawned.length === 0) return undefined;
  const events = await store.eventsByJob([id, ...parts.same]);
  const submission = submissionOf(own);
  const known = submission ?? own[0];
  const data = await dataOf(store, id);
  const hops = await hopsOf(store, id, own);
  const at = text(known?.['EventTime']);
  const approvable = {
    jobIds: [id],
    jobName: text(known?.['JobName']),
    specDigest: known === undefined ? '' : text(claimsOf(known)['specDigest']),
    datasets: [...new Set(data.map((row) => text(row['Dataset'])))],
    principals: known === undefined ? [] : principalsOf(known),
    at,
  };
  const approvals = at === '' ? [] : await approvalsOfJob(store, approvable, own);
  const projects = [...new Set(own.map((row) => text(row['Project'])))].filter((project) => project !== '');
  return {
    kind: 'job',
    id,
    facts: [...factsOf(own, submission), ['approved by', approvedBy(approvals)] as const].filter(
      ([, value]) => value !== '',
    ),
    sections: [
      ...hops.sections,
      ...(await verdictsSections(store, {
        jobs: [id, ...parts.same],
        anchors: [...own.map((row) => text(row['EventId'])), ...hops.events],
      })),
      auditSection(own),
      runtimeSection(id, events),
      dataSection(id, data),
      approvalsSection(approvals),
      ...(at === '' ? [] : [await policiesSection(store, at, projects, hops.clusters)]),
      startedSection(parts.started),
    ],
  };
}

function submissionOf(events: readonly Row[]): Row | undefined {
  const all = events.filter((row) => SUBMISSIONS.has(text(row['Action'])) && row['Phase'] !== 'last');
  return all.find((row) => row['Provenance'] !== 'tenant') ?? all[0];
}

function factsOf(
  events: readonly Row[],
  submission: Row | undefined,
): readonly (readonly [string, string])[] {
  // Whoever approved a job did not run it.
  const known = submission ?? events.find((row) => !text(row['Action']).startsWith('grant.')) ?? events[0];
  if (known === undefined) return [];
  const end = events.findLast((row) => row['Phase'] === 'last' || row['Action'] === 'job.finish');
  const place = [known['Environment'], known['Project'], known['Location']].map(text);
  return [
    [
      'submitted',
      submission === undefined
        ? 'no record of a submission'
        : `${second(submission['EventTime'])} UTC, ${text(submission['Outcome'])}`,
    ],
    ['by', whoOf(known)],
    ['runs as', runsAs(events)],
    ['name', text(known['JobName'])],
    ['where', place.filter((part) => part !== '').join(', ')],
    ['part of', text(events.find((row) => text(row['ParentJob']) !== '')?.['ParentJob'])],
    ['ended', end === undefined ? '' : `${second(end['EventTime'])} UTC, ${text(end['Outcome'])}`],
  ];
}

/** Whoever acted, under the name that it proved as well, those it acted for and the identity of the work. */
function principalsOf(row: Row): readonly string[] {
  const chain = Array.isArray(row['ActingFor']) ? row['ActingFor'].map(String) : [];
  return [...new Set([text(row['Actor']), text(row['ActorAs']), ...chain, text(row['RunAs'])])].filter(
    (id) => id !== '',
  );
}

interface Parts {
  /** Other ids of the job itself: without its region, of its YARN application, of its lineage runs. */
  readonly same: readonly string[];
  readonly started: readonly Row[];
}

const PARTS = `SELECT p.Part, p.Reason, p.Strength FROM JobParts AS p
WHERE p.JobId = @job AND p.Reason != 'named' ORDER BY p.Reason, p.Part`;

async function partsOf(store: Store, id: JobId): Promise<Parts> {
  const { rows } = await store.query(PARTS, { job: { type: 'string', value: id } });
  const same = rows.filter((row) => row['Reason'] !== 'started' || text(row['Part']).startsWith('yarn:'));
  return {
    same: same.map((row) => text(row['Part'])),
    started: rows.filter((row) => row['Reason'] === 'started'),
  };
}

async function dataOf(store: Store, job: string): Promise<readonly Row[]> {
  const values = new Map(Object.entries({ job, limit: MOST_ACCESSES }));
  return (await runSavedQuery(store, savedQuery('job-data'), values)).rows;
}

/** One row for each dataset, direction and way of knowing; how often and when beside it. */
function dataSection(job: string, accesses: readonly Row[]): Section {
  const groups = Map.groupBy(accesses, (row) =>
    ['Op', 'Dataset', 'Strength', 'Reason', 'AccessJob', 'Actor']
      .map((column) => text(row[column]))
      .join('\n'),
  );
  const rows = [...groups.values()].map((group) => {
    const [first = {}] = group;
    return {
      op: text(first['Op']),
      dataset: text(first['Dataset']),
      strength: text(first['Strength']),
      'known by': text(first['Reason']),
      as: text(first['Actor']),
      'recorded under': first['AccessJob'] === job ? '' : text(first['AccessJob']),
      from: second(first['EventTime']),
      to: group.length === 1 ? '' : second(group.at(-1)?.['EventTime']),
      entries: group.length,
      event: text(first['EventId']),
    };
  });
  const columns = [
    'op',
    'dataset',
    'strength',
    'known by',
    'as',
    'recorded under',
    'from',
    'to',
    'entries',
    'event',
  ];
  return section('data', columns, rows);
}

/** Accounts that its records name; what only the running work says of itself is told as that. */
function runsAs(events: readonly Row[]): string {
  const named = (of: readonly Row[]): string =>
    [...new Set(of.map((row) => text(row['RunAs'])))].filter(Boolean).join(', ');
  const recorded = named(events.filter((row) => row['Provenance'] !== 'tenant'));
  if (recorded !== '') return recorded;
  const said = named(events);
  return said === '' ? '' : `${said} (as the work itself says)`;
}

const startedSection = (started: readonly Row[]): Section =>
  section(
    'jobs it started',
    ['job', 'strength'],
    started.map((row) => ({ job: text(row['Part']), strength: text(row['Strength']) })),
  );
