/** `npm start`: a day of logs through the real functions, or one's own files, and what an operator wants to know of it. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readBundle } from '../../shared/config/read-bundle.ts';
import { JobtrailError } from '../../shared/errors.ts';
import { createLogger, type Logger } from '../../shared/observe/log.ts';
import { balances } from '../../shared/pipeline/outcome.ts';
import { openStore } from '../../shared/store/open.ts';
import { companyConfig } from '../day/config.ts';
import { COMPANY_POLICIES } from '../day/declared/policies.ts';
import { enginesOf, generateDay, type DayMessage } from '../day/day.ts';
import type { EngineLists } from '../day/engines/inventory.ts';
import { SUBSCRIPTIONS } from '../day/entry.ts';
import { storiesOf } from '../day/stories.ts';
import { EXIT } from '../help.ts';
import type { Terminal } from '../main.ts';
import { createProgress } from '../progress.ts';
import { createDayAlerts } from '../run/day-alerts.ts';
import { createDayMinutes } from '../run/day-minutes.ts';
import { engineEnvironment, observeConfig, pollEngines, serveEngines } from '../run/engine-server.ts';
import { startFunctions } from '../run/functions.ts';
import type { LoopbackServer } from '../run/loopback.ts';
import { entriesOf, liveObjects, serveObjects, storageEnvironment } from '../run/object-server.ts';
import { playDay } from '../run/play-day.ts';
import { pushAll } from '../run/push.ts';
import { replayFiles } from '../run/replay-files.ts';
import { report } from '../run/report.ts';
import { openFrom } from '../run/store.ts';
import { summaryText } from '../run/summary.ts';
import { progressOn } from '../run/terminal.ts';

const DAY = { date: '2026-11-18', seed: 7 } as const;
const DAY_STORE = 'sqlite:.jobtrail/day.db';
const FILES_STORE = 'sqlite:.jobtrail/files.db';
const CONCURRENCY = 32;
const MAX_ATTEMPTS = 8;

export async function start(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, positionals: files } = parseArgs({
    args: [...args],
    options: { store: { type: 'string' }, config: { type: 'string' } },
    allowPositionals: true,
  });
  if (files.length > 0) return startFiles(files, values.store ?? FILES_STORE, values.config, terminal);
  if (values.config !== undefined) {
    throw new JobtrailError('usage', '--config goes with files.', 'The day brings its own configuration.');
  }
  if (values.store !== 'emulator') return startDay(values.store ?? DAY_STORE, terminal);
  // With the Pub/Sub client, which no other way of starting needs.
  const { startOnEmulators } = await import('../run/on-emulators.ts');
  return startOnEmulators(day(), terminal);
}

interface Day {
  readonly messages: readonly DayMessage[];
  /** Files that messages notify, by `bucket/name`. */
  readonly objects: ReadonlyMap<string, string>;
  /** Entries in all of it, where each message is delivered once. */
  readonly entries: number;
  /** What the engines list when the day is over. */
  readonly engines: EngineLists;
  readonly date: string;
}

export type { Day };

function day(): Day {
  const messages = generateDay(DAY);
  const objects = liveObjects(messages);
  const entries = messages.reduce((sum, message) => sum + entriesOf(message, objects), 0);
  return { messages, objects, entries, engines: enginesOf(DAY, messages), date: DAY.date };
}

async function startDay(spec: string, terminal: Terminal): Promise<number> {
  if (!spec.startsWith('sqlite:') || spec === 'sqlite::memory:') {
    throw new JobtrailError(
      'usage',
      'The day goes into a file of the embedded store, which its functions share, or to the emulators.',
      'Use --store sqlite:PATH or --store emulator.',
    );
  }
  const { messages, objects, entries, engines: lists, date } = day();
  removeDatabase(spec.slice('sqlite:'.length));
  // Makes the schema before the functions open the file at once.
  await (await openFrom(spec, 'write', terminal)).close();
  terminal.out(
    `${messages.length} messages of ${date} go to ${SUBSCRIPTIONS.length} functions over HTTP, one for each source; one more asks the engines for their jobs.\n`,
  );
  const storage = await serveObjects(objects);
  const engines = await serveEngines(lists);
  const configFile = writeConfig(engines);
  const functions = await startFunctions({
    sources: [...SUBSCRIPTIONS, 'observed'],
    store: spec,
    configFile,
    base: terminal.environment,
    environment: { ...storageEnvironment(storage, objects), ...engineEnvironment(engines) },
  });
  const progress = createProgress({
    label: 'push',
    total: messages.length,
    unit: 'messages',
    terminal: progressOn(terminal),
  });
  try {
    const store = await openStore(spec);
    try {
      const bundle = readBundle(configFile);
      const alerts = createDayAlerts(store, bundle, terminal);
      let acknowledged = 0;
      const listed = await playDay({
        messages,
        date,
        push: async (segment) => {
          const pushed = await pushAll(
            segment.map((message) => ({
              ...message,
              url: functions.urls.get(message.subscription) ?? '',
              subscription: `projects/acme-audit/subscriptions/jobtrail-${message.subscription}`,
            })),
            {
              concurrency: CONCURRENCY,
              maxAttempts: MAX_ATTEMPTS,
              onAcknowledged: (count) => progress.update(acknowledged + count),
            },
          );
          acknowledged += pushed.acknowledged;
        },
        poll: () => pollEngines(functions.urls.get('observed') ?? '', endOf(date)),
        minutes: createDayMinutes({ store, bundle, alerts, logger: dayLogger(terminal) }),
      });
      progress.done();
      await functions.stop();
      const published = { messages: messages.length, entries, listed };
      const told = { date, alerts: () => alerts.show(), stories: storiesOf(date) };
      return await report(store, { published, spec, gone: false, ...told }, terminal);
    } finally {
      await store.close();
    }
  } catch (error) {
    for (const line of functions
      .lines()
      .filter((text) => text.includes('"ERROR"'))
      .slice(-5))
      terminal.err(`${line}\n`);
    throw error;
  } finally {
    progress.done();
    await functions.stop();
    await storage.stop();
    await engines.stop();
  }
}

/** The configuration of the day's company, where its engines are, and its policies. JSON is YAML. */
export function writeConfig(engines: LoopbackServer): string {
  const folder = join('.jobtrail', 'day');
  mkdirSync(join(folder, 'policies'), { recursive: true });
  const config = { ...companyConfig, observe: observeConfig(engines) };
  writeFileSync(join(folder, 'jobtrail.yaml'), `${JSON.stringify(config, null, 2)}\n`);
  for (const [name, text] of COMPANY_POLICIES) writeFileSync(join(folder, name), text);
  return join(folder, 'jobtrail.yaml');
}

/** A rule that fails on a record is told; what else rounds say is of the day's own making. */
export const dayLogger = (terminal: Terminal): Logger =>
  createLogger((line) => (line.includes('"ERROR"') ? terminal.err(`${line}\n`) : undefined), {
    command: 'start',
  });

/** Midnight at which the day is over. */
export const endOf = (date: string): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + 86_400_000).toISOString();

async function startFiles(
  files: readonly string[],
  store: string,
  configFile: string | undefined,
  terminal: Terminal,
): Promise<number> {
  const loaded = readBundle(configFile);
  return replayFiles({ files, store, loaded }, terminal, async ({ opened, summary, atEnd, seconds }) => {
    terminal.out(summaryText(summary, atEnd, seconds));
    const { spec, gone } = opened;
    const code = await report(opened.store, { published: undefined, spec, gone, date: undefined }, terminal);
    return balances(summary) ? code : EXIT.unbalanced;
  });
}

function removeDatabase(path: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
}
