/** Runs `jobtrail doctor` as a process over a deployment that a test describes by what is broken in it. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PubSub } from '@google-cloud/pubsub';
import { afterAll, beforeAll, expect } from 'vitest';
import { openStore } from '../../../shared/store/open.ts';
import type { Line } from '../../../shared/doctor/line.ts';
import { type EmulatorHosts, freshSpannerDatabase } from '../../support/emulators.ts';
import { type Google, serveGoogle } from './google.ts';
import {
  CONFIG,
  healthyGoogle,
  makePlumbing,
  ORGANISATION,
  type Plumbing,
  putPaths,
  putRecord,
  type Rows,
} from './healthy.ts';

const CLI = new URL('../../../cli/jobtrail.mjs', import.meta.url).pathname;

/** What is not as in a healthy deployment. */
export interface Setup {
  readonly plumbing?: Plumbing | 'none';
  readonly rows?: Rows;
  readonly config?: string;
  readonly google?: (healthy: Google, project: string) => Google;
  readonly store?: string;
  readonly pubsubHost?: string;
  /** For people, not JSON. */
  readonly text?: boolean;
}

/** Hooks of the suite that calls it, and what its tests run. */
export function doctorOn(hosts: EmulatorHosts) {
  const folder = mkdtempSync(join(tmpdir(), 'jobtrail-doctor-'));
  let google: Google = { sinks: {}, policies: {}, ancestry: {}, refused: [] };
  let server: Awaited<ReturnType<typeof serveGoogle>>;
  let healthyStore = '';
  const withRows = async (rows?: Rows): Promise<string> => {
    const spec = await freshSpannerDatabase(hosts.spanner(), 'doctor');
    const store = await openStore(spec, { emulatorHost: hosts.spanner() });
    await putPaths(store, rows);
    await putRecord(store, rows);
    await store.close();
    return spec;
  };
  beforeAll(async () => {
    server = await serveGoogle(() => google);
    healthyStore = await withRows();
  }, 240_000);
  afterAll(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });

  async function run(setup: Setup = {}) {
    const project = `trail-${randomBytes(5).toString('hex')}`;
    if (setup.plumbing !== 'none') {
      const client = new PubSub({ projectId: project, apiEndpoint: hosts.pubsub(), emulatorMode: true });
      await makePlumbing(client, project, setup.plumbing);
      await client.close();
    }
    const healthy = healthyGoogle(project);
    google = setup.google?.(healthy, project) ?? healthy;
    const config = join(folder, `${project}.yaml`);
    writeFileSync(config, setup.config ?? CONFIG);
    const store = setup.store ?? (setup.rows === undefined ? healthyStore : await withRows(setup.rows));
    const args = [
      'doctor',
      '--store',
      store,
      '--config',
      config,
      '--project',
      project,
      '--scope',
      ORGANISATION,
    ];
    const child = spawn(process.execPath, [CLI, ...args, ...(setup.text === true ? [] : ['--json'])], {
      env: {
        ...process.env,
        SPANNER_EMULATOR_HOST: hosts.spanner(),
        PUBSUB_EMULATOR_HOST: setup.pubsubHost ?? hosts.pubsub(),
        JOBTRAIL_LOGGING_URL: server.url,
        JOBTRAIL_RESOURCE_MANAGER_URL: server.url,
        JOBTRAIL_PUBSUB_URL: server.url,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const texts = { out: '', err: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (texts.out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (texts.err += text));
    const [code] = await once(child, 'close');
    expect(texts.err).toBe('');
    return { project, code: Number(code), out: texts.out };
  }

  /** What is not ok, as `state check about: says → mend`. */
  async function faults(setup: Setup) {
    const { code, out, project } = await run(setup);
    const { lines }: { lines: Line[] } = JSON.parse(out);
    const bad = lines.filter(({ state }) => state !== 'ok');
    for (const { mend } of bad) expect(mend).toMatch(/^\S+/);
    const texts = bad.map(({ state, check, about, says, mend }) =>
      `${state} ${check} ${about}: ${says} → ${mend}`.replaceAll(project, 'trail'),
    );
    return { code, texts, lines };
  }

  return { run, faults, withRows, healthyStore: () => healthyStore };
}

/** Each part is in one of the texts, and there is no further text. */
export const expectOnly = (texts: readonly string[], ...parts: readonly string[]): void => {
  const found = parts.map((part) => texts.findIndex((text) => text.includes(part)));
  expect({ texts, missing: parts.filter((_, i) => found[i] === -1) }).toEqual({ texts, missing: [] });
  expect(texts.filter((_, i) => !found.includes(i))).toEqual([]);
};
