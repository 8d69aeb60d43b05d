import { afterEach, expect, test } from 'vitest';
import { openStore } from '../../shared/store/open.ts';
import type { Store } from '../../shared/store/store.ts';
import { describeWithEmulators, freshSpannerDatabase } from '../support/emulators.ts';
import { alerting, finding } from './findings.ts';
import { run, simulate } from './simulation.ts';
import { alertStoreContract } from './store-contract.ts';

describeWithEmulators('spanner: the contract of an alert store', ['spanner'], (hosts) => {
  let spec = '';
  alertStoreContract({
    runs: 5,
    async open(same) {
      const emulatorHost = hosts.spanner();
      if (same === undefined) spec = await freshSpannerDatabase(emulatorHost);
      return openStore(spec, { emulatorHost });
    },
  });

  const stores: Store[] = [];
  afterEach(async () => {
    for (const store of stores.splice(0)) await store.close();
  });

  test('two deliverers on connections of their own tell each episode once, and its updates', async () => {
    const emulatorHost = hosts.spanner();
    const name = await freshSpannerDatabase(emulatorHost);
    const first = await openStore(name, { emulatorHost });
    const second = await openStore(name, { emulatorHost });
    stores.push(first, second);
    const config = alerting({ routes: [{ channels: ['log'], continue: false }] });
    const simulations = [first, second].map(({ alerts }) => simulate(alerts, config));
    const deliverers = simulations.map((simulation) => simulation.start());
    const claimed = (round: string) =>
      Array.from({ length: 4 }, (_, i) => finding(`${round} ${i}`, { key: `k${i}` }));
    for (const round of ['a', 'b']) {
      await Promise.all(deliverers.map((one) => one.accept(claimed(round)).then(() => run(one))));
      for (const simulation of simulations) simulation.wait(60);
    }
    await Promise.all(deliverers.map(run));
    const told = simulations.flatMap((simulation) => simulation.told);
    const texts = told.map(({ notice }) => `${notice.key} ${notice.change} ${notice.occurrences}`).toSorted();
    expect(texts).toEqual(
      Array.from({ length: 4 }, (_, i) => [`k${i} merge 2`, `k${i} open 1`])
        .flat()
        .toSorted(),
    );
    // The emulator aborts what runs beside each other, and the client backs off for seconds.
  }, 120_000);
});
