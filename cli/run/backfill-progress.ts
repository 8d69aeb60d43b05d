/** How far a backfill has come: entries, what became of them, the time reached, the rate, what is left. */
import type { BackfillState } from '../../shared/backfill/state.ts';
import type { Terminal } from '../main.ts';
import { printable } from '../printable.ts';
import { createProgress, duration, type Progress } from '../progress.ts';
import { progressOn } from './terminal.ts';

export interface BackfillProgress {
  /** @param part of the whole that is behind us, 0 to 1 */
  readonly update: (state: BackfillState, part: number | undefined) => void;
  /** @param why may hold text of strangers */
  readonly wait: (milliseconds: number, why: string) => void;
  /** On standard error, a line of its own. */
  readonly say: (text: string) => void;
  /** @param records that were looked at by the rules over several of them */
  readonly judged: (records: number) => void;
  /** Once; later calls do nothing. */
  readonly done: () => void;
}

export interface BackfillProgressOptions {
  readonly terminal: Terminal;
  /** Each step as one JSON object a line, on standard output. */
  readonly json: boolean;
  /** Entries that an earlier run took: what this one does itself tells how fast it is. */
  readonly before: number;
  /** Milliseconds that only ever rise. */
  readonly now?: () => number;
}

/** Waits that are worth a word. */
const LONG_MS = 1_000;

export function createBackfillProgress({
  terminal,
  json,
  before,
  now = () => performance.now(),
}: BackfillProgressOptions): BackfillProgress {
  const began = now();
  let begunAt: number | undefined;
  const bar = json
    ? undefined
    : createProgress({ label: 'backfill', unit: 'entries', terminal: progressOn(terminal), now });
  let judging: Progress | undefined;
  let records = 0;
  const say = (text: string): void => terminal.err(`${terminal.isTty ? '\n' : ''}backfill: ${text}\n`);
  return {
    update({ counts, reached }, part) {
      const elapsed = now() - began;
      begunAt ??= before === 0 ? 0 : part;
      const left = leftMs(elapsed, begunAt, part);
      const taken = counts.received - before;
      if (json) {
        const progress = {
          ...counts,
          reached,
          part,
          perSecond: elapsed > 0 ? Math.round((taken / elapsed) * 1000) : undefined,
          leftSeconds: left === undefined ? undefined : Math.round(left / 1000),
        };
        terminal.out(`${JSON.stringify({ progress })}\n`);
        return;
      }
      const notes = [
        `${counts.duplicate} duplicates`,
        `${counts.quarantined} quarantined`,
        ...(reached === undefined ? [] : [`reached ${reached.slice(0, 19)}Z`]),
        ...(left === undefined ? [] : [`about ${duration(left)} left`]),
      ];
      bar?.update(taken, notes.join(', '));
    },
    wait(milliseconds, why) {
      if (milliseconds < LONG_MS) return;
      if (json)
        terminal.out(`${JSON.stringify({ wait: { seconds: Math.round(milliseconds / 1000), why } })}\n`);
      else say(`waits ${duration(milliseconds)}: ${printable(why)}`);
    },
    say,
    judged(sofar) {
      // Asked once more when there is nothing left.
      if (sofar === records) return;
      records = sofar;
      bar?.done();
      if (json) {
        terminal.out(`${JSON.stringify({ judged: { records } })}\n`);
        return;
      }
      const shown = { label: 'backfill judges', unit: 'records', terminal: progressOn(terminal), now };
      judging ??= createProgress(shown);
      judging.update(records);
    },
    done() {
      bar?.done();
      judging?.done();
    },
  };
}

/** What is left by the pace so far; undefined where nothing tells. */
export function leftMs(
  elapsedMs: number,
  begunAt: number | undefined,
  part: number | undefined,
): number | undefined {
  if (part === undefined || begunAt === undefined || part <= begunAt || part >= 1) return undefined;
  return (elapsedMs / (part - begunAt)) * (1 - part);
}
