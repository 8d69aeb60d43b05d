/** `jobtrail backfill`: what is in Cloud Logging or in exported files, into a store that may be a deployment's. */
import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { later } from '../../shared/alerts/times.ts';
import type { LoggingQuery } from '../../shared/backfill/logging-input.ts';
import { YOUNGEST_MS } from '../../shared/backfill/run.ts';
import { jobDigest, newState, readState } from '../../shared/backfill/state.ts';
import { readBundle } from '../../shared/config/read-bundle.ts';
import { JobtrailError } from '../../shared/errors.ts';
import { balances } from '../../shared/pipeline/outcome.ts';
import { storedTimestamp } from '../../shared/store/timestamp.ts';
import { DEFAULT_STORE, EXIT } from '../help.ts';
import type { Terminal } from '../main.ts';
import { filesInput, loggingInput } from '../run/backfill-input.ts';
import { runBackfill } from '../run/backfill-run.ts';
import { backfillJson, backfillText } from '../run/backfill-text.ts';
import { now } from '../run/clock.ts';
import { wholeNumber } from './arguments.ts';

export async function backfill(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, positionals: names } = parseArgs({
    args: [...args],
    options: {
      store: { type: 'string', default: DEFAULT_STORE },
      config: { type: 'string' },
      resource: { type: 'string', multiple: true, default: [] },
      filter: { type: 'string', default: '' },
      from: { type: 'string' },
      until: { type: 'string' },
      state: { type: 'string' },
      'per-minute': { type: 'string' },
      json: { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  const { resource: resources, filter } = values;
  checkUsage(names, resources, values);
  const perMinute =
    values['per-minute'] === undefined
      ? undefined
      : wholeNumber('per-minute', values['per-minute'], 0, 1, 100_000);
  const bundle = readBundle(values.config);
  const job = jobDigest([
    values.store,
    names.map((name) => (name.startsWith('gs://') ? name : resolve(name))),
    resources,
    filter,
    values.from ?? '',
    values.until ?? '',
  ]);
  const stateFile = values.state ?? `.jobtrail/backfill-${job.slice(0, 12)}.json`;
  const kept = readState(stateFile, job);
  const state = kept === undefined || kept.done ? newState(job, randomUUID(), now()) : kept;

  const finished = await runBackfill(
    {
      state,
      stateFile,
      store: values.store,
      bundle,
      json: values.json,
      resumed: state === kept,
      inputOf: (onWait) =>
        resources.length > 0
          ? loggingInput(
              queryOf(resources, filter, values, state.startedAt),
              perMinute,
              terminal.environment,
              onWait,
            )
          : filesInput(names, perMinute, terminal.environment, onWait),
    },
    terminal,
  );
  terminal.out(values.json ? `${JSON.stringify(backfillJson(finished))}\n` : backfillText(finished));
  return balances(finished.state.counts) ? EXIT.ok : EXIT.unbalanced;
}

interface SpanOptions {
  readonly from?: string | undefined;
  readonly until?: string | undefined;
}

function checkUsage(
  names: readonly string[],
  resources: readonly string[],
  { from, until, filter }: SpanOptions & { readonly filter: string },
): void {
  if (names.length > 0 === resources.length > 0) {
    throw new JobtrailError(
      'usage',
      'backfill reads either Cloud Logging (--resource) or files.',
      'For example: npx jobtrail backfill --resource projects/P --from 2026-01-01, or npx jobtrail backfill gs://BUCKET/PREFIX',
    );
  }
  if (resources.length > 0 && from === undefined) {
    throw new JobtrailError(
      'usage',
      'backfill from Cloud Logging needs --from TIME.',
      'Say where it is to begin.',
    );
  }
  if (names.length > 0 && (from !== undefined || until !== undefined || filter !== '')) {
    throw new JobtrailError(
      'usage',
      '--from, --until and --filter are for Cloud Logging; files are read whole.',
      'Leave them out, or name the files of the span.',
    );
  }
}

/** @param startedAt of the run, by which the span ends that names no end: the same each time it goes on */
function queryOf(
  resourceNames: readonly string[],
  filter: string,
  { from, until }: SpanOptions,
  startedAt: string,
): LoggingQuery {
  const youngest = later(startedAt, -YOUNGEST_MS);
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
