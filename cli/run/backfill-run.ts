/** One run of a backfill: its store, its core, its progress; then what several records say, then the digests. */
import { createTimelineSource } from '../../functions/runtime/timeline.ts';
import { createKeyFetcher } from '../../shared/attest/fetched-keys.ts';
import { digestRef } from '../../shared/backfill/digest.ts';
import type { Input } from '../../shared/backfill/input.ts';
import { judgeBackfilled, type Judgement } from '../../shared/backfill/judge.ts';
import { readBackfill, withEnvironments } from '../../shared/backfill/run.ts';
import { writeState, type BackfillState } from '../../shared/backfill/state.ts';
import { tellDigests, type Told } from '../../shared/backfill/tell.ts';
import type { Bundle } from '../../shared/config/bundle.ts';
import { DETECTIONS } from '../../shared/detections/index.ts';
import { messageOf } from '../../shared/errors.ts';
import { createLogger } from '../../shared/observe/log.ts';
import { createPreparer } from '../../shared/pipeline/prepare.ts';
import { SOURCES } from '../../shared/sources/index.ts';
import type { Terminal } from '../main.ts';
import { createBackfillProgress } from './backfill-progress.ts';
import { now } from './clock.ts';
import { CLOCK } from './google.ts';
import { openFrom } from './store.ts';

export interface BackfillRun {
  readonly state: BackfillState;
  readonly stateFile: string;
  readonly store: string;
  /** In force before anything was pushed. */
  readonly bundle: Bundle;
  readonly json: boolean;
  /** Goes on with what an earlier run began. */
  readonly resumed: boolean;
  readonly inputOf: (onWait: (milliseconds: number, why: string) => void) => Input;
}

export interface FinishedBackfill {
  readonly state: BackfillState;
  readonly stateFile: string;
  readonly judged: Judgement;
  readonly told: readonly Told[];
  readonly seconds: number;
  readonly store: string;
}

/** @throws JobtrailError: what was done stays done, and the same command goes on */
export async function runBackfill(run: BackfillRun, terminal: Terminal): Promise<FinishedBackfill> {
  const began = performance.now();
  const opened = await openFrom(run.store, 'write', terminal);
  const { store } = opened;
  const progress = createBackfillProgress({ terminal, json: run.json, before: run.state.counts.received });
  const logger = createLogger((line) => terminal.err(`${line}\n`), { command: 'backfill' });
  const save = (state: BackfillState): void => writeState(run.stateFile, state);
  try {
    const { timeline, ready } = createTimelineSource({
      store: store.bundles,
      before: run.bundle,
      now: Date.now,
      onError: (error) => logger.log('WARNING', messageOf(error), { at: 'bundles in force' }),
    });
    await ready(now());
    if (run.resumed) progress.say(`goes on after ${run.state.counts.received} entries (${run.stateFile})`);
    let state = run.state;
    if (!state.read) {
      state = await readBackfill({
        input: run.inputOf(progress.wait),
        store,
        preparer: createPreparer({
          sources: SOURCES,
          loaded: run.bundle,
          timeline,
          detections: DETECTIONS,
          fetchKeys: createKeyFetcher({ now: Date.now }),
        }),
        ready,
        now,
        clock: CLOCK,
        state,
        save,
        onPortion: progress.update,
        onWait: progress.wait,
      });
    }
    progress.done();
    const judged = await judgeBackfilled({
      store,
      bundleAt: (time) => timeline.at(time),
      ready,
      digestOf: (environment) => digestRef(state.run, environment),
      onFound: (environments) => (state = withEnvironments({ save }, state, environments)),
      end: state.reached ?? now(),
      now,
      logger,
    });
    const inForce = timeline.at(now());
    const told = await tellDigests({
      store,
      alerting: inForce.config,
      run: state.run,
      environments: state.environments,
      bundle: inForce.digest,
      now,
    });
    state = { ...state, done: true };
    save(state);
    const seconds = (performance.now() - began) / 1000;
    return { state, stateFile: run.stateFile, judged, told, seconds, store: opened.spec };
  } finally {
    progress.done();
    await opened.close();
  }
}
