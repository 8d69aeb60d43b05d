/** What a redrive came to, or would come to, grouped by reason. */
import { tallyBalances, type Count, type Tally } from '../../shared/redrive/tally.ts';
import { printable, renderTable } from '../table.ts';

export interface RedriveResult {
  readonly tally: Tally;
  readonly dryRun: boolean;
  readonly subscription: string | undefined;
  /** It was asked to end before it was through. */
  readonly interrupted: boolean;
  readonly seconds: number;
}

export function redriveText({ tally, dryRun, subscription, interrupted, seconds }: RedriveResult): string {
  const what = subscription === undefined ? 'quarantined' : 'dead letters';
  const head =
    `${what} ${tally.rows} = stored ${tally.stored} + duplicate ${tally.duplicate} + filtered ${tally.filtered} + stays ${tally.stays}` +
    (tallyBalances(tally) ? '' : '   DOES NOT BALANCE');
  const by = subscription === undefined ? 'reason' : 'source';
  const groups = [...tally.byReason].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const columns = [by, 'rows', 'stored', 'duplicate', 'filtered', 'stays'];
  const rows = groups.map(([name, count]) => ({ [by]: name, ...count }));
  const stays = [...tally.staysFor].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return [
    dryRun ? 'dry run: nothing was changed\n' : '',
    `${head}\n`,
    rows.length === 0 ? '' : renderTable({ columns, rows }),
    ...stays.map(([why, count]) => `  stays: ${printable(why)} ${count}${remarkOn(why)}\n`),
    subscription === undefined && tally.stays > 0
      ? '  each of them: npx jobtrail query quarantine --param redriven=no\n'
      : '',
    interrupted ? 'ended before it was through: run it again for the rest\n' : '',
    `${seconds.toFixed(1)} s\n`,
  ].join('');
}

const IN_QUARANTINE = 'quarantine:';

const REMARKS: ReadonlyMap<string, string> = new Map([
  ['unknown-source', 'no name tells whose they are: say it with --as SOURCE'],
  ['file-notification', 'the function has to read the file: publish them to its topic again'],
  ['findings', 'of deliver, whose sweep has told them: nothing is to be done'],
  ['not-from-cloud-logging', 'posted, and not to be believed: a backfill has it, if it is true'],
  ['entry-too-large', 'what was kept is cut'],
  ['issuer-keys-unavailable', 'its proof cannot be judged now: run it again later'],
]);

const remarkOn = (why: string): string => {
  const remark = why.startsWith(IN_QUARANTINE)
    ? 'no dead letters any more: they are in quarantine'
    : REMARKS.get(why);
  return remark === undefined ? '' : ` (${remark})`;
};

const counts = ({ rows, stored, duplicate, filtered, stays }: Count): Count => ({
  rows,
  stored,
  duplicate,
  filtered,
  stays,
});

export const redriveJson = ({
  tally,
  dryRun,
  subscription,
  interrupted,
  seconds,
}: RedriveResult): object => ({
  from: subscription ?? 'quarantine',
  dryRun,
  interrupted,
  ...counts(tally),
  [subscription === undefined ? 'byReason' : 'bySource']: Object.fromEntries(
    [...tally.byReason].map(([name, count]) => [name, counts(count)]),
  ),
  staysFor: Object.fromEntries(tally.staysFor),
  seconds: Number(seconds.toFixed(3)),
});
