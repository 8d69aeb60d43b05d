/** The DDL as statements, and a new database made of it. */
import { readdirSync, readFileSync } from 'node:fs';
import { JobtrailError, messageOf } from '../../errors.ts';
import { createClient, type DatabaseName } from './client.ts';
import { statusOf } from './errors.ts';

const FOLDER = new URL('../../../schemas/spanner/', import.meta.url);
const ALREADY_EXISTS = 6;

/** Statements of schemas/spanner/NNNN_*.sql in order, without comments; not the optional sets. */
export function schemaStatements(): readonly string[] {
  const files = readdirSync(FOLDER).filter((name) => /^\d{4}_\w+\.sql$/.test(name));
  return files.sort().flatMap((name) => statementsOf(readFileSync(new URL(name, FOLDER), 'utf8')));
}

/** Our files hold no string with `--` or `;` in it. */
function statementsOf(sql: string): readonly string[] {
  const lines = sql.split('\n').map((line) => line.replace(/\s*--.*$/, ''));
  const statements = lines.join('\n').split(';');
  return statements.map((statement) => statement.trim()).filter((statement) => statement !== '');
}

/**
 * Makes the instance, where it is missing, and the database with the whole schema, on an emulator. Deployed, Terraform
 * makes both.
 * @throws JobtrailError `store-schema` when the emulator refuses, as it does a database that is there already.
 */
export async function createEmulatorDatabase(name: DatabaseName, emulatorHost: string): Promise<void> {
  const client = await createClient(name.project, emulatorHost);
  try {
    const instance = client.spanner.instance(name.instance);
    try {
      const [, operation] = await instance.create({
        config: 'emulator-config',
        nodes: 1,
        displayName: name.instance,
      });
      await operation.promise();
    } catch (error) {
      if (statusOf(error) !== ALREADY_EXISTS) throw error;
    }
    const [database, creation] = await instance.createDatabase(name.database, {
      extraStatements: [...schemaStatements()],
    });
    database.on('error', () => undefined);
    await creation.promise();
    await database.close();
  } catch (error) {
    throw new JobtrailError(
      'store-schema',
      `The emulator did not make database ${name.database}: ${messageOf(error)}`,
      'Take another name, or start a fresh emulator.',
      { cause: error },
    );
  } finally {
    await client.close();
  }
}
