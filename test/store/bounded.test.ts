/** A server that takes connections and says nothing: no operation waits for it longer than it may, and each says for what. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { BundleInForce } from '../../shared/store/bundles.ts';
import { openStore } from '../../shared/store/open.ts';
import type { Store } from '../../shared/store/store.ts';
import { silentServer, type SilentServer } from '../support/silent-server.ts';
import { batchOf, eventEntry } from './entries.ts';

const SPEC = 'spanner:projects/p/instances/instance/databases/silent';
const MS = 400;
const NOW = '2026-01-05T12:00:00.000000000Z';
const FORCE: BundleInForce = {
  from: NOW,
  digest: 'd'.repeat(64),
  commit: '4f0c1e2',
  reviewer: 'ben@example.com',
  pushedBy: 'ana@example.com',
  pushedAt: NOW,
};
const BUNDLE = { digest: FORCE.digest, texts: 'texts' };

let server: SilentServer;
let store: Store;

beforeAll(async () => {
  server = await silentServer();
  store = await openStore(SPEC, { emulatorHost: server.host, storeMs: MS });
});

// The store is not closed: nobody would answer that either.
afterAll(() => server.close());

const OPERATIONS: readonly (readonly [string, (store: Store) => Promise<unknown>, string])[] = [
  ['a commit', (at) => at.commit(batchOf([eventEntry('a')])), 'jobtrail-commit'],
  ['a query', (at) => at.query('SELECT 1 AS One', {}), 'a query'],
  ['a page of a table', (at) => Array.fromAsync(at.scan('Receipts')), 'a read of Receipts'],
  ['events by their ids', (at) => at.eventsById(['a']), 'a read of Events'],
  ['marking what was redriven', (at) => at.markRedriven([]), 'jobtrail-redriven'],
  ['keeping a bundle', (at) => at.bundles.keep(BUNDLE, NOW), 'a read of Bundles'],
  ['pushing a bundle', (at) => at.bundles.push(BUNDLE, FORCE), 'jobtrail-push-bundle'],
  ['what is in force', (at) => at.bundles.inForce(), 'a read of BundlesInForce'],
  ['open work', (at) => at.work.due('queue', NOW, 1), 'a read of OpenWork'],
  ['paths', (at) => at.work.putPaths([{ Path: 'p' }]), 'jobtrail-paths'],
  ['deliveries that are due', (at) => at.alerts.dueChannels(NOW), 'a read of Deliveries'],
  ['episodes', (at) => at.alerts.episodes({ limit: 1 }), 'a query'],
];

it.each(OPERATIONS)('%s', async (_name, operation, what) => {
  const began = performance.now();
  await expect(operation(store)).rejects.toMatchObject({
    code: 'store-unavailable',
    disposition: 'retry',
    message: `Spanner: no answer within ${MS} ms to ${what}.`,
  });
  expect(performance.now() - began).toBeGreaterThanOrEqual(MS - 5);
});
