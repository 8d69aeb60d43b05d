/** One backfill at a time for a state file; and none is locked out by one that was killed. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { lockState } from '../../shared/backfill/lock.ts';

const folder = mkdtempSync(join(tmpdir(), 'jobtrail-lock-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('is held by one, and can be had when it is let go', () => {
  const file = join(folder, 'new', 'state.json');
  const unlock = lockState(file);
  expect(() => lockState(file)).toThrow('Another process goes on');
  unlock();
  lockState(file)();
});

it('is let go by the system when its process is killed', async () => {
  const file = join(folder, 'killed.json');
  const module = new URL('../../shared/backfill/lock.ts', import.meta.url).href;
  const script = `const { lockState } = await import(${JSON.stringify(module)}); lockState(process.argv[1]);
    process.stdout.write('locked'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--no-warnings', '--input-type=module', '-e', script, file]);
  await new Promise((resolve) => child.stdout.once('data', resolve));
  expect(() => lockState(file)).toThrow('Another process goes on');
  const closed = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGKILL');
  await closed;
  lockState(file)();
});

it('tells where its file cannot be made', () => {
  const file = join(folder, 'no-folder');
  writeFileSync(file, '');
  expect(() => lockState(join(file, 'state.json'))).toThrow(`cannot be kept in ${join(file, 'state.json')}`);
});
