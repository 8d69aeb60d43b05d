/** Bundles in Cloud Spanner. */
import { bundleRow, inForceOfRow, inForceRow, type BundleStore } from '../bundles.ts';
import type { Connection } from './connection.ts';
import { prefix, readRanges } from './read.ts';
import { readWrite, type Scope } from './transaction.ts';
import { columnNames } from './values.ts';

export function createSpannerBundles(connection: Connection): BundleStore {
  const has = async (scope: Scope, digest: string): Promise<boolean> =>
    (await scope.read('Bundles', ['Digest'], { keys: [[digest]] })).length > 0;
  return {
    async keep(bundle, now) {
      // Each start asks for it, and it is nearly always there: a read that takes no lock and waits for none.
      const known = await readRanges(connection, 'Bundles', ['Digest'], [prefix(bundle.digest)]);
      if (known.length > 0) return;
      await readWrite(connection, 'jobtrail-keep-bundle', async (scope) => {
        if (!(await has(scope, bundle.digest))) scope.insert('Bundles', [bundleRow(bundle, now)]);
      });
    },
    push: (bundle, force) =>
      readWrite(connection, 'jobtrail-push-bundle', async (scope) => {
        const [before] = await scope.read('BundlesInForce', ['Digest'], { keys: [[force.from]] });
        if (before !== undefined) return before['Digest'] === force.digest ? 'unchanged' : 'taken';
        if (!(await has(scope, bundle.digest))) scope.insert('Bundles', [bundleRow(bundle, force.pushedAt)]);
        scope.insert('BundlesInForce', [inForceRow(force)]);
        return 'pushed';
      }),
    async inForce() {
      const everything = [{ startClosed: [], endClosed: [] }];
      const rows = await readRanges(connection, 'BundlesInForce', columnNames('BundlesInForce'), everything);
      return rows.map(inForceOfRow);
    },
    async texts(digest) {
      const [row] = await readRanges(connection, 'Bundles', ['Texts'], [prefix(digest)]);
      const texts = row?.['Texts'];
      return typeof texts === 'string' ? texts : undefined;
    },
  };
}
