/** One redrive: its store, what is in force, the present sources; then quarantine or the dead letters of a subscription. */
import { createTimelineSource } from '../../functions/runtime/timeline.ts';
import { createKeyFetcher } from '../../shared/attest/fetched-keys.ts';
import { createPace } from '../../shared/backfill/pace.ts';
import type { Bundle } from '../../shared/config/bundle.ts';
import { DETECTIONS } from '../../shared/detections/index.ts';
import { messageOf } from '../../shared/errors.ts';
import { createLogger } from '../../shared/observe/log.ts';
import { createPreparer, type Preparer } from '../../shared/pipeline/prepare.ts';
import { redriveDeadLetters } from '../../shared/redrive/dead-letters.ts';
import {
  redriveQuarantine,
  type QuarantineFilter,
  type RedriveOptions,
} from '../../shared/redrive/quarantine.ts';
import type { Tally } from '../../shared/redrive/tally.ts';
import { canariesOf } from '../../shared/sources/canary/index.ts';
import { SOURCES } from '../../shared/sources/index.ts';
import type { Terminal } from '../main.ts';
import { createProgress, duration } from '../progress.ts';
import { now } from './clock.ts';
import { CLOCK, endpoint } from './google.ts';
import { openFrom } from './store.ts';
import { progressOn } from './terminal.ts';

export interface RedriveRun {
  readonly store: string;
  /** In force before anything was pushed. */
  readonly bundle: Bundle;
  /** Of dead letters; absent: quarantine. */
  readonly subscription: string | undefined;
  readonly dryRun: boolean;
  readonly filter: QuarantineFilter;
}

/** Requests to Pub/Sub in a minute: far below what it takes. */
const PER_MINUTE = 6_000;

export async function runRedrive(run: RedriveRun, terminal: Terminal): Promise<Tally> {
  const opened = await openFrom(run.store, 'read', terminal);
  const { store } = opened;
  const logger = createLogger((line) => terminal.err(`${line}\n`), { command: 'redrive' });
  const unit = run.subscription === undefined ? 'rows' : 'messages';
  const progress = createProgress({ label: 'redrive', unit, terminal: progressOn(terminal) });
  try {
    const { timeline, ready } = createTimelineSource({
      store: store.bundles,
      before: run.bundle,
      now: Date.now,
      onError: (error) => logger.log('WARNING', messageOf(error), { at: 'bundles in force' }),
    });
    await ready(now());
    const fetchKeys = createKeyFetcher({ now: Date.now });
    const preparers = new Map<string, Preparer>();
    const preparerFor = (name: string): Preparer => {
      const source = SOURCES.find((one) => one.name === name);
      const known = preparers.get(source?.name ?? '');
      if (known !== undefined) return known;
      const made = createPreparer({
        // As its function would take it; what no function named goes to whoever owns it.
        sources: source === undefined ? SOURCES : [source],
        ...(source === undefined ? undefined : { beside: [canariesOf(source.name)] }),
        loaded: run.bundle,
        timeline,
        detections: DETECTIONS,
        fetchKeys,
      });
      preparers.set(source?.name ?? '', made);
      return made;
    };
    const options: RedriveOptions = {
      store,
      preparerFor,
      ready,
      now,
      dryRun: run.dryRun,
      clock: CLOCK,
      onWait: (milliseconds, why) => terminal.err(`redrive: waits ${duration(milliseconds)}: ${why}\n`),
      onBatch: ({ rows, stays }) => progress.update(rows, `${stays} stay`),
    };
    if (run.subscription === undefined) return await redriveQuarantine(options, run.filter);
    const { baseUrl, accessToken } = endpoint(
      terminal.environment['PUBSUB_EMULATOR_HOST'],
      'https://pubsub.googleapis.com',
      'https://www.googleapis.com/auth/pubsub',
    );
    const api = {
      service: 'Pub/Sub',
      needs: 'roles/pubsub.subscriber on the subscription',
      accessToken,
      pace: createPace(PER_MINUTE, CLOCK),
      clock: CLOCK,
    };
    return await redriveDeadLetters({ ...options, api, baseUrl, subscription: run.subscription }, run.filter);
  } finally {
    progress.done();
    await opened.close();
  }
}
