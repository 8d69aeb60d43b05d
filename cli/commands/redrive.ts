/** `jobtrail redrive`: quarantine and dead letters once more, after a fix. */
import { parseArgs } from 'node:util';
import { readBundle } from '../../shared/config/read-bundle.ts';
import { JobtrailError } from '../../shared/errors.ts';
import { tallyBalances } from '../../shared/redrive/tally.ts';
import { storedTimestamp } from '../../shared/store/timestamp.ts';
import { DEFAULT_STORE, EXIT } from '../help.ts';
import type { Terminal } from '../main.ts';
import { runRedrive } from '../run/redrive-run.ts';
import { redriveJson, redriveText } from '../run/redrive-text.ts';
import { wholeNumber } from './arguments.ts';

const SUBSCRIPTION = /^projects\/[^/]{1,100}\/subscriptions\/[^/]{3,255}$/;
const MOST = 999_999_999;

export async function redrive(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      store: { type: 'string', default: DEFAULT_STORE },
      config: { type: 'string' },
      'dead-letters': { type: 'string' },
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
  const subscription = values['dead-letters'];
  if (subscription !== undefined && !SUBSCRIPTION.test(subscription)) {
    throw new JobtrailError(
      'usage',
      `--dead-letters takes a subscription, not ${subscription.slice(0, 80)}.`,
      'For example projects/P/subscriptions/jobtrail-dead-letters.',
    );
  }
  if (subscription !== undefined && values.reason !== undefined) {
    throw new JobtrailError(
      'usage',
      '--reason is for quarantine: a dead letter has none.',
      'Narrow dead letters with --source and --since.',
    );
  }
  const limit = values.limit === undefined ? undefined : wholeNumber('limit', values.limit, 0, 1, MOST);
  const dryRun = values['dry-run'];
  const began = performance.now();
  const tally = await runRedrive(
    {
      store: values.store,
      bundle: readBundle(values.config),
      subscription,
      dryRun,
      filter: { reasons: values.reason, sources: values.source, since: sinceOf(values.since), limit },
    },
    terminal,
  );
  const result = { tally, dryRun, subscription, seconds: (performance.now() - began) / 1000 };
  terminal.out(values.json ? `${JSON.stringify(redriveJson(result))}\n` : redriveText(result));
  return tallyBalances(tally) ? EXIT.ok : EXIT.unbalanced;
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
