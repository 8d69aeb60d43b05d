/**
 * Slack by an incoming webhook: no threads, updates or lookups, so each change is a message of its own, and one that
 * may have arrived is marked when it is sent again. https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
 */
import { IncomingWebhook } from '@slack/webhook';
import { createFetch, failureOf, type HttpOptions } from '../http.ts';
import type { Channel, SendResult } from '../notice.ts';
import { codeIn } from '../slack/errors.ts';
import { render } from './message.ts';

export interface SlackWebhookOptions extends HttpOptions {
  readonly name: string;
  /** The whole address is the secret. */
  readonly url: string;
}

const HINTS: Readonly<Record<string, string>> = {
  invalid_payload: 'Slack does not understand this message.',
  invalid_token: 'The webhook was removed. Make a new one and store its address.',
  no_service: 'The webhook was removed or disabled. Make a new one and store its address.',
  no_active_hooks: 'The webhook is disabled. Enable it, or make a new one and store its address.',
  no_team: 'The workspace is gone. Make a webhook in another one and store its address.',
  action_prohibited: 'A workspace setting forbids this webhook to post. Ask an administrator.',
  posting_to_general_channel_denied:
    'Only some may post to this conversation. Make a webhook for another one.',
  channel_not_found: 'The conversation is gone. Make a webhook for another one and store its address.',
  channel_is_archived: 'The conversation is archived. Make a webhook for another one and store its address.',
};

function explain(_status: number, body: string): string | undefined {
  const code = codeIn(body);
  if (code === undefined) return undefined;
  return Object.hasOwn(HINTS, code) ? `${code}. ${HINTS[code]}` : `${code}.`;
}

export function createSlackWebhook(options: SlackWebhookOptions): Channel {
  // The library reads no Retry-After and knows no deadline over the body; `fetch` does both and throws what came of it.
  const webhook = new IncomingWebhook(options.url, {
    fetch: createFetch({ name: 'Slack', explain }, options),
    retryConfig: { retries: 0 },
  });
  return {
    name: options.name,
    kind: 'slack-webhook',
    async send(notice, sent): Promise<SendResult> {
      try {
        const { text, blocks } = render(notice, sent?.maybeSent === true);
        // `mrkdwn` stays on for `text`, which is escaped as the blocks are; previews stay off.
        await webhook.send({ text, blocks, unfurl_links: false, unfurl_media: false });
        return { kind: 'sent', ref: undefined };
      } catch (error) {
        return failureOf('Slack', error, sent);
      }
    },
  };
}
