/** Bundles in Cloud Spanner. */
import type { Database, Transaction } from '@google-cloud/spanner';
import { type Row, type TableName, TABLES } from '../../../schemas/tables.ts';
import { bundleRow, inForceOfRow, inForceRow, type BundleStore } from '../bundles.ts';
import type { RunAlone } from './alerts.ts';
import { prefix, readRanges } from './read.ts';
import { readWrite } from './transaction.ts';
import { columnNames, fromClientRow, toMutation } from './values.ts';

export function createSpannerBundles(database: Database, alone: RunAlone): BundleStore {
  const insert = (transaction: Transaction, table: TableName, row: Row): void =>
    transaction.insert(table, [toMutation(TABLES[table].columns, row)]);
  const has = async (transaction: Transaction, digest: string): Promise<boolean> => {
    const [rows] = await transaction.read('Bundles', { keys: [[digest]], columns: ['Digest'] });
    return rows.length > 0;
  };
  return {
    keep: (bundle, now) =>
      alone(() =>
        readWrite(database, 'jobtrail-keep-bundle', async (transaction) => {
          if (!(await has(transaction, bundle.digest)))
            insert(transaction, 'Bundles', bundleRow(bundle, now));
        }),
      ),
    push: (bundle, force) =>
      alone(() =>
        readWrite(database, 'jobtrail-push-bundle', async (transaction) => {
          const columns = ['Digest'];
          const [rows] = await transaction.read('BundlesInForce', { keys: [[force.from]], columns });
          const [before] = rows.map(fromClientRow);
          if (before !== undefined) return before['Digest'] === force.digest ? 'unchanged' : 'taken';
          if (!(await has(transaction, bundle.digest)))
            insert(transaction, 'Bundles', bundleRow(bundle, force.pushedAt));
          insert(transaction, 'BundlesInForce', inForceRow(force));
          return 'pushed';
        }),
      ),
    async inForce() {
      const rows = await readRanges(
        database,
        'BundlesInForce',
        [...columnNames('BundlesInForce')],
        [{ startClosed: [], endClosed: [] }],
      );
      return rows.map(inForceOfRow);
    },
    async texts(digest) {
      const [row] = await readRanges(database, 'Bundles', ['Texts'], [prefix(digest)]);
      const texts = row?.['Texts'];
      return typeof texts === 'string' ? texts : undefined;
    },
  };
}
