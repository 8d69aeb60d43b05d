/** `jobtrail backfill`: what is in Cloud Logging or in exported files, into a store that may be a deployment's. */
import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Input } from '../../shared/backfill/input.ts';
import { lockState } from '../../shared/backfill/lock.ts';
import type { LoggingQuery } from '../../shared/backfill/logging-input.ts';
import { youngestOf } from '../../shared/backfill/portion.ts';
import { jobDigest, newState, readState, type BackfillState } from '../../shared/backfill/state.ts';
import { readBundle } from '../../shared/config/read-bundle.ts';
import { JobtrailError } from '../../shared/errors.ts';
import { balances } from '../../shared/pipeline/outcome.ts';
import { storedTimestamp } from '../../shared/store/timestamp.ts';
import { DEFAULT_STORE, EXIT } from '../help.ts';
import type { Terminal } from '../main.ts';
import { estimateJson, estimateText, runEstimate } from '../run/backfill-estimate.ts';
import { filesInput, loggingInput, type Reach } from '../run/backfill-input.ts';
import { runBackfill } from '../run/backfill-run.ts';
import { backfillJson, backfillText } from '../run/backfill-text.ts';
import { now } from '../run/clock.ts';
import { withSources } from '../run/source-filter.ts';
import { checkUsage, type BackfillValues } from './backfill-usage.ts';
import { wholeNumber } from './arguments.ts';

/** Entries of a dry run. */
const SAMPLE = 5_000;
const MOST = 999_999_999;
/** Stores whose rows end with the process: there is nothing to go on from. */
const GONE: ReadonlySet<string> = new Set(['emulator', 'sqlite::memory:']);

export async function backfill(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, positionals: names } = parseArgs({
    args: [...args],
    options: {
      store: { type: 'string', default: DEFAULT_STORE },
      config: { type: 'string' },
      resource: { type: 'string', multiple: true, default: [] },
      source: { type: 'string', multiple: true, default: [] },
      filter: { type: 'string', default: '' },
      from: { type: 'string' },
      until: { type: 'string' },
      state: { type: 'string' },
      'per-minute': { type: 'string' },
      'per-second': { type: 'string' },
      'dry-run': { type: 'boolean', default: false },
      limit: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  checkUsage(names, values);
  const { store, json } = values;
  const perMinute = optional('per-minute', values['per-minute'], 100_000);
  const perSecond = optional('per-second', values['per-second'], 1_000_000);
  const filter = withSources(values.filter, values.source);
  const declared = { bundle: readBundle(values.config), named: values.config !== undefined };

  const inputOf = (startedAt: string): ((reach: Omit<Reach, 'perMinute' | 'environment'>) => Input) => {
    const { environment } = terminal;
    if (names.length > 0)
      return (reach) => filesInput(names, startedAt, { ...reach, perMinute, environment });
    const query = queryOf(values.resource, filter, values, startedAt);
    return (reach) => loggingInput(query, { ...reach, perMinute, environment });
  };

  if (values['dry-run']) {
    const startedAt = now();
    const most = wholeNumber('limit', values.limit, SAMPLE, 1, MOST);
    const run = {
      store,
      ...declared,
      json,
      startedAt,
      most,
      perMinute,
      perSecond,
      inputOf: inputOf(startedAt),
    };
    const estimated = await runEstimate({ ...run, logging: names.length === 0 }, terminal);
    terminal.out(json ? `${JSON.stringify(estimateJson(estimated))}\n` : estimateText(estimated));
    return estimated.interrupted ? EXIT.interrupted : EXIT.ok;
  }

  const job = jobDigest([
    store,
    names.map((name) => (name.startsWith('gs://') ? name : resolve(name))),
    values.resource,
    filter,
    values.from ?? '',
    values.until ?? '',
  ]);
  const gone = GONE.has(store);
  const stateFile = gone ? undefined : (values.state ?? `.jobtrail/backfill-${job.slice(0, 12)}.json`);
  const unlock = stateFile === undefined ? undefined : lockState(stateFile);
  try {
    const { state, resumed } = begin(stateFile, job);
    const run = { state, resumed, stateFile, store, ...declared, json, perSecond };
    const finished = await runBackfill({ ...run, inputOf: inputOf(state.startedAt) }, terminal);
    terminal.out(json ? `${JSON.stringify(backfillJson(finished))}\n` : backfillText(finished));
    if (finished.interrupted) return EXIT.interrupted;
    return balances(finished.state.counts) ? EXIT.ok : EXIT.unbalanced;
  } finally {
    unlock?.();
  }
}

function begin(
  stateFile: string | undefined,
  job: string,
): { readonly state: BackfillState; readonly resumed: boolean } {
  const kept = stateFile === undefined ? undefined : readState(stateFile, job);
  return kept === undefined || kept.done
    ? { state: newState(job, randomUUID(), now()), resumed: false }
    : { state: kept, resumed: true };
}

const optional = (option: string, text: string | undefined, most: number): number | undefined =>
  text === undefined ? undefined : wholeNumber(option, text, 0, 1, most);

/** @param startedAt of the run, by which the span ends that names no end: the same each time it goes on */
function queryOf(
  resourceNames: readonly string[],
  filter: string,
  { from, until }: Pick<BackfillValues, 'from' | 'until'>,
  startedAt: string,
): LoggingQuery {
  const youngest = youngestOf({ startedAt });
  const query = {
    resourceNames,
    filter,
    from: timeOf('from', from ?? ''),
    until: until === undefined ? youngest : timeOf('until', until),
  };
  if (query.until > youngest) {
    throw new JobtrailError(
      'usage',
      'backfill reads nothing that is younger than three hours: the pipeline is still the one to bring it.',
      `Give an --until before ${youngest.slice(0, 19)}Z, or leave it out.`,
    );
  }
  if (query.from < query.until) return query;
  throw new JobtrailError(
    'usage',
    `The span from ${query.from.slice(0, 19)}Z to ${query.until.slice(0, 19)}Z is empty.`,
    'Give a --from that is before --until, and more than three hours ago.',
  );
}

function timeOf(option: string, text: string): string {
  const time = storedTimestamp(text);
  if (time !== undefined) return time;
  throw new JobtrailError(
    'usage',
    `--${option} takes an RFC 3339 time or a date, not ${text.slice(0, 80)}.`,
    'For example 2026-01-31T20:00:00Z, or 2026-01-31.',
  );
}
