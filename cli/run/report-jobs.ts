/** The jobs of a run as an operator reads them: who, for whom, by which way, what they touched, who approved, how it ended. */
import type { Row } from '../../schemas/tables.ts';
import { auditRecordWithoutGatewayEvidence } from '../../shared/corroboration/rules/audit-record-without-gateway-evidence.ts';
import { runSavedQuery, savedQuery } from '../../shared/store/queries.ts';
import type { Store } from '../../shared/store/store.ts';
import type { TableRow } from '../table.ts';
import { ends, shortJob, shortPrincipal } from './display.ts';
import { approvalsOfJob } from './explain-approvals.ts';
import { text } from './explanation.ts';

export const JOB_COLUMNS = [
  'started',
  'job',
  'who',
  'for whom',
  'via',
  'touched',
  'approved by',
  'outcome',
] as const;

export interface ReportedJobs {
  /** All of them, newest first. */
  readonly all: readonly Row[];
  /** A few of each kind, oldest first. */
  readonly shown: readonly TableRow[];
  /** The job of which most kinds of record tell. */
  readonly fullest: Row | undefined;
}

const JOBS_SHOWN = 32;
const MOST_OF_A_KIND = 2;
/** Work that is part of other work, or tells of it, and ids that leave the region open: shown with that by `explain`. */
const PARTS = /^(?:bigquery:|openlineage:|databricks:[^/]*\/job\/|dataflow:[^/]*\/-\/)/;

export async function reportedJobs(store: Store): Promise<ReportedJobs> {
  const { rows } = await runSavedQuery(store, savedQuery('jobs'), new Map([['limit', '10000']]));
  const all = rows.filter((row) => !PARTS.test(text(row['JobId'])));
  const vias = await viasOf(store);
  const picked = mostTelling(all, vias);
  const shown: TableRow[] = [];
  let fullest: { readonly row: Row; readonly score: number } | undefined;
  for (const row of picked) {
    const events = await store.eventsByJob([text(row['JobId'])]);
    const approved = await approversOf(store, row, events);
    shown.push(lineOf(row, vias.get(text(row['JobId'])), approved));
    const hops = vias.get(text(row['JobId']))?.size ?? 0;
    const score = new Set(events.map((event) => event['Source'])).size + hops + approved.length;
    if (fullest === undefined || score > fullest.score) fullest = { row, score };
  }
  return { all, shown: shown.toReversed(), fullest: fullest?.row };
}

const VIAS = 'SELECT DISTINCT h.JobId, h.Via, h.Strength FROM JobHops AS h ORDER BY h.JobId, h.Via';
/** Jobs whose calls came past a hop: what is near them is somebody else's. */
const PAST = `SELECT DISTINCT v.JobId FROM LatestVerdicts AS v WHERE v.Rule = '${auditRecordWithoutGatewayEvidence.id}' AND v.Verdict = 'violated'`;

/** Job → the kinds of hop that saw its submission. */
async function viasOf(store: Store): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const vias = new Map<string, Set<string>>();
  const past = new Set((await store.query(PAST, {})).rows.map((row) => text(row['JobId'])));
  for (const { JobId, Via, Strength } of (await store.query(VIAS, {})).rows) {
    const job = text(JobId);
    if (Strength === 'call-and-time' && past.has(job)) continue;
    vias.set(job, (vias.get(job) ?? new Set()).add(text(Via)));
  }
  return vias;
}

/** A few of each kind that differ in who, for whom, via and outcome, newest first. */
function mostTelling(jobs: readonly Row[], vias: ReadonlyMap<string, ReadonlySet<string>>): readonly Row[] {
  const kinds = new Map<string, number>();
  const picked: Row[] = [];
  for (const row of jobs) {
    if (isPart(row)) continue;
    const acting = text(row['ActingFor']) !== '';
    const via = [...(vias.get(text(row['JobId'])) ?? [])].join('+');
    const engine = text(row['JobId']).split(':', 1)[0];
    const kind = [engine, row['ActorKind'], acting, via, row['Outcome'], row['Submitted']].join('|');
    const count = kinds.get(kind) ?? 0;
    if (count >= MOST_OF_A_KIND || picked.length >= JOBS_SHOWN) continue;
    kinds.set(kind, count + 1);
    picked.push(row);
  }
  return picked;
}

/** The application of a job is told with the job, a step of a workflow with the workflow. */
function isPart(row: Row): boolean {
  const parent = text(row['ParentJob']);
  const definition = text(row['JobId']).startsWith('databricks:');
  return parent !== '' && !definition && !parent.startsWith('openlineage:');
}

function lineOf(row: Row, via: ReadonlySet<string> | undefined, approved: readonly string[]): TableRow {
  const recorded = row['Submitted'] === 'recorded';
  const actor = text(row['Actor']);
  const chain = text(row['ActingFor']).split(' > ');
  return {
    started: text(row['StartedAt']).slice(11, 19),
    job: ends(shortJob(text(row['JobId'])), 26),
    who: ends(shortPrincipal(actor) || 'nobody named', 24),
    // A chain may end with the account that it led to.
    'for whom': ends(
      chain
        .filter((id) => id !== actor)
        .map(shortPrincipal)
        .join(' > '),
      18,
    ),
    via: via !== undefined ? [...via].join(' + ') : recorded ? 'no hop seen' : '',
    touched: touched(row),
    'approved by': ends(approved.join(', '), 26),
    outcome: recorded ? text(row['Outcome']) : `${text(row['Outcome'])}, no submission`,
  };
}

function touched(row: Row): string {
  const [read, written, used] = ['Reads', 'Writes', 'Uses'].map((column) => ends(text(row[column]), 24));
  const from = read === '' ? used : read;
  return written === '' ? (from ?? '') : `${from ?? ''} → ${written ?? ''}`.trim();
}

/** Approvals in force when the job was submitted; what only claims to be one is said to. */
async function approversOf(store: Store, row: Row, events: readonly Row[]): Promise<readonly string[]> {
  const at = text(row['StartedAt']);
  if (at === '' || row['Submitted'] !== 'recorded') return [];
  const list = (column: string): readonly string[] =>
    text(row[column])
      .split(', ')
      .filter((item) => item !== '');
  const known = events.find((event) => event['Actor'] === row['Actor']);
  const matches = await approvalsOfJob(
    store,
    {
      jobIds: [text(row['JobId'])],
      jobName: text(row['JobName']),
      specDigest: '',
      datasets: ['Reads', 'Writes', 'Uses'].flatMap(list),
      principals: [
        text(row['Actor']),
        text(known?.['ActorAs']),
        ...text(row['ActingFor']).split(' > '),
      ].filter((id) => id !== ''),
      at,
    },
    events,
  );
  const names = matches
    .filter(({ event, holds }) => holds && event['Action'] === 'grant.approve')
    .map(({ event }) => {
      const proven = event['Provenance'] === 'signed' || event['Provenance'] === 'provider';
      const actor = text(event['Actor']);
      return proven ? nameOf(actor) : `${nameOf(actor)} (claimed)`;
    });
  return [...new Set(names)];
}

/** Of a person the part before the domain, of a claimed one without the doubt that is said beside it. */
const nameOf = (principal: string): string => {
  const [name = ''] = principal.slice(principal.lastIndexOf(':') + 1).split('@');
  return name;
};
