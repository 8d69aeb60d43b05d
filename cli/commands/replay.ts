/** `jobtrail replay`: exported files through the pipeline into a store, every line accounted for. */
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import type { Row } from '../../schemas/tables.ts';
import { readBundle } from '../../shared/config/read-bundle.ts';
import { JobtrailError, messageOf } from '../../shared/errors.ts';
import type { AtEnd } from '../../shared/reconcile/to-end.ts';
import { balances } from '../../shared/pipeline/outcome.ts';
import type { ReplaySummary } from '../../shared/pipeline/replay.ts';
import { DEFAULT_STORE, EXIT } from '../help.ts';
import type { Terminal } from '../main.ts';
import { replayFiles } from '../run/replay-files.ts';
import { summaryText } from '../run/summary.ts';

export async function replay(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, positionals: files } = parseArgs({
    args: [...args],
    options: {
      store: { type: 'string', default: DEFAULT_STORE },
      config: { type: 'string' },
      events: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  if (files.length === 0) {
    throw new JobtrailError(
      'usage',
      'replay needs the files to read.',
      'For example: gcloud logging read … --format=json | npx jobtrail replay -',
    );
  }
  const { events: eventsFile } = values;
  let events: EventWriter | undefined;
  const openEvents = (file: string): EventWriter['write'] => {
    const writer = eventWriter(file);
    events = writer;
    return (row) => writer.write(row);
  };
  const job = {
    files,
    store: values.store,
    loaded: readBundle(values.config),
    openEvents: eventsFile === undefined ? undefined : () => openEvents(eventsFile),
  };
  return replayFiles(job, terminal, async ({ opened, summary, atEnd, seconds }) => {
    await events?.end();
    terminal.out(
      values.json
        ? `${JSON.stringify(jsonOf(summary, atEnd, opened.spec, seconds))}\n`
        : `${summaryText(summary, atEnd, seconds)}\nnext: npx jobtrail query jobs${storeOption(values.store)}\n`,
    );
    return balances(summary) ? EXIT.ok : EXIT.unbalanced;
  });
}

const storeOption = (store: string): string => (store === DEFAULT_STORE ? '' : ` --store ${store}`);

function jsonOf(summary: ReplaySummary, atEnd: AtEnd | undefined, store: string, seconds: number): object {
  const { received, stored, duplicate, filtered, quarantined, conflicting, events, undated } = summary;
  return {
    received,
    stored,
    duplicate,
    filtered,
    quarantined,
    conflicting,
    events,
    undated,
    storedBy: Object.fromEntries(summary.storedBy),
    filteredBy: Object.fromEntries(summary.filteredBy),
    quarantinedBy: Object.fromEntries(summary.quarantinedBy),
    unknownMethods: Object.fromEntries(summary.unknownMethods),
    foundBy: Object.fromEntries(summary.foundBy),
    verdicts: atEnd?.verdicts ?? 0,
    findings: atEnd?.findings.length ?? 0,
    open: atEnd?.open ?? [],
    notJudged: atEnd?.notJudged ?? [],
    seconds: Number(seconds.toFixed(3)),
    store,
  };
}

interface EventWriter {
  write(row: Row): Promise<void>;
  end(): Promise<void>;
}

/** NDJSON; waits where the disk is slower than the pipeline. */
function eventWriter(file: string): EventWriter {
  const stream = createWriteStream(file);
  let failed: unknown;
  stream.on('error', (error) => {
    failed = error;
  });
  const check = (): void => {
    if (failed === undefined) return;
    throw new JobtrailError(
      'file-unreadable',
      `${file} cannot be written: ${messageOf(failed)}.`,
      'Name a file that can be written.',
    );
  };
  return {
    async write(row) {
      check();
      if (!stream.write(`${JSON.stringify(row)}\n`)) await once(stream, 'drain');
    },
    async end() {
      stream.end();
      await finished(stream).catch(() => undefined);
      check();
    },
  };
}
