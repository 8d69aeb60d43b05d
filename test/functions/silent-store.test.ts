/** Functions that are no sources, while Spanner takes connections and says nothing: answered by the time that their environment names. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { callbacksFunction } from '../../functions/callbacks/function.ts';
import { deliverFunction } from '../../functions/deliver/function.ts';
import { reconcileFunction } from '../../functions/reconcile/function.ts';
import { silentServer, type SilentServer } from '../support/silent-server.ts';
import { serveHandler, type Served } from './serve-handler.ts';
import { PAGERDUTY_SECRET, incident, signPagerDuty } from './callbacks/requests.ts';

const MS = 300;
/** Far below the twenty seconds that are meant where nothing is named. */
const AT_ONCE_MS = 8_000;
const STORE = 'spanner:projects/p/instances/instance/databases/silent';

let silent: SilentServer;
let served: Served | undefined;
beforeEach(async () => {
  silent = await silentServer();
  vi.spyOn(process.stdout, 'write').mockImplementation(() => true);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await served?.stop();
  await silent.close();
});

const press = signPagerDuty(incident('incident.acknowledged', { id: 'a'.repeat(64), n: 1 }));

it.each([
  ['reconcile', reconcileFunction, { path: '/', body: '', headers: {} }],
  ['deliver', deliverFunction, { path: '/sweep', body: '', headers: {} }],
  ['callbacks', callbacksFunction, press],
] as const)('%s', async (_name, functionOf, { path, body, headers }) => {
  served = await serveHandler(
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
  const response = await fetch(`${served.url}${path}`, { method: 'POST', body, headers });
  expect(response.status, await response.text()).toBe(503);
  expect(performance.now() - began).toBeLessThan(AT_ONCE_MS);
});
