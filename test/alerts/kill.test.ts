/** Deliverers are killed with SIGKILL in the middle of sending, as processes of their own, and others take over. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openStore } from '../../shared/store/open.ts';
import { finding, storeFindings } from './findings.ts';
import type { Body } from './kill-worker.ts';

const folder = mkdtempSync(join(tmpdir(), 'jobtrail-kill-'));
afterAll(() => rmSync(folder, { recursive: true }));

const WORKER = new URL('kill-worker.ts', import.meta.url).pathname;
const MESSAGES = 6;
/** Longer than a lease. */
const AHEAD_MS = 180_000;

/** When the request of a message has come: before the server keeps it, after that, or after its answer. */
const MOMENTS = ['before', 'kept', 'answered'] as const;
type Moment = (typeof MOMENTS)[number];

interface Kill {
  readonly request: number;
  readonly moment: Moment;
}

interface Receiver {
  readonly url: string;
  readonly kept: readonly Body[];
  /** Kills the process when its time has come. */
  arm(child: ChildProcess, kill: Kill | undefined): void;
  close(): void;
}

async function receive(): Promise<Receiver> {
  const kept: Body[] = [];
  let armed: { readonly child: ChildProcess; readonly kill: Kill | undefined } | undefined;
  let requests = 0;
  const at = (moment: Moment): boolean => armed?.kill?.request === requests && armed.kill.moment === moment;
  const die = (): void => void armed?.child.kill('SIGKILL');
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.method === 'GET') {
      const message = new URL(request.url ?? '', 'http://h').searchParams.get('message');
      const index = kept.findIndex((one) => one.message === message);
      response.writeHead(index < 0 ? 404 : 200).end(`ref-${index}`);
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    requests += 1;
    if (at('before')) return die();
    kept.push(JSON.parse(Buffer.concat(chunks).toString('utf8')) as Body);
    if (at('kept')) return die();
    response.end(`ref-${kept.length - 1}`, () => void (at('answered') && die()));
  };
  const server = createServer(
    (request, response) => void answer(request, response).catch(() => response.destroy()),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return {
    url: `http://127.0.0.1:${address.port}/`,
    kept,
    arm: (child, kill) => {
      armed = { child, kill };
      requests = 0;
    },
    close: () => void server.close(),
  };
}

/** Runs deliverers until one ends by itself; each kill ends one before. */
async function deliverThrough(name: string, kind: string, kills: readonly Kill[]): Promise<readonly Body[]> {
  const spec = `sqlite:${join(folder, `${name}.db`)}`;
  const store = await openStore(spec);
  const named = Array.from(
    { length: MESSAGES },
    (_, i) => [`${i}`, finding(`${i}`, { key: `k${i}` })] as const,
  );
  await storeFindings(store, named);
  await store.close();
  const receiver = await receive();
  try {
    for (const [i, kill] of [...kills, undefined].entries()) {
      const child = spawn(process.execPath, [WORKER, spec, receiver.url, kind, String(i * AHEAD_MS)], {
        stdio: ['ignore', 'inherit', 'inherit'],
      });
      receiver.arm(child, kill);
      const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
      expect([code, signal]).toEqual(kill === undefined ? [0, null] : [null, 'SIGKILL']);
    }
  } finally {
    receiver.close();
  }
  return receiver.kept;
}

const KILLS: readonly Kill[] = [
  { request: 1, moment: 'kept' },
  { request: 1, moment: 'before' },
  { request: 2, moment: 'kept' },
  { request: 1, moment: 'answered' },
  { request: 2, moment: 'before' },
];

test('a channel that can look up what it was sent gets each message once', async () => {
  const kept = await deliverThrough('slack', 'slack', KILLS);
  expect(kept.map(({ message }) => message).sort()).toHaveLength(MESSAGES);
  expect(new Set(kept.map(({ message }) => message)).size).toBe(MESSAGES);
}, 60_000);

test('a webhook gets at most one more for each kill, marked as sent again', async () => {
  const kept = await deliverThrough('webhook', 'webhook', KILLS);
  expect(new Set(kept.map(({ message }) => message)).size).toBe(MESSAGES);
  const seen = new Set<string>();
  const again = kept.filter(({ message }) => seen.has(message) || !seen.add(message));
  expect(again.length).toBeGreaterThanOrEqual(KILLS.filter(({ moment }) => moment === 'kept').length);
  expect(again.length).toBeLessThanOrEqual(KILLS.length);
  expect(again.every(({ resent }) => resent)).toBe(true);
}, 60_000);
