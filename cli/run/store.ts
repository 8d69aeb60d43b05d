/** `--store` of the command line → an open store. `emulator` starts one where none is running. */
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { JobtrailError } from '../../shared/errors.ts';
import { openStore } from '../../shared/store/open.ts';
import type { Store } from '../../shared/store/store.ts';
import { startEmulator, type RunningEmulator } from '../emulators.ts';
import type { Terminal } from '../main.ts';

export interface OpenedStore {
  readonly store: Store;
  /** As `--store` would name it for another process. */
  readonly spec: string;
  /** The rows end with `close`. */
  readonly gone: boolean;
  /** Closes the store, and ends what was started for it. */
  close(): Promise<void>;
}

/**
 * `write` makes the file of an embedded store and its folder; `read` wants it to be there.
 * @throws JobtrailError when the store cannot be opened or no emulator is found.
 */
export async function openFrom(
  spec: string,
  use: 'read' | 'write',
  terminal: Terminal,
): Promise<OpenedStore> {
  prepareFile(spec, use);
  if (spec !== 'emulator') {
    const store = await openStore(spec, { emulatorHost: terminal.environment['SPANNER_EMULATOR_HOST'] });
    return { store, spec, gone: spec === MEMORY, close: () => store.close() };
  }
  const emulator = await startEmulator('spanner', terminal.environment);
  try {
    const database = await createDatabase(emulator);
    const store = await openStore(database, { emulatorHost: emulator.host });
    return {
      store,
      spec: database,
      gone: emulator.startedHere,
      async close() {
        await store.close();
        await emulator.stop();
      },
    };
  } catch (error) {
    await emulator.stop();
    throw error;
  }
}

/** To read what is there; an empty one in memory where there is no file yet. */
export function openIfThere(spec: string, terminal: Terminal): Promise<OpenedStore> {
  const path = fileOf(spec);
  return openFrom(path === undefined || existsSync(path) ? spec : MEMORY, 'read', terminal);
}

/** A database of its own on the emulator, named as `--store` names it. */
export async function createDatabase(emulator: RunningEmulator): Promise<string> {
  const { createEmulatorDatabase } = await import('../../shared/store/spanner/schema.ts');
  const name = {
    project: 'jobtrail-local',
    instance: 'jobtrail',
    database: `trail-${randomUUID().slice(0, 8)}`,
  };
  await createEmulatorDatabase(name, emulator.host);
  return `spanner:projects/${name.project}/instances/${name.instance}/databases/${name.database}`;
}

const MEMORY = 'sqlite::memory:';

/** Undefined where it is none. */
const fileOf = (spec: string): string | undefined =>
  spec.startsWith('sqlite:') && spec !== MEMORY ? spec.slice('sqlite:'.length) : undefined;

function prepareFile(spec: string, use: 'read' | 'write'): void {
  const path = fileOf(spec);
  if (path === undefined) return;
  if (use === 'write') mkdirSync(dirname(path), { recursive: true });
  else if (!existsSync(path)) {
    throw new JobtrailError(
      'not-found',
      `There is no store at ${path}.`,
      'Make one with `npx jobtrail replay FILE…` or `npm start`, or name another with --store.',
    );
  }
}
