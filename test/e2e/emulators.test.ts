/**
 * The whole way on the emulators: published to Pub/Sub, pushed to the real functions in processes of their own, queried
 * in Spanner. What was published is what is accounted for:
 *
 *     published = stored + duplicate + filtered + quarantined + dead-lettered
 *
 * where a message that is delivered more than once counts once. In the ledger each further delivery is one more
 * `duplicate` (or `filtered`, which leaves no row to recognise it by), so that `received` is at least what was published
 * to the functions, and `stored` and `quarantined` are exact.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { companyConfig } from '../../cli/day/config.ts';
import { COMPANY_POLICIES } from '../../cli/day/declared/policies.ts';
import { emulatorEnvironment } from '../../cli/emulators.ts';
import { openBus, until, type Bus } from '../../cli/run/bus.ts';
import { SUBSCRIPTIONS } from '../../cli/day/entry.ts';
import { startFunctions } from '../../cli/run/functions.ts';
import { JobtrailError } from '../../shared/errors.ts';
import { openStore } from '../../shared/store/open.ts';
import { runSavedQuery, savedQuery } from '../../shared/store/queries.ts';
import type { Store } from '../../shared/store/store.ts';
import { post, serve, type Service } from '../functions/service.ts';
import { DAY } from '../pipeline/deliveries.ts';
import { expectLedgerHolds, factLines, factsOf, ledgerOf } from '../pipeline/facts.ts';
import { plainly } from '../pipeline/plainly.ts';
import { describeWithEmulators, freshSpannerDatabase } from '../support/emulators.ts';

/** The early morning with its redeliveries, and every message of the day that is strange or broken. */
const PUBLISHED = DAY.filter(
  ({ category }, index) => index < 120 || !['ordinary', 'late', 'canary'].includes(category),
  // Files are read from Cloud Storage, which has no emulator: test/functions/databricks has a server for them.
).filter(({ subscription }) => subscription !== 'databricks');
const POISON = { subscription: 'dataproc', data: '{"protoPayload": poison', attributes: {} } as const;
const DOOMED = ['first', 'second'].map((data) => ({
  subscription: 'failing',
  data,
  attributes: { origin: 'a test' },
}));

/** Of a message without data the message itself is kept, which has an id and a time of its own on every bus. */
const withData = (line: string): boolean => !line.includes('"data-empty"');

const message = { url: '', messageId: '', publishTime: '' };
/** Of its own, since an emulator that was running before keeps its topics. */
const PROJECT = `e2e-${randomBytes(6).toString('hex')}`;
const BY_SOURCE = `SELECT Source, SUM(Received) AS Received, SUM(Stored) AS Stored, SUM(Duplicate) AS Duplicate,
  SUM(Filtered) AS Filtered, SUM(Quarantined) AS Quarantined FROM Receipts GROUP BY Source ORDER BY Source`;
/** A process for each source, all at once. */
const START_MS = 150_000;
const STILL_MS = 90_000;

