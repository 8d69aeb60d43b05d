/** What a redrive came to, or would come to, grouped by reason. */
import { tallyBalances, type Count, type Tally } from '../../shared/redrive/tally.ts';
import { printable, renderTable } from '../table.ts';

export interface RedriveResult {
  readonly tally: Tally;
  readonly dryRun: boolean;
  readonly subscription: string | undefined;
  readonly seconds: number;
}

export function redriveText({ tally, dryRun, subscription, seconds }: RedriveResult): string {
  const what = subscription === undefined ? 'quarantined' : 'dead letters';
  const head =
    `${what} ${tally.rows} = stored ${tally.stored} + duplicate ${tally.duplicate} + filtered ${tally.filtered} + stays ${tally.stays}` +
    (tallyBalances(tally) ? '' : '   DOES NOT BALANCE');
  const by = subscription === undefined ? 'reason' : 'source';
  const groups = [...tally.byReason].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const columns = [by, 'rows', 'stored', 'duplicate', 'filtered', 'stays'];
  const rows = groups.map(([name, count]) => ({ [by]: printable(name), ...count }));
  const stays = [...tally.staysFor].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return [
    dryRun ? 'dry run: nothing was changed\n' : '',
    `${head}\n`,
    rows.length === 0 ? '' : renderTable({ columns, rows }),
    ...stays.map(([why, count]) => `  stays: ${printable(why)} ${count}\n`),
    `${seconds.toFixed(1)} s\n`,
  ].join('');
}

const counts = ({ rows, stored, duplicate, filtered, stays }: Count): Count => ({
  rows,
  stored,
  duplicate,
  filtered,
  stays,
});

export const redriveJson = ({ tally, dryRun, subscription, seconds }: RedriveResult): object => ({
  from: subscription ?? 'quarantine',
  dryRun,
  ...counts(tally),
  [subscription === undefined ? 'byReason' : 'bySource']: Object.fromEntries(
    [...tally.byReason].map(([name, count]) => [name, counts(count)]),
  ),
  staysFor: Object.fromEntries(tally.staysFor),
  seconds: Number(seconds.toFixed(3)),
});
