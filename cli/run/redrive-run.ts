/** One redrive: its store, what is in force, the present sources; then quarantine or the dead letters of a subscription. */
import { openCore } from '../../functions/runtime/core.ts';
import { createPace } from '../../shared/backfill/pace.ts';
import type { Bundle } from '../../shared/config/bundle.ts';
import { createLogger } from '../../shared/observe/log.ts';
import type { Preparer } from '../../shared/pipeline/prepare.ts';
import { redriveDeadLetters } from '../../shared/redrive/dead-letters.ts';
import type { RedriveOptions } from '../../shared/redrive/options.ts';
import type { QuarantineFilter } from '../../shared/redrive/pending.ts';
import { redriveQuarantine } from '../../shared/redrive/quarantine.ts';
import { NO_TALLY, type Tally } from '../../shared/redrive/tally.ts';
import { canariesOf } from '../../shared/sources/canary/index.ts';
import { SOURCES } from '../../shared/sources/index.ts';
import type { BundleStore } from '../../shared/store/bundles.ts';
import type { Terminal } from '../main.ts';
import { printable } from '../printable.ts';
import { createProgress, duration } from '../progress.ts';
import { warnOfUnknown } from './declared.ts';
import { endpoint } from './google.ts';
import { Interrupted, listenForInterrupt } from './interrupt.ts';
import { openFrom } from './store.ts';
import { progressOn } from './terminal.ts';

/** Messages of a subscription in place of quarantine. */
export interface LettersOf {
  readonly subscription: string;
  readonly as: string | undefined;
  readonly waitMs: number | undefined;
}

export interface RedriveRun {
  readonly store: string;
  /** In force before anything was pushed. */
  readonly bundle: Bundle;
  /** The command line names it. */
  readonly named: boolean;
  readonly letters: LettersOf | undefined;
  readonly dryRun: boolean;
  readonly filter: QuarantineFilter;
}

export interface Redriven {
  readonly tally: Tally;
  /** It was asked to end before it was through. */
  readonly interrupted: boolean;
}

/** Requests to Pub/Sub in a minute: far below what it takes. */
const PER_MINUTE = 6_000;

export async function runRedrive(run: RedriveRun, terminal: Terminal): Promise<Redriven> {
  const opened = await openFrom(run.store, 'read', terminal);
  const { store } = opened;
  const logger = createLogger((line) => terminal.err(`${line}\n`), { command: 'redrive' });
  const unit = run.letters === undefined ? 'rows' : 'messages';
  const progress = createProgress({ label: 'redrive', unit, terminal: progressOn(terminal) });
  const say = (text: string): void => terminal.err(`${terminal.isTty ? '\n' : ''}redrive: ${text}\n`);
  const interrupt = listenForInterrupt(() => say('ends after what is under way; again to end it at once'));
  let tally = NO_TALLY;
  try {
    await warnOfUnknown(store, run.bundle, run.named, say);
    const bundles: BundleStore = run.dryRun ? { ...store.bundles, keep: keepNothing } : store.bundles;
    const core = await openCore({ store: bundles, bundle: run.bundle, logger });
    const options: RedriveOptions = {
      store,
      preparerFor: preparersOf(core.preparerOf),
      ready: core.ready,
      now: core.now,
      dryRun: run.dryRun,
      clock: interrupt.clock,
      stopped: interrupt.asked,
      onWait: (milliseconds, why) => say(`waits ${duration(milliseconds)}: ${printable(why)}`),
      onBatch(sofar, total) {
        tally = sofar;
        const of = total === undefined ? '' : `of ${total}, `;
        progress.update(sofar.rows, `${of}${sofar.stays} stay`);
      },
    };
    const letters = run.letters;
    tally = await (letters === undefined
      ? redriveQuarantine(options, run.filter)
      : redriveDeadLetters({ ...options, ...pubsubOf(options, terminal), ...letters }, run.filter));
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
  } finally {
    interrupt.dispose();
    progress.done();
    await opened.close();
  }
  return { tally, interrupted: interrupt.asked() };
}

const keepNothing = (): Promise<void> => Promise.resolve();

/** As the function of each source would take its entries; what no function named goes to whoever owns it. */
function preparersOf(
  preparerOf: Awaited<ReturnType<typeof openCore>>['preparerOf'],
): (name: string) => Preparer {
  const made = new Map<string, Preparer>();
  return (name) => {
    const source = SOURCES.find((one) => one.name === name);
    const known = made.get(source?.name ?? '');
    if (known !== undefined) return known;
    const preparer =
      source === undefined ? preparerOf(SOURCES) : preparerOf([source], [canariesOf(source.name)]);
    made.set(source?.name ?? '', preparer);
    return preparer;
  };
}

function pubsubOf({ clock, onWait }: RedriveOptions, { environment }: Terminal) {
  const { baseUrl, authorization } = endpoint(
    environment['PUBSUB_EMULATOR_HOST'],
    'https://pubsub.googleapis.com',
    'https://www.googleapis.com/auth/pubsub',
  );
  return {
    baseUrl,
    api: {
      service: 'Pub/Sub',
      needs: 'roles/pubsub.subscriber on the subscription',
      authorization,
      pace: createPace(PER_MINUTE, clock),
      clock,
      ...(onWait === undefined ? undefined : { onWait }),
    },
  };
}
