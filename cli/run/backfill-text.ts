/** What a backfill came to, for people and programs. */
import { balances } from '../../shared/pipeline/outcome.ts';
import { printable } from '../table.ts';
import { SHORT_ID } from './alerts-find.ts';
import type { FinishedBackfill } from './backfill-run.ts';

export function backfillText({ state, judged, told, seconds }: FinishedBackfill): string {
  const { received, stored, duplicate, filtered, quarantined, conflicting } = state.counts;
  const lines = [
    `received ${received} = stored ${stored} + duplicate ${duplicate} + filtered ${filtered} + quarantined ${quarantined}` +
      (balances(state.counts) ? '' : '   DOES NOT BALANCE'),
    ...(conflicting === 0
      ? []
      : [
          `${conflicting} of the stored have a known event id with another content: npx jobtrail query conflicts`,
        ]),
    ...(state.reached === undefined ? [] : [`newest event: ${state.reached.slice(0, 19)}Z`]),
    `over several records: ${judged.verdicts} verdicts, ${judged.findings} findings, ${judged.resolved} alerts resolved by late evidence`,
    ...(judged.waiting === 0
      ? []
      : [
          `  not judged: ${judged.waiting} records, since others may still come; the next backfill judges them`,
        ]),
    ...told.map(
      ({ environment, episode, findings }) =>
        `found in ${printable(environment ?? 'no environment')}: ${findings}, nobody was paged: npx jobtrail alerts show ${episode.slice(0, SHORT_ID)}`,
    ),
    `${seconds.toFixed(1)} s`,
  ];
  return `${lines.join('\n')}\n`;
}

export const backfillJson = ({
  state,
  stateFile,
  judged,
  told,
  seconds,
  store,
}: FinishedBackfill): object => ({
  ...state.counts,
  reached: state.reached,
  run: state.run,
  verdicts: judged.verdicts,
  findings: judged.findings,
  resolved: judged.resolved,
  waiting: judged.waiting,
  digests: told,
  seconds: Number(seconds.toFixed(3)),
  state: stateFile,
  store,
});
