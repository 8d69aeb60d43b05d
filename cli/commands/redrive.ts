/** `jobtrail redrive`: quarantine and dead letters once more, after a fix. */
import { parseArgs } from 'node:util';
import { readBundle } from '../../shared/config/read-bundle.ts';
import { DISPOSITIONS, JobtrailError } from '../../shared/errors.ts';
import { UNROUTED } from '../../shared/pipeline/prepare.ts';
import { ANY_SOURCE, UNKNOWN_SOURCE } from '../../shared/redrive/letter-source.ts';
import { tallyBalances } from '../../shared/redrive/tally.ts';
import { SOURCE_NAMES } from '../../shared/sources/source.ts';
import { storedTimestamp } from '../../shared/store/timestamp.ts';
import { DEFAULT_STORE, EXIT } from '../help.ts';
import type { Terminal } from '../main.ts';
import { runRedrive, type LettersOf } from '../run/redrive-run.ts';
import { redriveJson, redriveText } from '../run/redrive-text.ts';
import { wholeNumber } from './arguments.ts';

const SUBSCRIPTION = /^projects\/[^/]{1,100}\/subscriptions\/[^/]{3,255}$/;
const MOST = 999_999_999;
const LONGEST_WAIT_S = 3_600;
/** Reasons that rows may have. */
const REASONS = Object.entries(DISPOSITIONS).flatMap(([code, end]) => (end === 'quarantine' ? [code] : []));

export async function redrive(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      store: { type: 'string', default: DEFAULT_STORE },
      config: { type: 'string' },
      'dead-letters': { type: 'string' },
      as: { type: 'string' },
      wait: { type: 'string' },
      reason: { type: 'string', multiple: true },
      source: { type: 'string', multiple: true },
      since: { type: 'string' },
      limit: { type: 'string' },
      'dry-run': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  if (positionals.length > 0) {
    throw new JobtrailError(
      'usage',
      'redrive takes no names: it reads quarantine, or --dead-letters SUBSCRIPTION.',
      'Narrow it with --reason, --source and --since.',
    );
  }
  const letters = lettersOf(values);
  if (letters !== undefined && values.reason !== undefined) {
    throw new JobtrailError(
      'usage',
      '--reason is for quarantine: a dead letter has none.',
      'Narrow dead letters with --source and --since.',
    );
  }
  checkNames('reason', values.reason, REASONS);
  const unnamed = letters === undefined ? UNROUTED : UNKNOWN_SOURCE;
  checkNames('source', values.source, [...SOURCE_NAMES, unnamed]);
  const limit = values.limit === undefined ? undefined : wholeNumber('limit', values.limit, 0, 1, MOST);
  const dryRun = values['dry-run'];
  const began = performance.now();
  const { tally, interrupted } = await runRedrive(
    {
      store: values.store,
      bundle: readBundle(values.config),
      named: values.config !== undefined,
      letters,
      dryRun,
      filter: { reasons: values.reason, sources: values.source, since: sinceOf(values.since), limit },
    },
    terminal,
  );
  const seconds = (performance.now() - began) / 1000;
  const result = { tally, dryRun, subscription: letters?.subscription, interrupted, seconds };
  terminal.out(values.json ? `${JSON.stringify(redriveJson(result))}\n` : redriveText(result));
  if (interrupted) return EXIT.interrupted;
  return tallyBalances(tally) ? EXIT.ok : EXIT.unbalanced;
}

interface LetterValues {
  readonly 'dead-letters'?: string | undefined;
  readonly as?: string | undefined;
  readonly wait?: string | undefined;
}

/** Undefined for quarantine. */
function lettersOf({ 'dead-letters': subscription, as, wait }: LetterValues): LettersOf | undefined {
  if (subscription === undefined) {
    if (as === undefined && wait === undefined) return undefined;
    throw new JobtrailError(
      'usage',
      '--as and --wait are for dead letters.',
      'Leave them out, or name a subscription with --dead-letters.',
    );
  }
  if (!SUBSCRIPTION.test(subscription)) {
    throw new JobtrailError(
      'usage',
      `--dead-letters takes a subscription, not ${subscription.slice(0, 80)}.`,
      'For example projects/P/subscriptions/jobtrail-dataproc-dead.',
    );
  }
  if (as !== undefined) checkNames('as', [as], [...SOURCE_NAMES, ANY_SOURCE]);
  const waitMs = wait === undefined ? undefined : wholeNumber('wait', wait, 0, 0, LONGEST_WAIT_S) * 1000;
  return { subscription, as, waitMs };
}

/** A name that is misspelt would find nothing, and nothing is what there is when all is well. */
function checkNames(option: string, names: readonly string[] | undefined, known: readonly string[]): void {
  const wrong = names?.find((name) => !known.includes(name));
  if (wrong === undefined) return;
  throw new JobtrailError(
    'usage',
    `--${option} knows no ${wrong.slice(0, 80)}.`,
    `It is one of ${known.join(', ')}.`,
  );
}

function sinceOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const time = storedTimestamp(text);
  if (time !== undefined) return time;
  throw new JobtrailError(
    'usage',
    `--since takes an RFC 3339 time or a date, not ${text.slice(0, 80)}.`,
    'For example 2026-01-31T20:00:00Z, or 2026-01-31.',
  );
}
