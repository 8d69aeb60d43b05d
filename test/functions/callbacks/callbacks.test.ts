/** The function over real HTTP, on a store in a file. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { callbacksFunction } from '../../../functions/callbacks/function.ts';
import { createCallbacksHandler } from '../../../functions/callbacks/handler.ts';
import { createCallbackService } from '../../../functions/callbacks/service.ts';
import type { Handler } from '../../../functions/runtime/handler.ts';
import type { Episode, Transition } from '../../../shared/alerts/store.ts';
import { createPlan } from '../../../shared/alerts/plan.ts';
import { JobtrailError } from '../../../shared/errors.ts';
import { createLogger } from '../../../shared/observe/log.ts';
import { openStore } from '../../../shared/store/open.ts';
import type { Store } from '../../../shared/store/store.ts';
import { timestampOf } from '../../../shared/store/timestamp.ts';
import { alerting, finding } from '../../alerts/findings.ts';
import { run, simulate } from '../../alerts/simulation.ts';
import { serveHandler, type Served } from '../serve-handler.ts';
import {
  incident,
  PAGERDUTY_SECRET,
  press,
  type Signed,
  signPagerDuty,
  signSlack,
  SLACK_SECRET,
} from './requests.ts';

const folder = mkdtempSync(join(tmpdir(), 'jobtrail-callbacks-'));
afterAll(() => rmSync(folder, { recursive: true }));

const served: Served[] = [];

async function serve(handler: Handler): Promise<string> {
  const one = await serveHandler(handler);
  served.push(one);
  return one.url;
}
afterEach(async () => {
  vi.restoreAllMocks();
  for (const one of served.splice(0)) await one.stop();
});

const ROUTED = alerting({
  channels: { slack: { kind: 'log' }, pager: { kind: 'log' } },
  routes: [{ channels: ['slack', 'pager'], continue: false }],
});

let store: Store;
let url = '';
let files = 0;
let lines: Record<string, unknown>[] = [];
beforeEach(async () => {
  const base = join(folder, `${(files += 1)}`);
  writeFileSync(`${base}.slack`, `${SLACK_SECRET}\n`);
  store = await openStore(`sqlite:${base}.db`);
  lines = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    lines.push(JSON.parse(String(text)));
    return true;
  });
  url = await serve(
    callbacksFunction({
      JOBTRAIL_STORE: `sqlite:${base}.db`,
      JOBTRAIL_SLACK_SIGNING_SECRETS: `file:${base}.slack`,
      JOBTRAIL_PAGERDUTY_SIGNING_SECRETS: 'env:OLD, env:NEW',
      OLD: 'an-older-secret-of-the-subscription',
      NEW: `${PAGERDUTY_SECRET}\n`,
    }),
  );
});
afterEach(() => store.close());

async function opened(): Promise<Episode> {
  const [episode] = await store.alerts.claim(
    [finding('a', { time: '2026-11-20T11:59:00.000000000Z' })],
    timestampOf(new Date()),
    createPlan(ROUTED),
  );
  if (episode === undefined) throw new Error('no episode');
  return episode;
}

async function post({ path, body, headers }: Signed, base = url): Promise<number> {
  const response = await fetch(`${base}${path}`, { method: 'POST', body, headers });
  await response.text();
  return response.status;
}

const now = async ({ id }: Episode): Promise<Episode | undefined> =>
  (await store.alerts.episodes({ ids: [id], limit: 1 }))[0];

const answers = async (episode: Episode): Promise<readonly Pick<Transition, 'change' | 'by' | 'because'>[]> =>
  (await store.alerts.transitions(episode))
    .slice(1)
    .map(({ change, by, because }) => ({ change, by, because }));

describe('Slack', () => {
  test('a press acknowledges, the next resolves, each with its person', async () => {
    const episode = await opened();
    expect(await post(signSlack(press('acknowledge', episode)))).toBe(200);
    expect(await now(episode)).toMatchObject({
      state: 'acknowledged',
      acknowledged: { by: 'user:slack/T0ACME:U0123ANA (ana)' },
    });
    const boris = { user: { id: 'U0BORIS', username: 'bo\u202e\nris' } };
    expect(await post(signSlack(press('resolve', episode, boris)))).toBe(200);
    const [, second] = await answers(episode);
    expect(second?.change).toBe('resolve');
    expect(second?.by).toMatch(/^user:slack\/T0ACME:U0BORIS \(bo.+ris\)$/);
    expect(second?.by).not.toMatch(/[\n\u202e]/);
    expect(second?.because).toMatch(/^slack:T0ACME:U0BORIS:\d+\.\d{6}$/);
  });

  test('of an app for a whole organisation the workspace is the user’s', async () => {
    const episode = await opened();
    expect(await post(signSlack(press('acknowledge', episode, { team: null })))).toBe(200);
    expect((await now(episode))?.acknowledged?.by).toBe('user:slack/T0ACME:U0123ANA (ana)');
  });

  test('all channels are told, as of other transitions', async () => {
    const simulation = simulate(store.alerts, ROUTED);
    const deliverer = simulation.start();
    await deliverer.accept([finding('a')]);
    await run(deliverer);
    const [episode] = await store.alerts.episodes({ limit: 1 });
    if (episode === undefined) throw new Error('no episode');
    simulation.wait((Date.now() - Date.parse(simulation.now())) / 1000);
    expect(await post(signSlack(press('acknowledge', episode)))).toBe(200);
    simulation.wait(1);
    await run(deliverer);
    expect(simulation.told.map(({ channel, notice }) => `${channel} ${notice.change}`).toSorted()).toEqual([
      'pager acknowledge',
      'pager open',
      'slack acknowledge',
      'slack open',
    ]);
  });

  test('doubled and replayed requests are one transition', async () => {
    const episode = await opened();
    const signed = signSlack(press('acknowledge', episode));
    expect(await Promise.all([post(signed), post(signed), post(signed)])).toEqual([200, 200, 200]);
    expect(await answers(episode)).toHaveLength(1);
    expect((await now(episode))?.changes).toBe(2);
  });

  test.each([
    [
      'no headers',
      (one: Signed) => ({ ...one, headers: { 'content-type': 'application/x-www-form-urlencoded' } }),
    ],
    ['another body', (one: Signed) => ({ ...one, body: one.body.replace('acknowledge', 'resolve') })],
    ['another secret', (one: Signed) => signSlack(one.body, { secret: `${SLACK_SECRET}x` })],
    ['five minutes late', (one: Signed) => signSlack(one.body, { at: Date.now() - 302_000 })],
    ['from the future', (one: Signed) => signSlack(one.body, { at: Date.now() + 302_000 })],
    [
      'time moved',
      (one: Signed) =>
        resigned(one, { 'x-slack-request-timestamp': String(Math.floor(Date.now() / 1000) - 9) }),
    ],
    ['no number as time', (one: Signed) => resigned(one, { 'x-slack-request-timestamp': 'NaN' })],
    [
      'another version',
      (one: Signed) =>
        resigned(one, { 'x-slack-signature': (one.headers['x-slack-signature'] ?? '').replace('v0', 'v1') }),
    ],
    [
      'a part of it',
      (one: Signed) =>
        resigned(one, { 'x-slack-signature': (one.headers['x-slack-signature'] ?? '').slice(0, 40) }),
    ],
    [
      'signed by the other service',
      (one: Signed) =>
        resigned(
          { ...signPagerDuty(one.body), path: '/slack' as const },
          { 'content-type': 'application/x-www-form-urlencoded' },
        ),
    ],
  ])('%s is answered with 401 and changes nothing', async (_, forge) => {
    const episode = await opened();
    expect(await post(forge(signSlack(press('acknowledge', episode))))).toBe(401);
    expect(await answers(episode)).toEqual([]);
    expect(lines.at(-1)).toMatchObject({ severity: 'WARNING', code: 'callback-unauthenticated' });
    expect(JSON.stringify(lines)).not.toContain(SLACK_SECRET);
  });

  test.each([
    [
      'a button of somebody else',
      press('acknowledge', { id: 'f'.repeat(64), n: 1 }, { actionId: 'approve' }),
    ],
    [
      'another kind of interaction',
      new URLSearchParams({ payload: '{"type":"view_submission"}' }).toString(),
    ],
    ['no payload', 'ssl_check=1'],
    ['two payloads', 'payload=%7B%7D&payload=%7B%7D'],
    ['no JSON', 'payload=%7B'],
  ])('%s is left alone', async (_, body) => {
    expect(await post(signSlack(body))).toBe(200);
    expect(lines.at(-1)).toMatchObject({ severity: 'INFO', message: 'callback left alone' });
  });
});

function resigned(one: Signed, headers: Readonly<Record<string, string>>): Signed {
  return { ...one, headers: { ...one.headers, ...headers } };
}

describe('PagerDuty', () => {
  test('acknowledged, unacknowledged, acknowledged, resolved, reopened: each a transition', async () => {
    const episode = await opened();
    const service = { id: 'PF9KMXH', summary: 'Data jobs', type: 'service_reference' };
    const steps = [
      ['acknowledged', undefined],
      ['unacknowledged', service],
      ['acknowledged', undefined],
      ['resolved', undefined],
      ['reopened', null],
    ] as const;
    for (const [type, agent] of steps) {
      const at = new Date().toISOString();
      const body = incident(`incident.${type}`, episode, agent === undefined ? { at } : { at, agent });
      expect(await post(signPagerDuty(body))).toBe(200);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const person = 'user:pagerduty:PLH1HKV (Tenex Engineer)';
    expect((await answers(episode)).map(({ change, by }) => [change, by])).toEqual([
      ['acknowledge', person],
      ['reopen', 'system:pagerduty:PF9KMXH (Data jobs)'],
      ['acknowledge', person],
      ['resolve', person],
      ['reopen', 'system:pagerduty'],
    ]);
    expect(await now(episode)).toMatchObject({ state: 'open', changes: 6 });
  });

  test('the time is the service’s, and never ahead of ours', async () => {
    const episode = await opened();
    const at = new Date(Date.now() - 60_000).toISOString();
    await post(signPagerDuty(incident('incident.acknowledged', episode, { at })));
    expect((await now(episode))?.acknowledged?.at).toBe(`${at.slice(0, -1)}000000Z`);
    await post(signPagerDuty(incident('incident.resolved', episode, { at: '2999-01-01T00:00:00Z' })));
    expect(Date.parse((await now(episode))?.resolved?.at ?? '')).toBeLessThanOrEqual(Date.now());
  });

  test('one that comes again or late changes nothing', async () => {
    const episode = await opened();
    const before = (seconds: number): string => new Date(Date.now() - seconds * 1000).toISOString();
    const acknowledged = signPagerDuty(
      incident('incident.acknowledged', episode, { id: 'E1', at: before(30) }),
    );
    expect(await post(acknowledged)).toBe(200);
    expect(await post(acknowledged)).toBe(200);
    await post(signPagerDuty(incident('incident.unacknowledged', episode, { id: 'E2', at: before(20) })));
    expect(await post(acknowledged)).toBe(200);
    await post(signPagerDuty(incident('incident.acknowledged', episode, { id: 'E3', at: before(25) })));
    expect((await answers(episode)).map(({ because }) => because)).toEqual(['pagerduty:E1', 'pagerduty:E2']);
    expect((await now(episode))?.state).toBe('open');
    expect(lines.at(-1)).toMatchObject({ severity: 'INFO', message: 'callback that changes nothing' });
  });

  test('any of several signatures and secrets will do, as while they are rotated', async () => {
    const body = incident('incident.acknowledged', await opened());
    expect(await post(signPagerDuty(body, ['not ours, not ours', PAGERDUTY_SECRET]))).toBe(200);
    expect(await post(signPagerDuty(body, ['an-older-secret-of-the-subscription']))).toBe(200);
    expect(await post(signPagerDuty(body, ['not ours, not ours', 'nor this one']))).toBe(401);
  });

  test.each([
    ['no signature', (one: Signed) => ({ ...one, headers: { 'content-type': 'application/json' } })],
    ['another body', (one: Signed) => ({ ...one, body: `${one.body} ` })],
    [
      'upper case',
      (one: Signed) =>
        resigned(one, {
          'x-pagerduty-signature': (one.headers['x-pagerduty-signature'] ?? '').toUpperCase(),
        }),
    ],
    [
      'signed by the other service',
      (one: Signed) => ({ ...signSlack(one.body), path: '/pagerduty' as const }),
    ],
  ])('%s is answered with 401 and changes nothing', async (_, forge) => {
    const episode = await opened();
    const forged = forge(signPagerDuty(incident('incident.resolved', episode)));
    expect(
      await post({ ...forged, headers: { ...forged.headers, 'content-type': 'application/json' } }),
    ).toBe(401);
    expect(await answers(episode)).toEqual([]);
  });

  test('an alert that is not stored is logged and answered with 200', async () => {
    const gone = { id: 'e'.repeat(64), n: 3 };
    expect(await post(signPagerDuty(incident('incident.resolved', gone)))).toBe(200);
    expect(lines.at(-1)).toMatchObject({
      severity: 'WARNING',
      message: 'callback for an alert that is not stored',
      episode: gone.id,
      n: 3,
    });
  });

  test.each([
    ['another type', incident('incident.escalated', { id: 'e'.repeat(64), n: 1 })],
    [
      'somebody else’s incident',
      incident('incident.resolved', undefined, { key: 'd3640fbd41094207a1c11e58e46b1662' }),
    ],
    ['an incident without a key', incident('incident.resolved', undefined)],
    [
      'another resource',
      '{"event":{"id":"1","event_type":"pagey.ping","agent":null,"data":{"message":"Hello"}}}',
    ],
    ['no event', '{"messages":[]}'],
  ])('%s is left alone', async (_, body) => {
    expect(await post(signPagerDuty(body))).toBe(200);
    expect(lines.at(-1)).toMatchObject({ severity: 'INFO', message: 'callback left alone' });
  });
});

describe('answers', () => {
  test('other paths and methods, and bodies that no service sends', async () => {
    const signed = signSlack(press('acknowledge', await opened()));
    expect(
      (await fetch(`${url}/teams`, { method: 'POST', body: signed.body, headers: signed.headers })).status,
    ).toBe(404);
    expect((await fetch(`${url}/slack`)).status).toBe(200);
    expect((await fetch(`${url}/slack`, { method: 'PUT' })).status).toBe(405);
    expect(await post(signSlack(`payload=${'x'.repeat(1024 * 1024)}`))).toBe(413);
  });

  test('a store that is down is answered with 503, and the next sending counts', async () => {
    const episode = await opened();
    let down = true;
    const logger = createLogger(() => undefined);
    let woken = 0;
    const real = createCallbackService({
      store: store.alerts,
      now: () => timestampOf(new Date()),
      wake: async () => void (woken += 1),
      logger,
    });
    const base = await serve(
      createCallbacksHandler({
        service: async () => (callbacks) => {
          if (down) throw new JobtrailError('store-unavailable', 'Down.', 'Wait.');
          return real(callbacks);
        },
        slackSecrets: [],
        pagerdutySecrets: [PAGERDUTY_SECRET],
        now: Date.now,
        logger,
      }),
    );
    const signed = signPagerDuty(incident('incident.acknowledged', episode));
    expect(await post(signed, base)).toBe(503);
    down = false;
    expect(await post(signed, base)).toBe(200);
    expect(await post(signed, base)).toBe(200);
    expect((await now(episode))?.state).toBe('acknowledged');
    expect(woken).toBe(1);
    expect(await post(signSlack(press('resolve', episode)), base)).toBe(401);
  });

  test.each([
    [{}, /neither/],
    [{ JOBTRAIL_SLACK_SIGNING_SECRETS: SLACK_SECRET }, /never the secret itself/],
    [{ JOBTRAIL_SLACK_SIGNING_SECRETS: 'env:GONE' }, /not there or empty/],
    [{ JOBTRAIL_PAGERDUTY_SIGNING_SECRETS: 'env:WEAK', WEAK: 'hunter2' }, /no signing secret/],
    [
      { JOBTRAIL_SLACK_SIGNING_SECRETS: 'env:S', S: SLACK_SECRET, JOBTRAIL_FINDINGS_TOPIC: 'findings' },
      /projects\/P/,
    ],
  ])('%j does not start', (variables, says) => {
    const start = (): unknown => callbacksFunction({ JOBTRAIL_STORE: 'sqlite::memory:', ...variables });
    expect(start).toThrow(says);
    expect(start).not.toThrow(/8f742231|hunter2/);
  });
});
