/**
 * Suites that need an emulator of the Google Cloud CLI. Where it is not found they say so and are skipped; with CI=true
 * they fail, so that a pipeline cannot pass without them unnoticed.
 */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe } from 'vitest';
import { type EmulatorName, findEmulator, type RunningEmulator, startEmulator } from '../../cli/emulators.ts';
import { createEmulatorDatabase } from '../../shared/store/spanner/schema.ts';

/** As it was before any client was made: making one for an emulator names that emulator in process.env. */
const ENVIRONMENT = { ...process.env };

export type EmulatorHosts = Readonly<Record<EmulatorName, () => string>>;

/** A suite with the named emulators running; `hosts` may be called inside its tests and hooks. */
export function describeWithEmulators(
  title: string,
  names: readonly EmulatorName[],
  body: (hosts: EmulatorHosts) => void,
): void {
  const missing = names.filter((name) => findEmulator(name, ENVIRONMENT) === undefined);
  const skipped = missing.length > 0 && ENVIRONMENT['CI'] !== 'true';
  const note = skipped ? ` (SKIPPED: no ${missing.join(' and ')} emulator found)` : '';
  if (skipped) process.stderr.write(`${title}${note}\n`);
  describe.skipIf(skipped)(`${title}${note}`, () => {
    const running = new Map<EmulatorName, RunningEmulator>();
    beforeAll(async () => {
      // Throws where one is missing and CI=true let the suite through.
      for (const name of names) running.set(name, await startEmulator(name, ENVIRONMENT));
    });
    afterAll(async () => {
      for (const emulator of running.values()) await emulator.stop();
    });
    const hostOf = (name: EmulatorName) => (): string => {
      const emulator = running.get(name);
      if (emulator === undefined) throw new Error(`this suite did not ask for the ${name} emulator`);
      return emulator.host;
    };
    body({ spanner: hostOf('spanner'), pubsub: hostOf('pubsub') });
  });
}

/** A new database with the whole schema, as a store name. An emulator takes 100 in an instance. */
export async function freshSpannerDatabase(host: string, instance = 'test-instance'): Promise<string> {
  const name = { project: 'test-project', instance, database: `t${randomBytes(8).toString('hex')}` };
  await createEmulatorDatabase(name, host);
  return `spanner:projects/${name.project}/instances/${name.instance}/databases/${name.database}`;
}
