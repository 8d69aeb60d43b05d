/** What a backfill came to, for people and programs. */
import type { Judgement } from '../../shared/backfill/judge.ts';
import { balances } from '../../shared/pipeline/outcome.ts';
import { printable } from '../table.ts';
import { SHORT_ID } from './alerts-find.ts';
import type { FinishedBackfill } from './backfill-run.ts';

export function backfillText({ state, judged, told, interrupted, seconds }: FinishedBackfill): string {
  const { received, stored, duplicate, filtered, quarantined, conflicting } = state.counts;
  const again = state.again ?? [];
  const lines = [
    `received ${received} = stored ${stored} + duplicate ${duplicate} + filtered ${filtered} + quarantined ${quarantined}` +
      (balances(state.counts) ? '' : '   DOES NOT BALANCE'),
    ...(conflicting === 0
      ? []
      : [
          `${conflicting} of the stored have a known event id with another content: npx jobtrail query conflicts`,
        ]),
    ...(state.reached === undefined ? [] : [`newest event: ${state.reached.slice(0, 19)}Z`]),
    ...(judged === undefined ? [] : judgedLines(judged)),
    ...again
      .slice(0, MOST_AGAIN)
      .map(
        (episode) =>
          `was resolved and stands again, nobody was told: npx jobtrail alerts show ${shortEpisode(episode)}`,
      ),
    ...(again.length > MOST_AGAIN ? [`  and ${again.length - MOST_AGAIN} more`] : []),
    ...told.map(
      ({ environment, episode, findings }) =>
        `found in ${printable(environment ?? 'no environment')}: ${findings}, nobody was paged: npx jobtrail alerts show ${episode.slice(0, SHORT_ID)}`,
    ),
    ...(interrupted ? ['ended before it was through: the same command goes on from there'] : []),
    `${seconds.toFixed(1)} s`,
  ];
  return `${lines.join('\n')}\n`;
}

const MOST_AGAIN = 20;

function judgedLines({ verdicts, findings, resolved, waiting }: Judgement): readonly string[] {
  return [
    `over several records: ${verdicts} verdicts, ${findings} findings, ${resolved} alerts resolved by late evidence`,
    ...(waiting === 0
      ? []
      : [`  not judged: ${waiting} records, since others may still come; the next backfill judges them`]),
  ];
}

/** As `alerts show` takes it. */
function shortEpisode(episode: string): string {
  const [id = '', n = '1'] = episode.split('/');
  return `${id.slice(0, SHORT_ID)}/${n}`;
}

export const backfillJson = ({
  state,
  stateFile,
  judged,
  told,
  interrupted,
  seconds,
  store,
}: FinishedBackfill): object => ({
  ...state.counts,
  reached: state.reached,
  run: state.run,
  verdicts: judged?.verdicts,
  findings: judged?.findings,
  resolved: judged?.resolved,
  waiting: judged?.waiting,
  again: state.again ?? [],
  digests: told,
  interrupted,
  seconds: Number(seconds.toFixed(3)),
  state: stateFile,
  store,
});
