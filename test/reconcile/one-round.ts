/** One round of reconcile over a store that others use as well. */
import { stringify } from 'yaml';
import { STARTS_CONFIG } from '../../bench/support/job-starts.ts';
import { parseBundle, type Bundle } from '../../shared/config/bundle.ts';
import { RULES } from '../../shared/corroboration/rules/index.ts';
import { createLogger } from '../../shared/observe/log.ts';
import { createReconciler, type Tick } from '../../shared/reconcile/reconciler.ts';
import { openStore } from '../../shared/store/open.ts';

export interface Round {
  readonly store: string;
  readonly emulatorHost?: string | undefined;
  /** Clock of rows. */
  readonly now: string;
  /** Up to where every path is known. */
  readonly watermark: string;
}

export const startsBundle = (): Bundle =>
  parseBundle({
    config: { name: 'jobtrail.yaml', text: stringify(STARTS_CONFIG) },
    policies: [],
    rules: [],
  });

export async function roundOf({ store: spec, emulatorHost, now, watermark }: Round): Promise<Tick> {
  const bundle = startsBundle();
  const store = await openStore(spec, { emulatorHost });
  try {
    const { tick } = createReconciler({
      store,
      rules: RULES,
      bundleAt: () => bundle,
      now: () => now,
      logger: createLogger((line) => process.stderr.write(`${line}\n`), {}),
      // Many small transactions, so that there is something to be killed between.
      batch: 5,
    });
    return await tick(() => watermark);
  } finally {
    await store.close();
  }
}
