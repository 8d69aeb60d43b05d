/** The whole schema as statements, and a new database made of it. */
import { JobtrailError, messageOf } from '../../errors.ts';
import { createClient, type DatabaseName } from './client.ts';
import { statusOf } from './errors.ts';
import { openSchema } from './migrate-database.ts';
import { migrations } from './migrations.ts';

const ALREADY_EXISTS = 6;

/** Statements of schemas/spanner/NNNN_*.sql in order, without comments; not the optional sets. */
export const schemaStatements = (): readonly string[] => migrations().flatMap(({ statements }) => statements);

/**
 * Makes the instance, where it is missing, and the database on an emulator, with the whole schema at once: file by
 * file, as `jobtrail migrate` does, takes ten times as long. Deployed, Terraform makes both, and migrate the schema.
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
    const schema = await openSchema(name, emulatorHost);
    try {
      for (const { version, name: file, digest } of migrations())
        await schema.record({ version, name: file, digest });
    } finally {
      await schema.close();
    }
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
