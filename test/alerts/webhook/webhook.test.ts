import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { Alert } from '../../../schemas/alert.ts';
import { alertOf, messageId } from '../../../shared/alerts/alert.ts';
import { createWebhook } from '../../../shared/alerts/webhook/index.ts';
import { arbitraryNotice } from '../arbitrary.ts';
import { describeHttpBehaviour, NOW, ENOUGH_MS } from '../http-behaviour.ts';
import { ACKNOWLEDGED, ENORMOUS, EPISODE, HOSTILE, MERGE, OPEN, RESOLVED } from '../notices.ts';
import { serve, type TestServer } from '../server.ts';
import { SIGNING_SECRET } from './receiver.ts';

const create = (url: string, timeoutMs = ENOUGH_MS, now = NOW) =>
  createWebhook({
    name: 'siem',
    url: `${url}/alerts?token=hidden`,
    secret: SIGNING_SECRET,
    timeoutMs,
    now: () => now,
  });
const OK = { status: 204 };

describe('webhook', () => {
  let server: TestServer;
  beforeEach(async () => {
    server = await serve(() => OK);
  });
  afterEach(() => server.stop());

  it('signs what it sends so that Standard Webhooks’ own library takes it', async () => {
    const channel = create(server.url, ENOUGH_MS, new Date());
    for (const notice of [OPEN, HOSTILE, ENORMOUS])
      expect((await channel.send(notice, undefined)).kind).toBe('sent');
    for (const { body, headers } of server.asked) {
      const taken = Alert.parse(
        new Webhook(SIGNING_SECRET).verify(body, { ...headers } as Record<string, string>),
      );
      expect(taken.id).toBe(headers['webhook-id']);
      expect(() =>
        new Webhook(SIGNING_SECRET).verify(`${body} `, { ...headers } as Record<string, string>),
      ).toThrow(/signature/);
    }
  });

  it('has one id for each change, the same when it is sent again', async () => {
    const channel = create(server.url);
    const first = await channel.send(OPEN, undefined);
    expect(await channel.send({ ...OPEN, occurrences: 3 }, { ref: undefined, maybeSent: true })).toEqual(
      first,
    );
    const bodies = server.asked.map(({ body }) => Alert.parse(JSON.parse(body)));
    expect(bodies.map(({ resent }) => resent)).toEqual([false, true]);
    const all = [
      OPEN,
      MERGE,
      { ...MERGE, occurrences: 18 },
      ACKNOWLEDGED,
      RESOLVED,
      { ...OPEN, episode: { ...EPISODE, n: 2 } },
    ];
    const ids = new Set(all.map(messageId));
    expect(ids.size).toBe(all.length);
    // Standard Webhooks: the signed text is separated by full stops.
    for (const id of ids) expect(id).toMatch(/^[a-z0-9_]{1,255}$/);
  });

  it('renders', async () => {
    const alerts = [OPEN, RESOLVED, HOSTILE].map((notice) => alertOf(notice, false));
    await expect(JSON.stringify(alerts, null, 2)).toMatchFileSnapshot('messages.golden.json');
  });

  it('is of the schema and small enough for any notice', () => {
    const holds = (notice: typeof OPEN): void => {
      const text = JSON.stringify(alertOf(notice, true));
      expect(Alert.safeParse(JSON.parse(text)).success).toBe(true);
      expect(Buffer.byteLength(text)).toBeLessThan(200_000);
      expect(text.isWellFormed()).toBe(true);
    };
    holds(ENORMOUS);
    fc.assert(fc.property(arbitraryNotice, holds));
  });

  it('counts what it leaves out', () => {
    expect(alertOf(ENORMOUS, false).omitted).toEqual({ forWhom: 4980, evidence: 1960, eventIds: 9900 });
  });

  describeHttpBehaviour({ create, ok: OK, readsBody: false, secret: 'hidden' });
});
