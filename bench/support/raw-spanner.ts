/** The floor of a commit: rows as plain `insert` mutations, one transaction a batch, nothing read and nothing checked. */
import type { Database } from '@google-cloud/spanner';
import { TABLES, type TableName } from '../../schemas/tables.ts';
import { createClient, openDatabase, type DatabaseName } from '../../shared/store/spanner/client.ts';
import { toMutation } from '../../shared/store/spanner/values.ts';
import type { TableRow } from '../../shared/store/store.ts';

type Mutations = ReadonlyMap<TableName, ReturnType<typeof toMutation>[]>;

export interface RawInserts {
  /** Inserts all batches, one after the other; milliseconds, the making of the values not counted. */
  insert(batches: readonly (readonly TableRow[])[]): Promise<number>;
  close(): Promise<void>;
}

/** The session is open when it resolves. */
export async function openRawInserts(name: DatabaseName, emulatorHost: string): Promise<RawInserts> {
  const client = await createClient(name.project, emulatorHost);
  const database = openDatabase(client, name);
  await database.run('SELECT 1');
  return {
    async insert(batches) {
      const prepared = batches.map(mutationsOf);
      const began = performance.now();
      for (const mutations of prepared) await insert(database, mutations);
      return performance.now() - began;
    },
    async close() {
      await database.close();
      await client.close();
    },
  };
}

function mutationsOf(rows: readonly TableRow[]): Mutations {
  const byTable = new Map<TableName, ReturnType<typeof toMutation>[]>();
  for (const { table, row } of rows) {
    const mutation = toMutation(TABLES[table].columns, row);
    const known = byTable.get(table);
    if (known === undefined) byTable.set(table, [mutation]);
    else known.push(mutation);
  }
  return byTable;
}

async function insert(database: Database, mutations: Mutations): Promise<void> {
  await database.runTransactionAsync(async (transaction) => {
    for (const [table, rows] of mutations) transaction.insert(table, rows);
    await transaction.commit();
  });
}
