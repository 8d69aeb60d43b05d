import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { emulatorEnvironment, findEmulator, startEmulator } from '../../cli/emulators.ts';

const folder = mkdtempSync(join(tmpdir(), 'jobtrail-emulators-'));
afterAll(() => rmSync(folder, { recursive: true }));

function executable(name: string, script: string): void {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, script);
  chmodSync(path, 0o755);
}

/** Listens as the Spanner emulator would. */
const LISTENER = `#!${process.execPath}
require('node:net').createServer().listen(Number(process.argv[3].split(':')[1]), 'localhost');`;

async function listens(host: string): Promise<boolean> {
  const socket = connect(Number(host.split(':')[1]), 'localhost');
  const open = await once(socket, 'connect').then(
    () => true,
    () => false,
  );
  socket.destroy();
  return open;
}

async function closes(host: string): Promise<boolean> {
  for (let i = 0; i < 50; i += 1) {
    if (!(await listens(host))) return true;
    await sleep(100);
  }
  return false;
}

test('one that runs already is used and left running', async () => {
  const env = { SPANNER_EMULATOR_HOST: 'localhost:9010' };
  expect(findEmulator('spanner', env)).toEqual({ kind: 'running', host: 'localhost:9010' });
  const running = await startEmulator('spanner', env);
  await running.stop();
  expect(emulatorEnvironment([running])).toMatchObject({
    SPANNER_EMULATOR_HOST: 'localhost:9010',
    GOOGLE_CLOUD_SPANNER_MULTIPLEXED_SESSIONS: 'false',
  });
});

test('the installation that gcloud on the path belongs to is searched first', () => {
  executable('sdk/bin/gcloud', '#!/bin/sh\n');
  executable('sdk/bin/cloud_spanner_emulator/emulator_main', LISTENER);
  executable('sdk/platform/pubsub-emulator/lib/cloud-pubsub-emulator-0.8.20-all.jar', '');
  executable('bin/java', '#!/bin/sh\n');
  const env = { PATH: `${join(folder, 'sdk/bin')}:${join(folder, 'bin')}` };
  const commandOf = (name: 'spanner' | 'pubsub'): readonly string[] => {
    const found = findEmulator(name, env);
    return found?.kind === 'command' ? found.command(1234) : [];
  };
  expect(commandOf('spanner')).toEqual([
    join(folder, 'sdk/bin/cloud_spanner_emulator/emulator_main'),
    '--host_port',
    'localhost:1234',
  ]);
  const jar = join(folder, 'sdk/platform/pubsub-emulator/lib/cloud-pubsub-emulator-0.8.20-all.jar');
  expect(commandOf('pubsub')).toEqual([
    join(folder, 'bin/java'),
    '-jar',
    jar,
    '--host=localhost',
    '--port=1234',
  ]);
});

test('a started one ends with stop()', async () => {
  const running = await startEmulator('spanner', environment());
  expect(await listens(running.host)).toBe(true);
  await running.stop();
  expect(await closes(running.host)).toBe(true);
});

test('a started one ends when its parent is killed', async () => {
  const module = new URL('../../cli/emulators.ts', import.meta.url).href;
  const script = `const { startEmulator } = await import(${JSON.stringify(module)});
    console.log((await startEmulator('spanner', ${JSON.stringify(environment())})).host);
    setInterval(() => undefined, 1000);`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [output]: unknown[] = await once(parent.stdout, 'data');
  const host = String(output).trim();
  expect(await listens(host)).toBe(true);
  parent.kill('SIGKILL');
  expect(await closes(host)).toBe(true);
});

test('one that ends at once is reported with what it said', async () => {
  executable('sdk/bin/cloud_spanner_emulator/emulator_main', '#!/bin/sh\necho "no memory" >&2\nexit 1\n');
  await expect(startEmulator('spanner', environment())).rejects.toMatchObject({
    code: 'emulator-missing',
    message: expect.stringContaining('no memory'),
  });
});

function environment(): Record<string, string> {
  return { PATH: [join(folder, 'sdk/bin'), process.env['PATH'] ?? ''].join(':') };
}
