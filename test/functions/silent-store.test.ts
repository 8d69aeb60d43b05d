/** Functions that are no sources, while Spanner takes connections and says nothing: answered by the time that their environment names. */
import type { Server } from 'node:http';
import { http } from '@google-cloud/functions-framework';
import { getTestServer } from '@google-cloud/functions-framework/testing';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { callbacksFunction } from '../../functions/callbacks/function.ts';
import { deliverFunction } from '../../functions/deliver/function.ts';
import { reconcileFunction } from '../../functions/reconcile/function.ts';
import type { Handler } from '../../functions/runtime/handler.ts';
import { silentServer, type SilentServer } from '../support/silent-server.ts';
import { PAGERDUTY_SECRET, incident, signPagerDuty } from './callbacks/requests.ts';

const MS = 300;
/** Far below the twenty seconds that are meant where nothing is named. */
const AT_ONCE_MS = 8_000;
const STORE = 'spanner:projects/p/instances/instance/databases/silent';

let silent: SilentServer;
let server: Server | undefined;
beforeEach(async () => {
  silent = await silentServer();
  vi.spyOn(process.stdout, 'write').mockImplementation(() => true);
});
afterEach(async () => {
  vi.restoreAllMocks();
  server?.close();
  server?.closeAllConnections();
  await silent.close();
});

async function serve(name: string, handler: Handler): Promise<string> {
  http(name, handler);
  const started = getTestServer(name);
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  const address = started.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return `http://127.0.0.1:${address.port}`;
}

const press = signPagerDuty(incident('incident.acknowledged', { id: 'a'.repeat(64), n: 1 }));

it.each([
  ['reconcile', reconcileFunction, { path: '/', body: '', headers: {} }],
  ['deliver', deliverFunction, { path: '/sweep', body: '', headers: {} }],
  ['callbacks', callbacksFunction, press],
] as const)('%s', async (name, functionOf, { path, body, headers }) => {
  const base = await serve(
    `silent-${name}`,
    functionOf({
      JOBTRAIL_STORE: STORE,
      JOBTRAIL_STORE_MS: String(MS),
      SPANNER_EMULATOR_HOST: silent.host,
      GOOGLE_CLOUD_PROJECT: 'p',
      JOBTRAIL_PAGERDUTY_SIGNING_SECRETS: 'env:SECRET',
      SECRET: PAGERDUTY_SECRET,
    }),
  );
  const began = performance.now();
  const response = await fetch(`${base}${path}`, { method: 'POST', body, headers });
  expect(response.status, await response.text()).toBe(503);
  expect(performance.now() - began).toBeLessThan(AT_ONCE_MS);
});
