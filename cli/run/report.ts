/** What an operator wants after a run: the balance, the jobs, and what to type next. */
import type { Row } from '../../schemas/tables.ts';
import { runSavedQuery, savedQuery } from '../../shared/store/queries.ts';
import type { Store } from '../../shared/store/store.ts';
import { DEFAULT_STORE, EXIT } from '../help.ts';
import type { Terminal } from '../main.ts';
import { renderTable } from '../table.ts';
import { text } from './explanation.ts';
import type { Story } from '../day/stories.ts';
import { verdictsText } from './report-verdicts.ts';
import { JOB_COLUMNS, reportedJobs, type ReportedJobs } from './report-jobs.ts';

export interface ReportOptions {
  /** What was published, to hold against what was received; undefined for files. */
  readonly published:
    | {
        readonly messages: number;
        /** A message may notify a file of many. */
        readonly entries: number;
        /** Jobs that the engines listed, which are received as well. */
        readonly listed: number;
      }
    | undefined;
  /** The store as `--store` names it, for the commands shown. */
  readonly spec: string;
  /** Nothing is left to query when the command ends. */
  readonly gone: boolean;
  /** The day whose night is shown, YYYY-MM-DD; undefined: leave it out. */
  readonly date: string | undefined;
  /** Told between the jobs and what to type next. */
  readonly alerts?: () => Promise<void>;
  /** What happened in the day that only several records together tell. */
  readonly stories?: readonly Story[];
}

/** @returns the exit code: not 0 where the counts do not balance. */
export async function report(store: Store, options: ReportOptions, terminal: Terminal): Promise<number> {
  const balance = await runSavedQuery(store, savedQuery('balance'), new Map());
  const received = sum(balance.rows, 'Received');
  const balanced = balance.rows.every((row) => row['Balances'] === 'yes');
  // At least once: a message delivered again is received again, and is a duplicate.
  const { published } = options;
  const complete = published === undefined || published.entries + published.listed <= received;
  terminal.out('\nThe balance: received = stored + duplicate + filtered + quarantined\n');
  terminal.out(
    renderTable({
      columns: ['Source', 'Received', 'Stored', 'Duplicate', 'Filtered', 'Quarantined', 'Balances'],
      rows: balance.rows,
    }),
  );
  if (published !== undefined) {
    const { messages, entries, listed } = published;
    const again = received - entries - listed;
    const note = !complete ? ': SOME ARE MISSING' : again > 0 ? `, ${again} of them delivered again` : '';
    terminal.out(
      `${messages} messages published, ${entries} entries in them and in the files they notify, ${listed} jobs listed, ${received} received${note}\n`,
    );
  }

  const jobs = await reportedJobs(store);
  terminal.out(
    `\nThe jobs: who ran them, for whom, via what, what they touched, who approved (${jobs.shown.length} of ${jobs.all.length})\n`,
  );
  terminal.out(renderTable({ columns: JOB_COLUMNS, rows: jobs.shown }));
  await options.alerts?.();
  if (options.stories !== undefined)
    terminal.out(await verdictsText(store, { stories: options.stories, option: storeOption(options) }));
  terminal.out(nextText(options, jobs));
  return balanced && complete ? EXIT.ok : EXIT.unbalanced;
}

/** As commands take it. */
const storeOption = ({ spec, gone }: ReportOptions): string =>
  spec === DEFAULT_STORE || gone ? '' : ` --store ${spec}`;

function nextText(options: ReportOptions, { all, fullest }: ReportedJobs): string {
  const option = storeOption(options);
  if (options.gone) return '\nThe store is ended, and the rows with it. `npm start` keeps them in a file.\n';
  const told = fullest ?? all[0];
  const job = text(told?.['JobId']);
  const dataset = text(told?.['Writes']).split(', ')[0] ?? '';
  const who = text(told?.['Actor']);
  const night =
    options.date === undefined
      ? undefined
      : `--param from=${options.date}T00:00:00Z --param until=${options.date}T06:00:00Z`;
  const lines = [
    '',
    'Next:',
    ...(job === '' ? [] : [`  npx jobtrail explain '${job}'${option}`]),
    ...(dataset === ''
      ? []
      : [
          `  npx jobtrail explain '${dataset}'${option}`,
          `  npx jobtrail query upstream --param dataset='${dataset}'${option}`,
        ]),
    ...(who === '' ? [] : [`  npx jobtrail explain '${who}'${option}`]),
    ...(night === undefined
      ? []
      : [`  npx jobtrail query last-night ${night} --param environment=prod${option}`]),
    ...(options.alerts === undefined ? [] : [`  npx jobtrail alerts list${option}`]),
    `  npx jobtrail query quarantine${option}`,
    '  gcloud logging read \'resource.type="cloud_dataproc_cluster"\' --format=json | npm start -- -     # your own logs',
    '',
  ];
  return lines.join('\n');
}

const sum = (rows: readonly Row[], column: string): number =>
  rows.reduce((total, row) => total + Number(row[column] ?? 0), 0);
