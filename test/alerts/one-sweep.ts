/** One sweep of a deliverer over a store, to the services on loopback: in the test's process, or in one to be killed. */
import { randomUUID } from 'node:crypto';
import { createDeliverer } from '../../shared/alerts/deliver.ts';
import { later } from '../../shared/alerts/times.ts';
import { SILENT } from '../../shared/observe/log.ts';
import { openStore } from '../../shared/store/open.ts';
import { alerting } from './findings.ts';
import { type Addresses, channelsAt } from './services.ts';

export interface Work {
  readonly store: string;
  readonly addresses: Addresses;
  /** What the deliverer's clock shows when it starts. */
  readonly at: string;
}

export async function sweepAt({ store: spec, addresses, at }: Work): Promise<void> {
  const store = await openStore(spec);
  // Signatures are checked against the machine's own clock: the channels keep that.
  const channels = channelsAt(addresses);
  const started = performance.now();
  const now = (): string => later(at, performance.now() - started);
  const deliverer = createDeliverer({
    store: store.alerts,
    channels,
    alerting: alerting({ routes: [{ channels: [...channels.keys()], continue: false }] }),
    describe: () => undefined,
    now,
    newLease: randomUUID,
    logger: SILENT,
  });
  await deliverer.accept(await store.alerts.unclaimedFindings('2026-01-01T00:00:00.000000000Z', 1000));
  await deliverer.deliverDue(later(now(), 60_000));
  await store.close();
}
