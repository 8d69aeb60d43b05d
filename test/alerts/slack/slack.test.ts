import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Channel, Notice, Sent } from '../../../shared/alerts/notice.ts';
import { createSlack } from '../../../shared/alerts/slack/index.ts';
import { describeHttpBehaviour, NOW, ENOUGH_MS } from '../http-behaviour.ts';
import { ACKNOWLEDGED, ENORMOUS, HOSTILE, MERGE, OPEN, RESOLVED } from '../notices.ts';
import { CONVERSATION, type FakeSlack, json, serveSlack, TOKEN } from './fake-slack.ts';

const create = (url: string, timeoutMs = ENOUGH_MS): Channel =>
  createSlack({
    name: 'oncall',
    token: TOKEN,
    conversation: CONVERSATION,
    apiUrl: `${url}/api/`,
    timeoutMs,
    now: () => NOW,
  });

describe('slack', () => {
  let slack: FakeSlack;
  let channel: Channel;
  beforeEach(async () => {
    slack = await serveSlack();
    channel = create(slack.url);
  });
  afterEach(() => slack.stop());

  const roots = () => slack.messages.filter(({ thread }) => thread === undefined);
  const replies = () => slack.messages.filter(({ thread }) => thread !== undefined);

  async function refOf(notice: Notice, sent?: Sent): Promise<string> {
    const result = await channel.send(notice, sent);
    if (result.kind !== 'sent' || result.ref === undefined) throw new Error(JSON.stringify(result));
    return result.ref;
  }
  const surely = (ref: string | undefined): Sent => ({ ref, maybeSent: false });
  const maybe = (ref: string | undefined): Sent => ({ ref, maybeSent: true });

  it('posts once, tells occurrences in the thread, and updates the message', async () => {
    const ref = await refOf(OPEN);
    expect(slack.calls).toEqual(['chat.postMessage']);
    expect(await refOf(MERGE, surely(ref))).toBe(ref);
    expect(slack.calls.slice(1)).toEqual(['chat.update', 'chat.postMessage']);
    await refOf(ACKNOWLEDGED, surely(ref));
    await refOf(RESOLVED, surely(ref));
    expect(slack.calls.slice(3)).toEqual(['chat.update', 'chat.update']);
    expect(roots()).toHaveLength(1);
    expect(replies().map(({ thread }) => thread)).toEqual([ref]);
    expect(roots()[0]?.text).toMatch(/^Resolved by `user:bob@acme\.example`/);
    expect(JSON.stringify(roots()[0]?.blocks)).toContain('17 times');
  });

  it('gives the buttons back when an answer is taken back', async () => {
    const ref = await refOf(OPEN);
    await refOf(ACKNOWLEDGED, surely(ref));
    await refOf(
      { ...ACKNOWLEDGED, state: 'open', change: 'reopen', by: 'user:carol@acme.example' },
      surely(ref),
    );
    expect(slack.calls.slice(1)).toEqual(['chat.update', 'chat.update']);
    expect(roots()[0]?.text).toMatch(/^Open again by `user:carol@acme\.example`/);
    expect(JSON.stringify(roots()[0]?.blocks)).toContain('jobtrail:acknowledge:');
  });

  it('asks Slack to parse and preview nothing', async () => {
    await refOf(HOSTILE);
    const args = new URLSearchParams(slack.asked[0]?.body);
    expect(Object.fromEntries(args)).toMatchObject({
      parse: 'none',
      link_names: 'false',
      unfurl_links: 'false',
      unfurl_media: 'false',
      channel: CONVERSATION,
    });
  });

  it('finds a message that a killed process had posted, and posts no second', async () => {
    slack.fail('chat.postMessage', 'reset', 'after');
    expect(await channel.send(OPEN, undefined)).toMatchObject({ kind: 'retry', maybeSent: true });
    // Later messages push it to the second page.
    for (const n of [7, 8, 9]) await refOf({ ...OPEN, episode: { ...OPEN.episode, n } });
    const ref = await refOf(OPEN, maybe(undefined));
    expect(ref).toBe(roots()[0]?.ts);
    expect(roots()).toHaveLength(4);
  });

  it('posts what was not posted before the process was killed', async () => {
    slack.fail('chat.postMessage', 'reset', 'before');
    expect(await channel.send(OPEN, undefined)).toMatchObject({ kind: 'retry', maybeSent: true });
    await refOf(OPEN, maybe(undefined));
    expect(roots()).toHaveLength(1);
  });

  it('finds its own message behind one that somebody else made to look like it', async () => {
    const own = await refOf(OPEN);
    slack.messages.push({
      ts: '1772700000.000100',
      bot: 'B0SOMEBODY',
      text: 'nothing to see here',
      blocks: [],
      metadata: { event_type: 'jobtrail_alert', event_payload: { episode: OPEN.episode.id, n: 1 } },
    });
    expect(await refOf(OPEN, maybe(undefined))).toBe(own);
    expect(roots().map(({ bot }) => bot)).toEqual(['B0JOBTRAIL', 'B0SOMEBODY']);
  });

  it('tells an occurrence once in the thread, whether the process was killed before or after', async () => {
    const ref = await refOf(OPEN);
    for (const [when, occurrences] of [
      ['after', 2],
      ['before', 3],
    ] as const) {
      slack.fail('chat.postMessage', 'reset', when);
      const merge = { ...MERGE, occurrences };
      expect(await channel.send(merge, surely(ref))).toMatchObject({ kind: 'retry', maybeSent: true });
      await refOf(merge, maybe(ref));
    }
    expect(replies().map(({ text }) => text.slice(0, 12))).toEqual(['Seen 2 times', 'Seen 3 times']);
  });

  it('leaves a reply out where the token may not read threads: the message has the count', async () => {
    const ref = await refOf(OPEN);
    slack.fail('conversations.replies', json({ ok: false, error: 'missing_scope' }), 'before');
    await refOf(MERGE, maybe(ref));
    expect(replies()).toEqual([]);
    expect(JSON.stringify(roots()[0]?.blocks)).toContain('17 times');
  });

  it('posts anew where somebody deleted the message', async () => {
    const ref = await refOf(OPEN);
    slack.messages.length = 0;
    slack.messages.push({ ts: '1.0', bot: 'B0OTHER', text: 'x', blocks: [], metadata: null });
    const next = await refOf(RESOLVED, surely(ref));
    expect(next).not.toBe(ref);
    expect(roots()).toHaveLength(2);
  });

  it('starts with the message where an episode is told late', async () => {
    await refOf(RESOLVED);
    expect(roots()).toHaveLength(1);
    expect(replies()).toEqual([]);
  });

  it.each([
    ['invalid_auth', 'refused'],
    ['not_in_channel', 'refused'],
    ['is_archived', 'refused'],
    ['a_new_code', 'refused'],
    ['ratelimited', 'retry'],
    ['internal_error', 'retry'],
    ['<html>proxy</html>', 'retry'],
  ])('knows what Slack means by %s', async (error, kind) => {
    slack.fail('chat.postMessage', json({ ok: false, error }), 'before');
    const result = await channel.send(OPEN, undefined);
    expect(result.kind).toBe(kind);
    expect(JSON.stringify(result)).not.toContain('<html>');
  });

  it('is refused, not doubled, where the token may not look up what was posted', async () => {
    slack.fail('conversations.history', json({ ok: false, error: 'missing_scope' }), 'before');
    expect(await channel.send(OPEN, maybe(undefined))).toEqual({
      kind: 'refused',
      reason: expect.stringContaining('channels:history'),
      maybeSent: true,
    });
    expect(slack.messages).toEqual([]);
  });

  it('keeps Slack’s limits with the largest notice', async () => {
    const ref = await refOf(ENORMOUS);
    await refOf({ ...ENORMOUS, change: 'merge' }, surely(ref));
    expect(replies()).toHaveLength(1);
  });

  describeHttpBehaviour({ create, ok: json({ ok: true, ts: '1.2' }), readsBody: true, secret: TOKEN });
});
