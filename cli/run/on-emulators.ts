/** The day through the Pub/Sub emulator (push subscriptions, dead letters) into the Spanner emulator. */
import { randomUUID } from 'node:crypto';
import { emulatorEnvironment, startEmulator, type RunningEmulator } from '../emulators.ts';
import { dayLogger, endOf, writeConfig, type Day } from '../commands/start.ts';
import { SUBSCRIPTIONS } from '../day/entry.ts';
import { storiesOf } from '../day/stories.ts';
import { EXIT } from '../help.ts';
import type { Terminal } from '../main.ts';
import { createProgress } from '../progress.ts';
import { readBundle } from '../../shared/config/read-bundle.ts';
import { openStore } from '../../shared/store/open.ts';
import type { Store } from '../../shared/store/store.ts';
import { openBus, until } from './bus.ts';
import { createDayAlerts } from './day-alerts.ts';
import { createDayMinutes } from './day-minutes.ts';
import { engineEnvironment, pollEngines, serveEngines } from './engine-server.ts';
import { startFunctions } from './functions.ts';
import { entriesOf, serveObjects, storageEnvironment } from './object-server.ts';
import { playDay } from './play-day.ts';
import { report } from './report.ts';
import { createDatabase } from './store.ts';
import { progressOn } from './terminal.ts';

/** The least the API takes; the emulator counts to it within seconds. */
const MAX_DELIVERY_ATTEMPTS = 5;
const ACK_DEADLINE_SECONDS = 60;
/** The emulator takes seconds from a publication to its push. */
const SEGMENT_MINUTES = 120;
/** No message accounted for in this time: something is stuck. */
const STILL_MS = 60_000;

export async function startOnEmulators(day: Day, terminal: Terminal): Promise<number> {
  const stops: (() => Promise<void>)[] = [];
  try {
    const emulators = await startBoth(terminal, stops);
    const { spanner, pubsub } = emulators;
    const spec = await createDatabase(spanner);
    terminal.out(`Spanner emulator at ${spanner.host}, Pub/Sub emulator at ${pubsub.host}.\n`);
    const storage = await serveObjects(day.objects);
    stops.push(() => storage.stop());
    const engines = await serveEngines(day.engines);
    const configFile = writeConfig(engines);
    stops.push(() => engines.stop());
    const functions = await startFunctions({
      sources: [...SUBSCRIPTIONS, 'observed'],
      store: spec,
      configFile,
      base: terminal.environment,
      environment: {
        ...emulatorEnvironment([spanner, pubsub]),
        ...storageEnvironment(storage, day.objects),
        ...engineEnvironment(engines),
      },
    });
    stops.push(() => functions.stop());
    const bus = await openBus({
      host: pubsub.host,
      // Of its own: an emulator that was running before keeps the topics of earlier runs.
      projectId: `acme-audit-${randomUUID().slice(0, 8)}`,
      push: Object.fromEntries(functions.urls),
      maxDeliveryAttempts: MAX_DELIVERY_ATTEMPTS,
      ackDeadlineSeconds: ACK_DEADLINE_SECONDS,
    });
    stops.push(() => bus.close());
    const store = await openStore(spec, { emulatorHost: spanner.host });
    stops.push(() => store.close());

    const progress = createProgress({
      label: 'publish, push, commit',
      total: day.entries,
      unit: 'entries',
      terminal: progressOn(terminal),
    });
    const bundle = readBundle(configFile);
    const alerts = createDayAlerts(store, bundle, terminal);
    let published = 0;
    let expected = 0;
    let listed = 0;
    try {
      listed = await playDay({
        messages: day.messages,
        date: day.date,
        segmentMinutes: SEGMENT_MINUTES,
        push: async (segment) => {
          published += await bus.publish(segment);
          expected += segment.reduce((sum, message) => sum + entriesOf(message, day.objects), 0);
          await until(async () => {
            const accounted = (await receivedIn(store)) + bus.deadLetters.length;
            progress.update(Math.min(accounted, day.entries));
            return { done: accounted >= expected, at: accounted };
          }, STILL_MS);
        },
        poll: async () => {
          const count = await pollEngines(functions.urls.get('observed') ?? '', endOf(day.date));
          expected += count;
          return count;
        },
        minutes: createDayMinutes({ store, bundle, alerts, logger: dayLogger(terminal) }),
      });
    } finally {
      progress.done();
    }
    // The emulator has one transaction at a time: what is read now waits for nobody.
    await functions.stop();
    terminal.out(`published ${published}, dead letters ${bus.deadLetters.length}\n`);
    const code = await report(
      store,
      {
        published: { messages: published, entries: day.entries - bus.deadLetters.length, listed },
        spec,
        gone: spanner.startedHere,
        date: day.date,
        alerts: () => alerts.show(),
        stories: storiesOf(day.date),
      },
      terminal,
    );
    return bus.deadLetters.length === 0 ? code : EXIT.unbalanced;
  } finally {
    for (const stop of stops.toReversed()) await stop();
  }
}

async function startBoth(
  terminal: Terminal,
  stops: (() => Promise<void>)[],
): Promise<{ readonly spanner: RunningEmulator; readonly pubsub: RunningEmulator }> {
  const spanner = await startEmulator('spanner', terminal.environment);
  stops.push(() => spanner.stop());
  const pubsub = await startEmulator('pubsub', terminal.environment);
  stops.push(() => pubsub.stop());
  return { spanner, pubsub };
}

/** Messages the ledger has accounted for, redelivered ones each time. */
export async function receivedIn(store: Store): Promise<number> {
  const { rows } = await store.query('SELECT SUM(r.Received) AS Received FROM Receipts AS r', {});
  return Number(rows[0]?.['Received'] ?? 0);
}
