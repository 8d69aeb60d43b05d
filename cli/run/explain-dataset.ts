/** One dataset: who pushed to it and who approved that, who else touched it, where it comes from and goes to. */
import type { Row } from '../../schemas/tables.ts';
import { walkLineage, type Direction, type Lineage } from '../../shared/lineage/walk.ts';
import { runSavedQuery, savedQuery } from '../../shared/store/queries.ts';
import type { Store } from '../../shared/store/store.ts';
import type { TableRow } from '../table.ts';
import { approvalsOfDataset } from './explain-approvals.ts';
import { second, section, text, type Explanation, type Section } from './explanation.ts';

/** Accesses read at most; a section shows fewer and counts the rest. */
const MOST_ACCESSES = '5000';
const COLUMNS = [
  'at',
  'op',
  'job',
  'submitted by',
  'acting for',
  'accessed as',
  'outcome',
  'strength',
  'known by',
  'event',
];

export async function explainDataset(
  store: Store,
  id: string,
  hops: number,
): Promise<Explanation | undefined> {
  const values = new Map(Object.entries({ dataset: id, limit: MOST_ACCESSES }));
  const { rows } = await runSavedQuery(store, savedQuery('who-touched-dataset'), values);
  const approvals = await approvalsOfDataset(store, id);
  if (rows.length === 0 && approvals.rows.length === 0) return undefined;
  const of = (op: string): readonly Row[] => rows.filter((row) => row['Op'] === op);
  const count = (op: string): string =>
    `${jobsIn(of(op))}, ${counted(new Set(of(op).map((row) => row['EventId'])).size, 'entry', 'entries')}`;
  return {
    kind: 'dataset',
    id,
    facts: [
      ['written by', count('write')],
      ['read by', count('read')],
      ['used by', `${count('use')}, the direction not told`],
    ],
    sections: [
      section('pushed to it', COLUMNS, of('write').map(accessRow)),
      approvals,
      section('read or used it', COLUMNS, [...of('read'), ...of('use')].map(accessRow)),
      await lineageSection(store, id, 'upstream', hops),
      await lineageSection(store, id, 'downstream', hops),
    ],
  };
}

/** Jobs that only may have been it are not counted. */
function jobsIn(rows: readonly Row[]): string {
  const sure = rows.filter((row) => row['Reason'] !== 'identity' && row['JobId'] !== null);
  return counted(new Set(sure.map((row) => row['JobId'])).size, 'job', 'jobs');
}

const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

function accessRow(row: Row): TableRow {
  const recorded = text(row['AccessJob']);
  const job = text(row['JobId']);
  const under = recorded === job || recorded === '-' ? '' : ` (recorded under ${recorded})`;
  return {
    at: second(row['EventTime']),
    op: text(row['Op']),
    job: `${job === '' ? 'no job named' : job}${under}`,
    'submitted by': text(row['SubmittedBy']),
    'acting for': text(row['SubmittedFor']) || text(row['ActingFor']),
    'accessed as': text(row['Actor']),
    outcome: text(row['Outcome']),
    strength: text(row['Strength']),
    'known by': text(row['Reason']),
    event: text(row['EventId']),
  };
}

async function lineageSection(
  store: Store,
  id: string,
  direction: Direction,
  hops: number,
): Promise<Section> {
  const lineage: Lineage = await walkLineage(store, id, direction, { hops });
  return section(
    `${direction} to ${hops} hop${hops === 1 ? '' : 's'}${lineage.truncated ? ' (cut: there is more)' : ''}`,
    ['hop', 'dataset', 'job', direction === 'upstream' ? 'flows into' : 'comes from'],
    lineage.steps.map((step) => ({
      hop: step.hop,
      dataset: step.dataset,
      job: step.job,
      [direction === 'upstream' ? 'flows into' : 'comes from']: step.near,
    })),
  );
}
