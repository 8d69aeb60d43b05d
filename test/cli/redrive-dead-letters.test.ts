/** `jobtrail redrive --dead-letters` against the Pub/Sub emulator: acknowledged after the commit, killed midway, a dry run. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PubSub } from '@google-cloud/pubsub';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as z from 'zod';
import { companyConfig } from '../../cli/day/config.ts';
import { main } from '../../cli/main.ts';
import { openStore } from '../../shared/store/open.ts';
import { countRows, dayEntries } from '../backfill/entries.ts';
import { comparable } from '../backfill/rows.ts';
import { factsOf } from '../pipeline/facts.ts';
import { describeWithEmulators } from '../support/emulators.ts';

const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'jobtrail-letters-'));
const config = join(folder, 'jobtrail.yaml');
const TEXTS = dayEntries(2)
  .map(({ text }) => text)
  .slice(0, 600);
/** A killed run holds its last pull for ten seconds. */
const HELD_MS = 20_000;

beforeAll(() => writeFileSync(config, JSON.stringify(companyConfig)));
afterAll(() => rmSync(folder, { recursive: true }));

const Result = z.object({
  rows: z.number(),
  stored: z.number(),
  duplicate: z.number(),
  filtered: z.number(),
  stays: z.number(),
  staysFor: z.record(z.string(), z.number()),
});

describeWithEmulators('redrive of dead letters', ['pubsub'], (hosts) => {
  async function letters(name: string, texts: readonly string[]): Promise<string> {
    const client = new PubSub({ projectId: 'letters', apiEndpoint: hosts.pubsub(), emulatorMode: true });
    const [topic] = await client.createTopic(name);
    const [subscription] = await topic.createSubscription(`${name}-held`, { ackDeadlineSeconds: 10 });
    await Promise.all(texts.map((text) => topic.publishMessage({ data: Buffer.from(text) })));
    await topic.publishMessage({
      data: Buffer.from('{}'),
      attributes: { eventType: 'OBJECT_FINALIZE', bucketId: 'b', objectId: 'o' },
    });
    await client.close();
    return subscription.name;
  }

  async function redrive(path: string, subscription: string, ...more: string[]) {
    let out = '';
    let err = '';
    const args = ['--store', `sqlite:${path}`, '--config', config, '--as', 'any', '--wait', '1'];
    const code = await main(['redrive', '--json', ...args, '--dead-letters', subscription, ...more], {
      out: (text) => void (out += text),
      err: (text) => void (err += text),
      isTty: false,
      outIsTty: false,
      columns: 100,
      environment: { PUBSUB_EMULATOR_HOST: hosts.pubsub() },
    });
    if (code !== 0) throw new Error(err);
    return Result.parse(JSON.parse(out));
  }

  /** An embedded store that is there already. */
  async function fresh(name: string): Promise<string> {
    const path = join(folder, name);
    await (await openStore(`sqlite:${path}`)).close();
    return path;
  }

  const linesOf = async (path: string): Promise<readonly string[]> => {
    const store = await openStore(`sqlite:${path}`);
    const lines = comparable(await factsOf(store));
    await store.close();
    return lines;
  };

  it('stores them once, and a run that was killed is made up for by the next', async () => {
    const undisturbed = await fresh('one.db');
    const of = await letters('letters-one', TEXTS);
    const foreseen = await redrive(undisturbed, of, '--dry-run');
    expect(countRows(undisturbed, 'Receipts')).toBe(0);
    const result = await redrive(undisturbed, of);
    expect(result).toEqual(foreseen);
    expect(result.rows).toBe(TEXTS.length + 1);
    expect(result.rows).toBe(result.stored + result.duplicate + result.filtered + result.stays);
    expect(result.staysFor['file-notification']).toBe(1);
    expect((await redrive(undisturbed, of)).rows).toBe(1);

    const killed = await fresh('two.db');
    const second = await letters('letters-two', TEXTS);
    const args = ['--store', `sqlite:${killed}`, '--config', config, '--as', 'any', '--dead-letters', second];
    const child = spawn(process.execPath, [join(root, 'cli/jobtrail.mjs'), 'redrive', ...args], {
      env: { ...process.env, PUBSUB_EMULATOR_HOST: hosts.pubsub() },
      stdio: 'ignore',
    });
    const watch = setInterval(() => {
      if (countRows(killed, 'Receipts') > 0) child.kill('SIGKILL');
    }, 2);
    const signal = await new Promise((resolve) => child.on('close', (_code, by) => resolve(by)));
    clearInterval(watch);
    expect(signal).toBe('SIGKILL');
    expect(countRows(killed, 'Events')).toBeLessThan(countRows(undisturbed, 'Events'));
    const stored = async (): Promise<number> => (await redrive(killed, second)).stored;
    expect(await stored()).toBeGreaterThan(0);
    const until = Date.now() + HELD_MS;
    while (countRows(killed, 'Events') < countRows(undisturbed, 'Events') && Date.now() < until)
      await stored();
    expect(await linesOf(killed)).toEqual(await linesOf(undisturbed));
  }, 180_000);
});
