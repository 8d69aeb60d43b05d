/** One job: who, for whom, how it ended, what it touched, what it came from, and every entry that says so. */
import type { Row } from '../../schemas/tables.ts';
import type { JobId } from '../../shared/model/job.ts';
import type { Store } from '../../shared/store/store.ts';
import type { TableRow } from '../table.ts';
import { second, section, text, whoOf, type Explanation } from './explanation.ts';

const SUBMISSIONS = new Set(['job.submit', 'session.create', 'workflow.run']);

export async function explainJob(store: Store, id: JobId): Promise<Explanation | undefined> {
  const events = await store.eventsByJob([id]);
  const edges = await store.edges([{ node: id }]);
  if (events.length === 0 && edges.length === 0) return undefined;
  const submissions = events.filter((row) => SUBMISSIONS.has(text(row['Action'])) && row['Phase'] !== 'last');
  const first = submissions.find((row) => row['Provenance'] !== 'tenant') ?? submissions[0];
  const ends = events.filter((row) => row['Phase'] === 'last' || row['Action'] === 'job.finish');
  const datasets = events.flatMap(datasetsOf);
  const facts: [string, string][] = [];
  const known = first ?? events[0];
  if (known !== undefined) {
    facts.push(
      [
        'submitted',
        first === undefined
          ? 'no record of a submission'
          : `${second(first['EventTime'])} UTC, ${text(first['Outcome'])}`,
      ],
      ['by', whoOf(first ?? known)],
      ['runs as', text(known['RunAs'])],
      ['name', text(known['JobName'])],
      [
        'where',
        [known['Environment'], known['Project'], known['Location']].map(text).filter(Boolean).join(', '),
      ],
      ['parent', text(events.find((row) => text(row['ParentJob']) !== '')?.['ParentJob'])],
    );
  }
  const end = ends.at(-1);
  if (end !== undefined) facts.push(['ended', `${second(end['EventTime'])} UTC, ${text(end['Outcome'])}`]);
  return {
    kind: 'job',
    id,
    facts: facts.filter(([, value]) => value !== ''),
    sections: [
      section(
        'hops it came through',
        ['at', 'via', 'caller', 'strength', 'provenance', 'event'],
        await hopsOf(store, id),
      ),
      section('datasets', ['op', 'dataset'], unique(datasets)),
      section(
        'jobs it started',
        ['job', 'at'],
        edges.map((row) => ({ job: text(row['JobId']), at: second(row['EventTime']) })),
      ),
      section(
        'entries',
        ['at', 'source', 'action', 'outcome', 'actor', 'provenance', 'event'],
        events.map((row) => ({
          at: second(row['EventTime']),
          source: text(row['Source']),
          action: `${text(row['Action'])}${row['Phase'] === 'last' ? ' (end)' : ''}`,
          outcome: text(row['Outcome']),
          actor: text(row['Actor']),
          provenance: text(row['Provenance']),
          event: text(row['EventId']),
        })),
      ),
    ],
  };
}

const HOPS = `SELECT h.CallTime, h.Via, h.Caller, h.Strength, h.Provenance, h.CallId FROM JobHops AS h
WHERE h.JobId = @job ORDER BY h.CallTime, h.CallId`;

async function hopsOf(store: Store, job: JobId): Promise<TableRow[]> {
  const { rows } = await store.query(HOPS, { job: { type: 'string', value: job } });
  return rows.map((row) => ({
    at: second(row['CallTime']),
    via: text(row['Via']),
    caller: text(row['Caller']),
    strength: text(row['Strength']),
    provenance: text(row['Provenance']),
    event: text(row['CallId']),
  }));
}

function datasetsOf(row: Row): { op: string; dataset: string }[] {
  return (['Reads', 'Writes', 'Uses'] as const).flatMap((column) => {
    const names = row[column];
    if (!Array.isArray(names)) return [];
    return names.map((name) => ({ op: column.slice(0, -1).toLowerCase(), dataset: String(name) }));
  });
}

function unique(rows: readonly { op: string; dataset: string }[]): { op: string; dataset: string }[] {
  return [...new Map(rows.map((row) => [`${row.op} ${row.dataset}`, row])).values()];
}
