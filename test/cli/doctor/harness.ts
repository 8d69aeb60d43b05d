/** Runs `jobtrail doctor` over a deployment that a test describes by what is broken in it: as a process, or within this one. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PubSub } from '@google-cloud/pubsub';
import { afterAll, beforeAll, expect } from 'vitest';
import { main } from '../../../cli/main.ts';
import { parseBundle } from '../../../shared/config/bundle.ts';
import { writeTexts } from '../../../shared/config/bundle-texts.ts';
import type { Line } from '../../../shared/doctor/line.ts';
import { openStore } from '../../../shared/store/open.ts';
import type { Store } from '../../../shared/store/store.ts';
import { NOW } from '../../store/entries.ts';
import { type EmulatorHosts, freshSpannerDatabase } from '../../support/emulators.ts';
import { type Google, serveGoogle } from './google.ts';
import {
  CONFIG,
  healthyGoogle,
  listedPlumbing,
  makePlumbing,
  ORGANISATION,
  type Plumbing,
  putPaths,
  putRecord,
  type Rows,
} from './healthy.ts';

/** As a function puts it down when it starts. */
const BUNDLE = parseBundle({ config: { name: 'jobtrail.yaml', text: CONFIG }, policies: [], rules: [] });
const CLI = new URL('../../../cli/jobtrail.mjs', import.meta.url).pathname;

/** What is not as in a healthy deployment. */
export interface Setup {
  readonly plumbing?: Plumbing | 'none';
  readonly config?: string;
  readonly google?: (healthy: Google, project: string) => Google;
  readonly store?: string;
  readonly pubsubHost?: string;
  /** Undefined: where the healthy sinks are; none: not told. */
  readonly scopes?: readonly string[];
  /** For people, not JSON. */
  readonly text?: boolean;
  /** Called within this process: where crossing to another shows nothing more. */
  readonly within?: boolean;
}

/** Over a store of its own. */
export interface WithinSetup extends Setup {
  readonly rows?: Rows;
}

