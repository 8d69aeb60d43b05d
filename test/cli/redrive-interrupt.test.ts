/** `jobtrail redrive` as a process that is asked to end: what is under way is ended, told and given back. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as z from 'zod';
import { companyConfig } from '../../cli/day/config.ts';
import { openStore } from '../../shared/store/open.ts';
import { countRows, dayEntries } from '../backfill/entries.ts';
import { serveLetters } from '../redrive/letters-server.ts';

const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'jobtrail-interrupt-'));
const config = join(folder, 'jobtrail.yaml');
beforeAll(() => writeFileSync(config, JSON.stringify(companyConfig)));
afterAll(() => rmSync(folder, { recursive: true }));

const Result = z.object({ rows: z.number(), stored: z.number(), interrupted: z.literal(true) });

it.each(['SIGINT', 'SIGTERM'] as const)(
  '%s: ends with what it did, and holds nothing back',
  async (signal) => {
    const path = join(folder, `${signal}.db`);
    await (await openStore(`sqlite:${path}`)).close();
    const texts = dayEntries(2).map(({ text }) => ({ data: text }));
    const server = await serveLetters({
      messages: texts,
      now: Date.now,
      before: (method) => (method === 'acknowledge' ? sleep(100) : undefined),
    });
    const args = ['redrive', '--json', '--store', `sqlite:${path}`, '--config', config, '--as', 'any'];
    const child = spawn(
      process.execPath,
      [join(root, 'cli/jobtrail.mjs'), ...args, '--dead-letters', 'projects/p/subscriptions/letters'],
      {
        env: { ...process.env, PUBSUB_EMULATOR_HOST: new URL(server.url).host },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    const watch = setInterval(() => {
      if (countRows(path, 'Receipts') === 0) return;
      clearInterval(watch);
      child.kill('SIGINT');
    }, 2);
    const code = await new Promise((resolve) => child.on('close', resolve));
    clearInterval(watch);
    expect(code, err).toBe(130);
    expect(err).toContain('ends after what is under way');
    const { rows, stored } = Result.parse(JSON.parse(out));
    expect(stored).toBeGreaterThan(0);
    expect(rows).toBeLessThan(texts.length);
    expect(server.left().length).toBe(texts.length - rows);
    expect(server.held()).toEqual([]);
    await server.stop();
  },
  60_000,
);
