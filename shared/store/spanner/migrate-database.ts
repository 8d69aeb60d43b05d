/** A migration's view of Cloud Spanner or its emulator. */
import type { Database } from '@google-cloud/spanner';
import { JobtrailError, messageOf } from '../../errors.ts';
import { createClient, type DatabaseName, openDatabase } from './client.ts';
import { isAlreadyExists, statusOf } from './errors.ts';
import type { Present, Recorded } from './migrate-plan.ts';
import type { SchemaDatabase } from './migrate.ts';
import { openChanges } from './operations.ts';

/** What the client's constant of that name holds; the client itself is loaded where it is made. */
const COMMIT_TIMESTAMP = 'spanner.commit_timestamp()';
const TIMEOUT = 30_000;
const OPTIONS = { timeout: TIMEOUT, retryRequestOptions: { noResponseRetries: 0 } };

export interface OpenedSchema extends SchemaDatabase {
  /** The database's clock, RFC 3339. */
  now(): Promise<string>;
  close(): Promise<void>;
}

/** `emulatorHost` is HOST:PORT of an emulator. Nothing is sent before the first call. */
export async function openSchema(name: DatabaseName, emulatorHost?: string): Promise<OpenedSchema> {
  const client = await createClient(name.project, emulatorHost);
  const database = openDatabase(client, name);
  const rows = async (sql: string): Promise<readonly Record<string, unknown>[]> => {
    try {
      const [found] = await database.run({ sql, json: true, gaxOptions: OPTIONS });
      return found.map((row) => Object.fromEntries(Object.entries(row)));
    } catch (error) {
      throw unreached(name, error);
    }
  };
  return {
    recorded: async () => ((await rows(VERSIONS_TABLE)).length > 0 ? recordedOf(await rows(RECORDED)) : []),
    present: ({ roles }) => presentOf(rows, roles),
    // The emulator has neither roles nor the table that lists them.
    hasRoles: async () => emulatorHost === undefined && (await rows(OWN_ROLES)).length > 0,
    changes: await openChanges(
      client,
      `projects/${name.project}/instances/${name.instance}/databases/${name.database}`,
    ),
    record: (applied) => keep(database, applied),
    async now() {
      const [row] = await rows(
        "SELECT FORMAT_TIMESTAMP('%FT%H:%M:%E6SZ', CURRENT_TIMESTAMP(), 'UTC') AS Now",
      );
      return String(row?.['Now']);
    },
    async close() {
      await database.close().catch(() => undefined);
      await client.close();
    },
  };
}

type Rows = (sql: string) => Promise<readonly Record<string, unknown>[]>;

const RECORDED = 'SELECT Name, Version, Digest FROM SchemaVersions ORDER BY Version, Name';

const VERSIONS_TABLE =
  "SELECT TABLE_NAME FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA = '' AND TABLE_NAME = 'SchemaVersions'";

const OWN_ROLES =
  "SELECT ROLE_NAME FROM INFORMATION_SCHEMA.ROLES WHERE STARTS_WITH(ROLE_NAME, 'jobtrail_') LIMIT 1";

const recordedOf = (rows: readonly Record<string, unknown>[]): readonly Recorded[] =>
  rows.map((row) => ({
    version: Number(row['Version']),
    name: String(row['Name']),
    digest: String(row['Digest']),
  }));

async function presentOf(rows: Rows, roles: boolean): Promise<Present> {
  const objects = await rows(
    "SELECT TABLE_NAME AS Name, TABLE_TYPE AS Type FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA = ''",
  );
  const columns = await rows(
    "SELECT TABLE_NAME AS Holder, COLUMN_NAME AS Name FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = ''",
  );
  const indexes = await rows(
    // One that is being filled is not there yet: nothing can be read by it.
    "SELECT INDEX_NAME AS Name FROM INFORMATION_SCHEMA.INDEXES WHERE TABLE_SCHEMA = '' AND INDEX_TYPE = 'INDEX' AND INDEX_STATE = 'READ_WRITE'",
  );
  const held = new Set(
    (roles ? await rows('SELECT ROLE_NAME AS Name FROM INFORMATION_SCHEMA.ROLES') : []).map(nameOf),
  );
  const tables = new Map(
    objects.filter(({ Type: type }) => type === 'BASE TABLE').map((row) => [nameOf(row), new Set<string>()]),
  );
  for (const row of columns) tables.get(String(row['Holder']))?.add(nameOf(row));
  const views = objects.filter(({ Type: type }) => type === 'VIEW').map(nameOf);
  return { tables, views: new Set(views), indexes: new Set(indexes.map(nameOf)), roles: held };
}

const nameOf = (row: Record<string, unknown>): string => String(row['Name']);

/** The first record of a numbered file stays; that of an optional set is the last. */
async function keep(database: Database, { version, name, digest }: Recorded): Promise<void> {
  const row = { Name: name, Version: version, Digest: digest, AppliedAt: COMMIT_TIMESTAMP };
  const table = database.table('SchemaVersions');
  try {
    await (version === 0 ? table.upsert([row]) : table.insert([row]));
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
  }
}

const NOT_FOUND = 5;
const DENIED = new Set([7, 16]);

function unreached({ project, instance, database }: DatabaseName, cause: unknown): JobtrailError {
  const status = statusOf(cause);
  if (status === NOT_FOUND) {
    return new JobtrailError(
      'store-schema',
      `There is no database ${database} in instance ${instance} of project ${project}.`,
      `Make it with Terraform, or: gcloud spanner databases create ${database} --instance=${instance} --project=${project}`,
      { cause },
    );
  }
  if (status !== undefined && DENIED.has(status)) {
    return new JobtrailError(
      'store-unavailable',
      `Spanner refuses database ${database} to these credentials: ${messageOf(cause)}`,
      `gcloud spanner databases add-iam-policy-binding ${database} --instance=${instance} --project=${project} --member=MEMBER --role=roles/spanner.databaseAdmin`,
      { cause },
    );
  }
  return new JobtrailError(
    'store-unavailable',
    `Spanner did not answer for database ${database}: ${messageOf(cause)}`,
    'Check the network and the credentials (gcloud auth application-default login), then run it again.',
    { cause },
  );
}
