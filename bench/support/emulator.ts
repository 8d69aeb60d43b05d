/** The Spanner emulator for as long as a bench runs; where none is found the bench is left out and says so. */
import { randomUUID } from 'node:crypto';
import { emulatorEnvironment, findEmulator, startEmulator } from '../../cli/emulators.ts';
import type { DatabaseName } from '../../shared/store/spanner/client.ts';
import { createEmulatorDatabase } from '../../shared/store/spanner/schema.ts';
import type { Skipped } from '../harness.ts';

/** As it was at the start: making a client for an emulator that runs here writes its address into process.env. */
const ENVIRONMENT: Readonly<Record<string, string | undefined>> = { ...process.env };

export interface SpannerEmulator {
  /** HOST:PORT. */
  readonly host: string;
  /** For processes that use it. */
  readonly environment: Readonly<Record<string, string>>;
  /** A database with the whole schema and no rows. */
  freshDatabase(): Promise<DatabaseName>;
}

export const specOf = ({ project, instance, database }: DatabaseName): string =>
  `spanner:projects/${project}/instances/${instance}/databases/${database}`;

export async function withSpannerEmulator<T>(
  bench: string,
  work: (emulator: SpannerEmulator) => Promise<readonly T[]>,
): Promise<readonly (T | Skipped)[]> {
  if (findEmulator('spanner', ENVIRONMENT) === undefined) {
    const skipped =
      'no Spanner emulator was found; `gcloud components install cloud-spanner-emulator`, or set SPANNER_EMULATOR_HOST';
    return [{ name: bench, skipped }];
  }
  const running = await startEmulator('spanner', ENVIRONMENT);
  try {
    return await work({
      host: running.host,
      environment: emulatorEnvironment([running]),
      async freshDatabase() {
        const database = `bench-${randomUUID().slice(0, 8)}`;
        const name = { project: 'jobtrail-local', instance: 'jobtrail', database };
        await createEmulatorDatabase(name, running.host);
        return name;
      },
    });
  } finally {
    await running.stop();
  }
}