describeWithEmulators(
  'published to Pub/Sub, pushed to functions, stored in Spanner',
  ['spanner', 'pubsub'],
  (hosts) => {
    const stops: (() => Promise<void> | void)[] = [];
    let failing: Service;
    let bus: Bus;
    let store: Store;
    let lines: () => readonly string[] = () => [];

    beforeAll(async () => {
      const folder = mkdtempSync(join(tmpdir(), 'jobtrail-e2e-'));
      stops.push(() => rmSync(folder, { recursive: true }));
      const configFile = join(folder, 'jobtrail.yaml');
      writeFileSync(configFile, JSON.stringify(companyConfig));
      mkdirSync(join(folder, 'policies'));
      for (const [name, text] of COMPANY_POLICIES) writeFileSync(join(folder, name), text);

      const spec = await freshSpannerDatabase(hosts.spanner());
      store = await openStore(spec, { emulatorHost: hosts.spanner() });
      stops.push(() => store.close());
      const environment = emulatorEnvironment(
        (['spanner', 'pubsub'] as const).map((name) => {
          return { name, host: hosts[name](), startedHere: false, stop: () => Promise.resolve() };
        }),
      );
      const functions = await startFunctions({
        sources: SUBSCRIPTIONS.filter((source) => source !== 'databricks'),
        store: spec,
        configFile,
        base: process.env,
        environment,
      });
      stops.push(() => functions.stop());
      lines = functions.lines;

      const away = (): never => {
        throw new JobtrailError('store-unavailable', 'Spanner is away', 'wait');
      };
      failing = await serve({ store: { ...store, commit: away } });
      stops.push(() => failing.stop());
      bus = await openBus({
        host: hosts.pubsub(),
        projectId: PROJECT,
        push: { ...Object.fromEntries(functions.urls), failing: failing.url },
        maxDeliveryAttempts: 5,
        ackDeadlineSeconds: 30,
      });
      stops.push(() => bus.close());
    }, START_MS);

    afterAll(async () => {
      for (const stop of stops.toReversed()) await stop();
    });

    it('accounts for every message, and holds the same facts as the embedded store', async () => {
      const deliveries = [...PUBLISHED, POISON];
      // Before anything is pushed: the endpoint that refuses is in this process, and must not be kept from answering.
      const expected = await plainly(deliveries);
      const published = await bus.publish(
        [...deliveries, ...DOOMED].map((each) => ({ ...message, ...each })),
      );
      expect(published).toBe(deliveries.length + DOOMED.length);
      const { stored, quarantined, conflicting } = expected.ledger;
      await until(async () => {
        const ledger = await ledgerOf(store);
        const dead = bus.deadLetters.length;
        // A second delivery may be counted before another message's first: the rows must be there too.
        const rows = ledger.stored + ledger.quarantined >= stored + quarantined;
        return {
          at: ledger.received + dead,
          done: rows && ledger.received + dead >= published && dead >= DOOMED.length,
        };
      }, STILL_MS).catch(async (error: unknown) => {
        const { rows } = await store.query(BY_SOURCE, {});
        throw new Error(
          `${String(error)}\n${JSON.stringify({ rows, expected: expected.ledger })}\n${lines().slice(-40).join('\n')}`,
        );
      });

      const facts = await factsOf(store);
      expect(factLines(facts).filter(withData)).toEqual(expected.lines.filter(withData));
      expect(factLines(facts)).toHaveLength(expected.lines.length);
      const ledger = await expectLedgerHolds(store, facts);
      expect(ledger).toMatchObject({ stored, quarantined, conflicting });
      const again = ledger.received - deliveries.length;
      expect(again).toBeGreaterThanOrEqual(0);
      expect(ledger.duplicate + ledger.filtered).toBe(
        expected.ledger.duplicate + expected.ledger.filtered + again,
      );
      const { received, duplicate, filtered } = expected.ledger;
      expect(published).toBe(stored + duplicate + filtered + quarantined + bus.deadLetters.length);
      expect(received).toBe(deliveries.length);
    }, 180_000);

    it('answers the saved queries from Spanner', async () => {
      const jobs = await runSavedQuery(store, savedQuery('jobs'), new Map([['limit', '1000']]));
      expect(jobs.rows.length).toBeGreaterThan(3);
      expect(jobs.rows.filter((row) => row['Actor'] !== null).length).toBeGreaterThan(3);
      const balance = await runSavedQuery(store, savedQuery('balance'), new Map());
      expect(balance.rows.map((row) => row['Balances'])).toEqual(balance.rows.map(() => 'yes'));
    });

    it('keeps a poison message in quarantine, with its text and its reason', async () => {
      const { rows } = await runSavedQuery(store, savedQuery('quarantine'), new Map());
      expect(rows.length).toBeGreaterThanOrEqual(10);
      const kept = (await factsOf(store)).Quarantine.filter((row) => row['Raw'] === POISON.data);
      expect(kept).toMatchObject([{ Source: 'dataproc', Reason: 'entry-not-json', RawEncoding: 'utf8' }]);
    });

    it('sends what a function always refuses to the dead-letter topic, whole', async () => {
      expect((await post(failing.url, JSON.stringify({ message: { data: 'eA==' } }))).status).toBe(503);
      expect(bus.deadLetters.map(({ data }) => data.toString()).toSorted()).toEqual(
        DOOMED.map(({ data }) => data).toSorted(),
      );
      for (const { attributes } of bus.deadLetters) {
        expect(attributes).toMatchObject({
          origin: 'a test',
          CloudPubSubDeadLetterSourceSubscription: 'jobtrail-failing-push',
          CloudPubSubDeadLetterSourceSubscriptionProject: PROJECT,
          CloudPubSubDeadLetterSourceDeliveryCount: '5',
          CloudPubSubDeadLetterSourceTopicPublishTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        });
      }
    });
  },
);
