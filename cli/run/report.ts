/** What an operator wants after a run: the balance, the jobs, and what to type next. */
import type { Row } from '../../schemas/tables.ts';
import { runSavedQuery, savedQuery } from '../../shared/store/queries.ts';
import type { QueryResult, Store } from '../../shared/store/store.ts';
import { DEFAULT_STORE, EXIT } from '../help.ts';
import type { Terminal } from '../main.ts';
import { renderTable, type TableRow } from '../table.ts';
import { ends, shortJob, shortPrincipal } from './display.ts';
import { text } from './explanation.ts';

export interface ReportOptions {
  /** Messages published, to hold against what was received; undefined for files. */
  readonly published: number | undefined;
  /** The store as `--store` names it, for the commands shown. */
  readonly spec: string;
  /** Nothing is left to query when the command ends. */
  readonly gone: boolean;
  /** The day whose night is shown, YYYY-MM-DD; undefined: leave it out. */
  readonly date: string | undefined;
}

const JOBS_SHOWN = 24;

/** @returns the exit code: not 0 where the counts do not balance. */
export async function report(store: Store, options: ReportOptions, terminal: Terminal): Promise<number> {
  const balance = await runSavedQuery(store, savedQuery('balance'), new Map());
  const received = sum(balance.rows, 'Received');
  const balanced = balance.rows.every((row) => row['Balances'] === 'yes');
  // At least once: a message delivered again is received again, and is a duplicate.
  const { published } = options;
  const complete = published === undefined || published <= received;
  terminal.out('\nThe balance: received = stored + duplicate + filtered + quarantined\n');
  terminal.out(
    renderTable({
      columns: ['Source', 'Received', 'Stored', 'Duplicate', 'Filtered', 'Quarantined', 'Balances'],
      rows: balance.rows,
    }),
  );
  if (published !== undefined) {
    const again = received - published;
    const note = !complete ? ': SOME ARE MISSING' : again > 0 ? `, ${again} of them delivered again` : '';
    terminal.out(`${published} messages published, ${received} received${note}\n`);
  }

  const jobs = await runSavedQuery(store, savedQuery('jobs'), new Map([['limit', '10000']]));
  const shown = mostTelling(jobs);
  terminal.out(
    `\nThe jobs: who ran them, for whom, via what, what they touched (${shown.length} of ${jobs.rows.length})\n`,
  );
  terminal.out(renderTable({ columns: JOB_COLUMNS, rows: shown }));
  terminal.out(nextText(options, shown, jobs.rows));
  return balanced && complete ? EXIT.ok : EXIT.unbalanced;
}

const JOB_COLUMNS = ['started', 'job', 'who', 'for whom', 'via', 'touched', 'outcome'];
const MOST_OF_A_KIND = 3;

/** A few of each kind that differ in who, for whom, via and outcome, in the order of time. */
function mostTelling(jobs: QueryResult): readonly TableRow[] {
  const kinds = new Map<string, number>();
  const picked: Row[] = [];
  for (const row of jobs.rows) {
    // The application of a job is told with the job.
    if (text(row['ParentJob']) !== '') continue;
    const acting = text(row['ActingFor']) !== '';
    const kind = [row['ActorKind'], acting, row['Via'], row['Outcome'], row['Submitted']].join('|');
    const count = kinds.get(kind) ?? 0;
    if (count >= MOST_OF_A_KIND || picked.length >= JOBS_SHOWN) continue;
    kinds.set(kind, count + 1);
    picked.push(row);
  }
  return picked.toReversed().map((row) => ({
    started: text(row['StartedAt']).slice(11, 19),
    job: ends(shortJob(text(row['JobId'])), 30),
    who: ends(shortPrincipal(text(row['Actor'])) || 'nobody named', 26),
    'for whom': ends(text(row['ActingFor']).split(' > ').map(shortPrincipal).join(' > '), 24),
    via: text(row['Via']),
    touched: touched(row),
    outcome:
      row['Submitted'] === 'recorded' ? text(row['Outcome']) : `${text(row['Outcome'])}, no submission`,
  }));
}

function touched(row: Row): string {
  const [read, written, used] = ['Reads', 'Writes', 'Uses'].map((column) => ends(text(row[column]), 29));
  const from = read === '' ? used : read;
  return written === '' ? (from ?? '') : `${from ?? ''} → ${written ?? ''}`.trim();
}

function nextText(options: ReportOptions, shown: readonly TableRow[], jobs: readonly Row[]): string {
  const option = options.spec === DEFAULT_STORE ? '' : ` --store ${options.spec}`;
  if (options.gone) return '\nThe store is ended, and the rows with it. `npm start` keeps them in a file.\n';
  const withData = jobs.find((row) => text(row['Writes']) !== '');
  const dataset = text(withData?.['Writes']).split(', ')[0] ?? '';
  const job = text(withData?.['JobId'] ?? jobs[0]?.['JobId']);
  const who = text(withData?.['Actor'] ?? jobs[0]?.['Actor']);
  const night =
    options.date === undefined
      ? undefined
      : `--param from=${options.date}T00:00:00Z --param until=${options.date}T06:00:00Z`;
  const lines = [
    '',
    'Next:',
    ...(shown.length === 0 ? [] : [`  npx jobtrail explain '${job}'${option}`]),
    ...(dataset === '' ? [] : [`  npx jobtrail query upstream --param dataset='${dataset}'${option}`]),
    ...(who === '' ? [] : [`  npx jobtrail query jobs-of-principal --param principal='${who}'${option}`]),
    ...(night === undefined
      ? []
      : [`  npx jobtrail query last-night ${night} --param environment=prod${option}`]),
    `  npx jobtrail query quarantine${option}`,
    '  gcloud logging read \'resource.type="cloud_dataproc_cluster"\' --format=json | npm start -- -     # your own logs',
    '',
  ];
  return lines.join('\n');
}

const sum = (rows: readonly Row[], column: string): number =>
  rows.reduce((total, row) => total + Number(row[column] ?? 0), 0);
