/** Bundles in the embedded store. */
import type { DatabaseSync } from 'node:sqlite';
import { type Row, type TableName, TABLES } from '../../../schemas/tables.ts';
import { bundleRow, inForceOfRow, inForceRow, type BundleStore } from '../bundles.ts';
import { inTransaction } from './transaction.ts';
import { columnNames, fromSql, toSql } from './values.ts';

export function createSqliteBundles(database: DatabaseSync): BundleStore {
  const insert = (table: TableName, row: Row): boolean => {
    const columns = columnNames(table);
    const places = columns.map(() => '?').join(', ');
    const { changes } = database
      .prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places}) ON CONFLICT DO NOTHING`)
      .run(...toSql(TABLES[table].columns, row));
    return changes !== 0;
  };
  return {
    async keep(bundle, now) {
      inTransaction(database, () => insert('Bundles', bundleRow(bundle, now)));
    },
    async push(bundle, force) {
      return inTransaction(database, () => {
        const before = database
          .prepare('SELECT Digest FROM BundlesInForce WHERE FromTime = ?')
          .get(force.from);
        if (before !== undefined) return before['Digest'] === force.digest ? 'unchanged' : 'taken';
        insert('Bundles', bundleRow(bundle, force.pushedAt));
        insert('BundlesInForce', inForceRow(force));
        return 'pushed';
      });
    },
    async inForce() {
      const rows = database.prepare('SELECT * FROM BundlesInForce ORDER BY FromTime').all();
      return rows.map((row) => inForceOfRow(fromSql(TABLES.BundlesInForce, row)));
    },
    async texts(digest) {
      const texts = database.prepare('SELECT Texts FROM Bundles WHERE Digest = ?').get(digest)?.['Texts'];
      return typeof texts === 'string' ? texts : undefined;
    },
  };
}