export interface Run {
  readonly project: string;
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

interface Asked {
  readonly project: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** Folder and server of a suite, whose hooks they take. */
function suite() {
  const folder = mkdtempSync(join(tmpdir(), 'jobtrail-doctor-'));
  const running: { server?: Awaited<ReturnType<typeof serveGoogle>> } = {};
  beforeAll(async () => {
    running.server = await serveGoogle();
  });
  afterAll(async () => {
    await running.server?.close();
    rmSync(folder, { recursive: true });
  });

  /** @param google of a healthy deployment in that project */
  function prepared(setup: Setup, project: string, store: string, google: Google): Asked {
    const { server } = running;
    if (server === undefined) throw new Error('it is called inside of tests');
    const name = randomName();
    server.deployments.set(name, setup.google?.(google, project) ?? google);
    const config = join(folder, name, 'jobtrail.yaml');
    mkdirSync(join(folder, name));
    writeFileSync(config, setup.config ?? CONFIG);
    const scopes = (setup.scopes ?? [ORGANISATION]).flatMap((scope) => ['--scope', scope]);
    const args = ['doctor', '--store', store, '--config', config, '--project', project, ...scopes];
    const url = `${server.url}/${name}`;
    return {
      project,
      args: [...args, ...(setup.text === true ? [] : ['--json'])],
      environment: {
        JOBTRAIL_LOGGING_URL: url,
        JOBTRAIL_RESOURCE_MANAGER_URL: url,
        JOBTRAIL_PUBSUB_URL: url,
        JOBTRAIL_IAM_URL: url,
        PUBSUB_EMULATOR_HOST: setup.pubsubHost ?? url,
      },
    };
  }
  return { folder, prepared };
}

const randomName = (): string => `trail-${randomBytes(5).toString('hex')}`;

/** As processes on the emulators, two at a time, or within this process. What is healthy is made once for all. */
export function doctorOn(hosts: EmulatorHosts) {
  const { prepared } = suite();
  const atOnce = limiter(2);
  const opened = (spec: string): Promise<Store> => openStore(spec, { emulatorHost: hosts.spanner() });
  const withRows = async (rows?: Rows): Promise<string> => {
    const spec = await freshSpannerDatabase(hosts.spanner(), 'doctor');
    const store = await opened(spec);
    await putPaths(store, rows);
    await putRecord(store, rows);
    await store.bundles.keep({ digest: BUNDLE.digest, texts: writeTexts(BUNDLE.texts) }, NOW);
    await store.close();
    return spec;
  };
  const withPlumbing = async (plumbing?: Plumbing): Promise<string> => {
    const project = randomName();
    const client = new PubSub({ projectId: project, apiEndpoint: hosts.pubsub(), emulatorMode: true });
    await makePlumbing(client, project, plumbing);
    await client.close();
    return project;
  };
  const healthy: { spec: string; project: string; store?: Store } = { spec: '', project: '' };
  beforeAll(async () => {
    [healthy.spec, healthy.project] = await Promise.all([withRows(), withPlumbing()]);
    healthy.store = await opened(healthy.spec);
  }, 240_000);
  afterAll(async () => {
    await healthy.store?.close();
  });

  async function run(setup: Setup = {}): Promise<Run> {
    const { plumbing } = setup;
    const project =
      plumbing === undefined
        ? healthy.project
        : plumbing === 'none'
          ? randomName()
          : await withPlumbing(plumbing);
    const store = setup.store ?? healthy.spec;
    const asked = prepared(setup, project, store, healthyGoogle(project));
    const environment = {
      ...asked.environment,
      SPANNER_EMULATOR_HOST: hosts.spanner(),
      PUBSUB_EMULATOR_HOST: setup.pubsubHost ?? hosts.pubsub(),
    };
    return atOnce(async () => {
      if (healthy.store !== undefined && setup.store === undefined) await putPaths(healthy.store);
      return (setup.within === true ? called : spawned)({ ...asked, environment });
    });
  }
  return { run, faults: faultsOf(run), withRows, opened, healthyStore: () => healthy.spec };
}

/** Within this process, over an embedded store; Pub/Sub is served as everything else is. */
export function doctorWithin() {
  const { folder, prepared } = suite();
  async function run(setup: WithinSetup = {}): Promise<Run> {
    const spec = setup.store ?? `sqlite:${join(folder, `${randomName()}.db`)}`;
    if (setup.store === undefined) {
      const store = await openStore(spec);
      await putPaths(store, setup.rows);
      await putRecord(store, setup.rows);
      await store.close();
    }
    const project = randomName();
    return called(prepared(setup, project, spec, { ...healthyGoogle(project), ...listedPlumbing(project) }));
  }
  return { run, faults: faultsOf<WithinSetup>(run) };
}

async function spawned({ project, args, environment }: Asked): Promise<Run> {
  const child = spawn(process.execPath, [CLI, ...args], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const texts = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (texts.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (texts.err += text));
  const [code] = await once(child, 'close');
  return { project, code: Number(code), ...texts };
}

async function called({ project, args, environment }: Asked): Promise<Run> {
  const texts = { out: '', err: '' };
  const code = await main(args, {
    out: (text) => (texts.out += text),
    err: (text) => (texts.err += text),
    isTty: false,
    outIsTty: false,
    columns: 120,
    environment,
  });
  return { project, code, ...texts };
}

/** What is not ok, as `state check:code about: says → mend`. */
const faultsOf =
  <S extends Setup>(run: (setup: S) => Promise<Run>) =>
  async (setup: S) => {
    const { code, out, err, project } = await run(setup);
    expect(err).toBe('');
    const { lines }: { lines: Line[] } = JSON.parse(out);
    const bad = lines.filter(({ state }) => state !== 'ok');
    for (const { mend } of bad) expect(mend).toMatch(/^\S+/);
    const texts = bad.map((line) =>
      `${line.state} ${line.check}:${line.code} ${line.about}: ${line.says} → ${line.mend}`.replaceAll(
        project,
        'trail',
      ),
    );
    return { code, texts, lines };
  };

/** Runs at most so many at once, in the order in which they came. */
function limiter(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    running += 1;
    try {
      return await work();
    } finally {
      running -= 1;
      waiting.shift()?.();
    }
  };
}

/** Output as docs/doctor.md shows it: names of one deployment, and one time. */
export const shown = ({ out, project }: Run): string =>
  out
    .replaceAll(/(?:spanner|sqlite):[^ :]+(?=[ :])/g, 'STORE')
    .replaceAll(/\/[^ ]+\/jobtrail\.yaml/g, 'jobtrail.yaml')
    .replaceAll(project, 'shop-trail')
    .replaceAll('STORE', 'spanner:projects/shop-trail/instances/jobtrail/databases/jobtrail')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:]+Z/g, '2026-11-20T12:00:00Z')
    .replaceAll(/schema version \d+/g, 'schema version 7')
    .replaceAll(/\d+ (?:s|min) ago/g, '2 min ago');

/** Output that docs/doctor.md shows under a name. */
export const shownInDocs = (name: string): string | undefined =>
  new RegExp(`<!-- shown: ${name} -->\\n\\n\`\`\`text\\n([\\s\\S]*?)\`\`\`\\n`).exec(DOCS)?.[1];

const DOCS = readFileSync(new URL('../../../docs/doctor.md', import.meta.url), 'utf8');

/** Each part is in one of the texts, and there is no further text. */
export const expectOnly = (texts: readonly string[], ...parts: readonly string[]): void => {
  const found = parts.map((part) => texts.findIndex((text) => text.includes(part)));
  expect({ texts, missing: parts.filter((_, i) => found[i] === -1) }).toEqual({ texts, missing: [] });
  expect(texts.filter((_, i) => !found.includes(i))).toEqual([]);
};
