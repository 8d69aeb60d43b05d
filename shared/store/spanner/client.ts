/**
 * The Spanner client, made the one way that works: listeners in place before anything can fail, and the emulator's
 * settings before the client's own code reads them.
 */
import type { Database, Spanner } from '@google-cloud/spanner';

export interface DatabaseName {
  readonly project: string;
  readonly instance: string;
  readonly database: string;
  /** Database role that its sessions are opened with. */
  readonly role?: string | undefined;
}

export interface SpannerClient {
  readonly spanner: Spanner;
  close(): Promise<void>;
}

/** What the library reads from nowhere else. The emulator (1.5.28) has no multiplexed sessions; without these the process dies. */
const EMULATOR_SETTINGS = {
  METADATA_SERVER_DETECTION: 'none',
  GOOGLE_CLOUD_SPANNER_MULTIPLEXED_SESSIONS: 'false',
  GOOGLE_CLOUD_SPANNER_MULTIPLEXED_SESSIONS_FOR_RW: 'false',
  GOOGLE_CLOUD_SPANNER_MULTIPLEXED_SESSIONS_PARTITIONED_OPS: 'false',
};

/** `emulatorHost` is HOST:PORT; without it the client talks to Google Cloud with the application's credentials. */
export async function createClient(
  project: string,
  emulatorHost: string | undefined,
): Promise<SpannerClient> {
  if (emulatorHost !== undefined) {
    Object.assign(process.env, EMULATOR_SETTINGS, { SPANNER_EMULATOR_HOST: emulatorHost });
  }
  const { Spanner: Client } = await import('@google-cloud/spanner');
  const spanner = new Client({ projectId: project, disableBuiltInMetrics: true });
  return {
    spanner,
    async close() {
      await spanner.close();
    },
  };
}

/**
 * A Database starts a session at once and emits `error` when that fails; without a listener that ends the process.
 * The request that needs the session fails with the same error, so nothing is lost by not acting on it here.
 */
export function openDatabase(client: SpannerClient, name: DatabaseName): Database {
  const database = client.spanner.instance(name.instance).database(name.database, {}, undefined, name.role);
  database.on('error', () => undefined);
  return database;
}
