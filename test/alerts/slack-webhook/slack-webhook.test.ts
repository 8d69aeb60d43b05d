import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSlackWebhook } from '../../../shared/alerts/slack-webhook/index.ts';
import { describeHttpBehaviour, NOW, ENOUGH_MS } from '../http-behaviour.ts';
import { ACKNOWLEDGED, ENORMOUS, HOSTILE, MERGE, OPEN, RESOLVED } from '../notices.ts';
import { serve, type TestServer } from '../server.ts';
import { isValid } from '../slack/fake-slack.ts';

const PATH = '/services/T00000000/B00000000/secretsecretsecret';
const create = (url: string, timeoutMs = ENOUGH_MS) =>
  createSlackWebhook({ name: 'hook', url: `${url}${PATH}`, timeoutMs, now: () => NOW });
const OK = { status: 200, headers: { 'content-type': 'text/html' }, body: 'ok' };

describe('slack-webhook', () => {
  let server: TestServer;
  beforeEach(async () => {
    server = await serve(() => OK);
  });
  afterEach(() => server.stop());
  const messages = () => server.asked.map(({ body }) => JSON.parse(body));

  it('sends the whole when it opens, then one line for each change, within Slack’s limits', async () => {
    const channel = create(server.url);
    for (const notice of [OPEN, MERGE, ACKNOWLEDGED, RESOLVED, HOSTILE, ENORMOUS]) {
      expect(await channel.send(notice, undefined)).toEqual({ kind: 'sent', ref: undefined });
    }
    expect(messages().map(({ blocks }) => blocks.length === 1)).toEqual([
      false,
      true,
      true,
      true,
      false,
      false,
    ]);
    expect(messages().every(isValid)).toBe(true);
    expect(JSON.stringify(messages())).not.toContain('"actions"');
    expect(server.asked[0]).toMatchObject({ method: 'POST', path: PATH });
  });

  it('marks what is sent again', async () => {
    await create(server.url).send(OPEN, { ref: undefined, maybeSent: true });
    await create(server.url).send(OPEN, { ref: undefined, maybeSent: false });
    const isMarked = messages().map((message) => JSON.stringify(message).includes('Sent again'));
    expect(isMarked).toEqual([true, false]);
  });

  it.each([
    [
      403,
      'invalid_token',
      'Slack answered 403: invalid_token. The webhook was removed. Make a new one and store its address.',
    ],
    [
      410,
      'channel_is_archived',
      'Slack answered 410: channel_is_archived. The conversation is archived. Make a webhook for another one and store its address.',
    ],
    [400, 'some_new_code', 'Slack answered 400: some_new_code.'],
  ])('says what to do after %i %s', async (status, body, reason) => {
    server.next({ status, body });
    expect(await create(server.url).send(OPEN, undefined)).toEqual({ kind: 'refused', reason });
  });

  describeHttpBehaviour({ create, ok: OK, readsBody: false, secret: 'secretsecretsecret' });
});
