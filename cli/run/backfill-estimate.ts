/** A dry run of a backfill: what its beginning would come to, and by that the whole of it. */
import { openCore } from '../../functions/runtime/core.ts';
import { estimateBackfill, type Estimate } from '../../shared/backfill/estimate.ts';
import type { Input } from '../../shared/backfill/input.ts';
import { patiently } from '../../shared/backfill/patience.ts';
import type { Bundle } from '../../shared/config/bundle.ts';
import { createLogger } from '../../shared/observe/log.ts';
import { SOURCES } from '../../shared/sources/index.ts';
import type { Terminal } from '../main.ts';
import { createProgress, duration } from '../progress.ts';
import { printable, renderTable } from '../table.ts';
import { LOGGING_PER_MINUTE, type Reach } from './backfill-input.ts';
import { createBackfillProgress } from './backfill-progress.ts';
import { warnOfUnknown } from './declared.ts';
import { Interrupted, listenForInterrupt } from './interrupt.ts';
import { openIfThere } from './store.ts';
import { progressOn } from './terminal.ts';

export interface EstimateRun {
  readonly store: string;
  readonly bundle: Bundle;
  /** The command line names it. */
  readonly named: boolean;
  readonly json: boolean;
  readonly startedAt: string;
  /** Entries that are read, and the rest of a page. */
  readonly most: number;
  /** It is read from Cloud Logging, whose requests are what takes the time. */
  readonly logging: boolean;
  readonly perMinute: number | undefined;
  readonly perSecond: number | undefined;
  readonly inputOf: (reach: Pick<Reach, 'clock' | 'onWait'>) => Input;
}

export interface Estimated extends Pick<EstimateRun, 'logging' | 'perMinute' | 'perSecond'> {
  readonly estimate: Estimate;
  readonly interrupted: boolean;
  readonly seconds: number;
}

export async function runEstimate(run: EstimateRun, terminal: Terminal): Promise<Estimated> {
  const began = performance.now();
  const opened = await openIfThere(run.store, terminal);
  const { store } = opened;
  const said = createBackfillProgress({ terminal, json: run.json, before: 0 });
  const bar = createProgress({
    label: 'backfill --dry-run',
    unit: 'entries',
    terminal: progressOn(terminal),
  });
  const logger = createLogger((line) => terminal.err(`${line}\n`), { command: 'backfill' });
  const interrupt = listenForInterrupt(() => said.say('ends after what is under way'));
  const { clock, asked: stopped } = interrupt;
  let estimate = NOTHING;
  try {
    await warnOfUnknown(store, run.bundle, run.named, said.say);
    const keepNothing = { ...store.bundles, keep: () => Promise.resolve() };
    const { ready, now, preparerOf } = await openCore({ store: keepNothing, bundle: run.bundle, logger });
    const options = {
      store,
      input: run.inputOf({ clock, onWait: said.wait }),
      preparer: preparerOf(SOURCES),
      ready,
      now,
      startedAt: run.startedAt,
      most: run.most,
      stopped,
      onPortion: (read: number) => bar.update(read),
    };
    estimate = await patiently(clock, () => estimateBackfill(options), said.wait);
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
  } finally {
    interrupt.dispose();
    bar.done();
    await opened.close();
  }
  const { logging, perMinute, perSecond } = run;
  const seconds = (performance.now() - began) / 1000;
  return { estimate, logging, perMinute, perSecond, interrupted: stopped(), seconds };
}

const NOTHING: Estimate = {
  read: 0,
  stored: 0,
  duplicate: 0,
  filtered: 0,
  quarantined: 0,
  bySource: new Map(),
  byRule: new Map(),
  byReason: new Map(),
  part: undefined,
  reached: undefined,
  whole: false,
};

/** Entries of one request to Cloud Logging. */
const PAGE = 1000;

interface Whole {
  readonly entries: number;
  /** Of what paces it: requests, or entries a second. Undefined where nothing does. */
  readonly ms: number | undefined;
}

/** Undefined where what was read tells nothing of the rest. */
function wholeOf({ estimate, logging, perMinute, perSecond }: Estimated): Whole | undefined {
  const { read, part, whole } = estimate;
  if (!whole && (part === undefined || part <= 0 || read === 0)) return undefined;
  const entries = whole ? read : Math.round(read / (part ?? 1));
  const asked = logging ? (entries / PAGE / (perMinute ?? LOGGING_PER_MINUTE)) * 60_000 : 0;
  const stored = perSecond === undefined ? 0 : (entries / perSecond) * 1000;
  const ms = Math.max(asked, stored);
  return { entries, ms: ms > 0 ? ms : undefined };
}

const grouped = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 });

export function estimateText(estimated: Estimated): string {
  const { estimate, interrupted, seconds } = estimated;
  const { read, stored, duplicate, filtered, quarantined, bySource, reached } = estimate;
  const rows = sorted(bySource).map(([source, events]) => ({ source, new: events }));
  return [
    'dry run: nothing was stored\n',
    `read ${read} = new ${stored} + duplicate ${duplicate} + filtered ${filtered} + quarantined ${quarantined}\n`,
    rows.length === 0 ? '' : renderTable({ columns: ['source', 'new'], rows }),
    ...sorted(estimate.byRule).map(([rule, count]) => `  filtered: ${printable(rule)} ${count}\n`),
    ...sorted(estimate.byReason).map(([reason, count]) => `  quarantined: ${printable(reason)} ${count}\n`),
    reached === undefined ? '' : `newest event of them: ${reached.slice(0, 19)}Z\n`,
    ofWhole(estimated),
    interrupted ? 'ended before it was through\n' : '',
    `${seconds.toFixed(1)} s\n`,
  ].join('');
}

function ofWhole(estimated: Estimated): string {
  const whole = wholeOf(estimated);
  if (whole === undefined) return 'how much there is in all cannot be told from that\n';
  const time = whole.ms === undefined ? '' : `, at least ${duration(whole.ms)} at this pace`;
  return estimated.estimate.whole
    ? `that is all of it${time}\n`
    : `in all about ${grouped.format(whole.entries)} entries${time}\n`;
}

const sorted = (counts: ReadonlyMap<string, number>): readonly (readonly [string, number])[] =>
  [...counts].toSorted(([a, x], [b, y]) => (x === y ? (a < b ? -1 : 1) : y - x));

export function estimateJson(estimated: Estimated): object {
  const { estimate, interrupted, seconds } = estimated;
  const { bySource, byRule, byReason, ...counts } = estimate;
  const whole = wholeOf(estimated);
  return {
    dryRun: true,
    ...counts,
    bySource: Object.fromEntries(bySource),
    byRule: Object.fromEntries(byRule),
    byReason: Object.fromEntries(byReason),
    entries: whole?.entries,
    atLeastSeconds: whole?.ms === undefined ? undefined : Math.ceil(whole.ms / 1000),
    interrupted,
    seconds: Number(seconds.toFixed(3)),
  };
}
