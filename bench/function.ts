/** Requests per second of a function over HTTP, against a no-op function on the same framework, same bodies. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median, round, type Bench, type BenchResult } from './harness.ts';
import { partEntries } from './mix/mix.ts';
import { load, postBytes } from './support/load.ts';
import { serve, type Server } from './support/server.ts';

const REQUESTS = 30_000;
const CONNECTIONS = 64;
const ROUNDS = 3;
const root = join(import.meta.dirname, '..');

export const functionHttp: Bench = {
  name: 'function',
  about: 'a function over HTTP, one message a request',
  async run() {
    const folder = mkdtempSync(join(tmpdir(), 'jobtrail-bench-'));
    const servers = {
      noop: await serve('noop', join(root, 'bench/functions/no-op.ts'), {}),
      stored: await serve('istio', join(root, 'functions/istio/index.ts'), {
        JOBTRAIL_STORE: `sqlite:${join(folder, 'bench.db')}`,
      }),
      noCommit: await serve('nocommit', join(root, 'bench/functions/no-commit.ts'), {}),
    };
    try {
      const rates = { noop: [] as number[], stored: [] as number[], noCommit: [] as number[] };
      for (let turn = 0; turn <= ROUNDS; turn += 1) {
        for (const name of ['noop', 'stored', 'noCommit'] as const) {
          const rate = await measure(servers[name], turn);
          // The first turn warms the processes up.
          if (turn > 0) rates[name].push(rate);
        }
      }
      const floor = median(rates.noop);
      const result = (name: string, rate: number, budget: number): BenchResult => ({
        name,
        ratio: round(rate / floor),
        budget,
        kind: 'at-least',
        detail: { 'no-op requests/s': round(floor, 0), 'requests/s': round(rate, 0) },
      });
      return [
        result('function, rows stored', median(rates.stored), 0.5),
        result('function, without commit', median(rates.noCommit), 0.8),
      ];
    } finally {
      await Promise.all(Object.values(servers).map((server) => server.stop()));
      rmSync(folder, { recursive: true });
    }
  },
};

async function measure(server: Server, seed: number): Promise<number> {
  const requests: Buffer[] = [];
  for (const text of partEntries('mesh', REQUESTS, seed)) {
    const message = { data: Buffer.from(text).toString('base64'), messageId: `${seed}-${requests.length}` };
    requests.push(postBytes(JSON.stringify({ message, subscription: 'projects/bench/subscriptions/istio' })));
  }
  const { requestsPerSecond, statuses } = await load(server.port, requests, CONNECTIONS);
  const acknowledged = statuses.get(204) ?? 0;
  if (acknowledged !== REQUESTS) throw new Error(`${REQUESTS - acknowledged} requests were not answered 204`);
  return requestsPerSecond;
}
