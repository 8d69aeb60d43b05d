/** One run of a backfill: its store, its core, its progress; then what several records say, then the digests. */
import { openCore } from '../../functions/runtime/core.ts';
import { digestRef } from '../../shared/backfill/digest.ts';
import { judgeBackfilled, type JudgeOptions, type Judgement } from '../../shared/backfill/judge.ts';
import type { Input } from '../../shared/backfill/input.ts';
import { createPace } from '../../shared/backfill/pace.ts';
import { patiently } from '../../shared/backfill/patience.ts';
import { readBackfill } from '../../shared/backfill/run.ts';
import { keepState, writeState, type BackfillState } from '../../shared/backfill/state.ts';
import { openDigests, tellDigests, type OpenOptions, type Told } from '../../shared/backfill/tell.ts';
import type { Bundle } from '../../shared/config/bundle.ts';
import { JobtrailError } from '../../shared/errors.ts';
import { createLogger } from '../../shared/observe/log.ts';
import { SOURCES } from '../../shared/sources/index.ts';
import type { Store } from '../../shared/store/store.ts';
import type { Terminal } from '../main.ts';
import type { Reach } from './backfill-input.ts';
import { createBackfillProgress } from './backfill-progress.ts';
import { warnOfUnknown } from './declared.ts';
import { Interrupted, listenForInterrupt } from './interrupt.ts';
import { openFrom } from './store.ts';

export interface BackfillRun {
  readonly state: BackfillState;
  /** Undefined: the store is gone at the end, and so is what was done. */
  readonly stateFile: string | undefined;
  readonly store: string;
  /** In force before anything was pushed. */
  readonly bundle: Bundle;
  /** The command line names it. */
  readonly named: boolean;
  readonly json: boolean;
  /** Goes on with what an earlier run began. */
  readonly resumed: boolean;
  /** Entries that are committed in a second, at most. */
  readonly perSecond: number | undefined;
  readonly inputOf: (reach: Pick<Reach, 'clock' | 'onWait'>) => Input;
}

export interface FinishedBackfill {
  readonly state: BackfillState;
  readonly stateFile: string | undefined;
  /** Undefined where it was asked to end before. */
  readonly judged: Judgement | undefined;
  readonly told: readonly Told[];
  readonly interrupted: boolean;
  readonly seconds: number;
  readonly store: string;
}

const MINUTE_S = 60;

/** @throws JobtrailError: what was done stays done, and the same command goes on */
export async function runBackfill(run: BackfillRun, terminal: Terminal): Promise<FinishedBackfill> {
  const began = performance.now();
  const opened = await openFrom(run.store, 'write', terminal);
  const { store } = opened;
  const progress = createBackfillProgress({ terminal, json: run.json, before: run.state.counts.received });
  const logger = createLogger((line) => terminal.err(`${line}\n`), { command: 'backfill' });
  const interrupt = listenForInterrupt(() =>
    progress.say('ends after what is under way; again to end it at once'),
  );
  const { clock, asked: stopped } = interrupt;
  const kept = keepState(run.state, (state) => {
    if (run.stateFile !== undefined) writeState(run.stateFile, state);
  });
  let judged: Judgement | undefined;
  let told: readonly Told[] = [];
  try {
    if (run.resumed) await checkStore(store, run);
    await warnOfUnknown(store, run.bundle, run.named, progress.say);
    const { timeline, ready, preparerOf, now } = await openCore({
      store: store.bundles,
      bundle: run.bundle,
      logger,
    });
    if (run.resumed)
      progress.say(`goes on after ${run.state.counts.received} entries (${String(run.stateFile)})`);
    const open: OpenOptions = { store, kept, now, bundle: () => timeline.at(now()).digest };
    const judge = (more: Pick<JudgeOptions, 'end' | 'onTaken'>): Promise<Judgement> =>
      judgeBackfilled({
        store,
        bundleAt: (time) => timeline.at(time),
        ready,
        digestOf: (environment) => digestRef(run.state.run, environment),
        isDigest: ({ id }) =>
          kept.now().environments.some((name) => digestRef(run.state.run, name || undefined).id === id),
        onFound: (environments) => openDigests(open, environments),
        onAgain({ id, n }) {
          const state = kept.now();
          kept.save({ ...state, again: [...new Set(state.again).add(`${id}/${n}`)] });
        },
        stopped,
        now,
        logger,
        ...more,
      });
    if (!run.state.read) {
      await readBackfill({
        ...open,
        input: run.inputOf({ clock, onWait: progress.wait }),
        preparer: preparerOf(SOURCES),
        ready,
        clock,
        stopped,
        pace: run.perSecond === undefined ? undefined : createPace(run.perSecond * MINUTE_S, clock),
        onPortion: progress.update,
        onWait: progress.wait,
      });
    }
    progress.done();
    if (!stopped()) {
      const last = { end: kept.now().reached ?? now(), onTaken: progress.judged };
      judged = await patiently(clock, () => judge(last), progress.wait);
    }
    if (!stopped()) {
      const inForce = timeline.at(now());
      const { run: name, environments } = kept.now();
      const all = { store, alerting: inForce.config, run: name, environments, bundle: inForce.digest, now };
      told = await patiently(clock, () => tellDigests(all), progress.wait);
      kept.save({ ...kept.now(), done: true });
    }
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
  } finally {
    interrupt.dispose();
    progress.done();
    await opened.close();
  }
  const seconds = (performance.now() - began) / 1000;
  const { stateFile } = run;
  const state = kept.now();
  return { state, stateFile, judged, told, interrupted: !state.done, seconds, store: opened.spec };
}

const RECEIPT = 'SELECT COUNT(*) AS Receipts FROM Receipts AS r WHERE r.ReceiptId = @receipt';

/** What the state says was stored must be there: a file that was removed, or a database that was put back, has not got it. */
async function checkStore(store: Store, { state: { receipt }, stateFile }: BackfillRun): Promise<void> {
  if (receipt === undefined) return;
  const { rows } = await store.query(RECEIPT, { receipt: { type: 'string', value: receipt } });
  if (Number(rows[0]?.['Receipts']) > 0) return;
  throw new JobtrailError(
    'usage',
    `The store has not got what ${String(stateFile)} says was stored: it was made anew, or put back to an earlier time.`,
    'Remove the state, and the same command begins anew: what is stored already comes as duplicates.',
  );
}
