import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import * as z from 'zod';
import { createPagerDuty } from '../../../shared/alerts/pagerduty/index.ts';
import { dedupKey, episodeOf, renderEvent } from '../../../shared/alerts/pagerduty/message.ts';
import { arbitraryNotice } from '../arbitrary.ts';
import { describeHttpBehaviour, NOW, ENOUGH_MS } from '../http-behaviour.ts';
import { ACKNOWLEDGED, ENORMOUS, EPISODE, HOSTILE, MERGE, OPEN, RESOLVED } from '../notices.ts';
import { serve, type TestServer } from '../server.ts';
import { ROUTING_KEY } from './fake-pagerduty.ts';

const create = (apiUrl: string, timeoutMs = ENOUGH_MS) =>
  createPagerDuty({ name: 'pager', routingKey: ROUTING_KEY, apiUrl, timeoutMs, now: () => NOW });
const ACCEPTED = { status: 202, body: '{"status":"success","message":"Event processed","dedup_key":"x"}' };

describe('pagerduty', () => {
  let server: TestServer;
  beforeEach(async () => {
    server = await serve(() => ACCEPTED);
  });
  afterEach(() => server.stop());

  it('makes one incident of an episode, whatever is told of it', async () => {
    const channel = create(server.url);
    for (const notice of [OPEN, MERGE, ACKNOWLEDGED, RESOLVED]) {
      expect(await channel.send(notice, undefined)).toEqual({ kind: 'sent', ref: dedupKey(EPISODE) });
    }
    const events = server.asked.map(({ body }) => JSON.parse(body));
    expect(events.map((event) => event.event_action)).toEqual([
      'trigger',
      'trigger',
      'acknowledge',
      'resolve',
    ]);
    expect(new Set(events.map((event) => event.dedup_key)).size).toBe(1);
    expect(server.asked[0]).toMatchObject({ method: 'POST', path: '/v2/enqueue' });
    expect(events[0].routing_key).toBe(ROUTING_KEY);
  });

  it('gives the next time around another incident', () => {
    expect(dedupKey({ ...EPISODE, n: 2 })).not.toBe(dedupKey(EPISODE));
    expect(episodeOf(dedupKey({ ...EPISODE, n: 2 }))).toEqual({ ...EPISODE, n: 2 });
    expect(episodeOf('somebody-elses-key')).toBeUndefined();
  });

  it('shows what PagerDuty says of an event that it refuses, without the key', async () => {
    server.next({
      status: 400,
      body: JSON.stringify({
        status: 'invalid event',
        message: 'Event object is invalid',
        errors: [`'routing_key' ${ROUTING_KEY} is invalid`],
      }),
    });
    expect(await create(server.url).send(OPEN, undefined)).toEqual({
      kind: 'refused',
      reason:
        "PagerDuty answered 400: Event object is invalid; 'routing_key' (routing key) is invalid. Check the integration key and that its service is not disabled.",
    });
  });

  it('has no event for an answer that is taken back', async () => {
    const sent = { ref: dedupKey(OPEN.episode), maybeSent: false };
    const result = await create('http://127.0.0.1:9/').send({ ...OPEN, change: 'reopen' }, sent);
    expect(result).toEqual({ kind: 'sent', ref: sent.ref });
  });

  it('renders', async () => {
    await expect(JSON.stringify([OPEN, RESOLVED, HOSTILE].map(renderEvent), null, 2)).toMatchFileSnapshot(
      'messages.golden.json',
    );
  });

  it('keeps the limits for any notice, and makes no links', () => {
    const Event = z.object({
      dedup_key: z.string().min(1).max(255),
      payload: z.object({ summary: z.string().min(1).max(1024), source: z.string().min(1) }).optional(),
    });
    const holds = (notice: typeof OPEN): void => {
      const rendered = renderEvent(notice);
      expect(rendered === undefined).toBe(notice.change === 'reopen');
      if (rendered === undefined) return;
      const { links: _, ...event } = rendered;
      const text = JSON.stringify(event);
      expect(Event.parse(JSON.parse(text)).payload === undefined).toBe(event['event_action'] !== 'trigger');
      expect(Buffer.byteLength(text)).toBeLessThan(500_000);
      expect(text).not.toMatch(/https?:\/\//);
    };
    holds(ENORMOUS);
    holds(HOSTILE);
    fc.assert(fc.property(arbitraryNotice, holds));
  });

  describeHttpBehaviour({ create, ok: ACCEPTED, readsBody: false, secret: ROUTING_KEY });
});
