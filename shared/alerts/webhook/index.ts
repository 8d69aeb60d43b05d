/**
 * Any HTTP endpoint, signed as Standard Webhooks say: `webhook-id`, `webhook-timestamp`, `webhook-signature` over both
 * and the body. The id is that of the change, so a receiver can tell a repeated sending.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
import { Webhook } from 'standardwebhooks';
import { createFetch, failureOf, type HttpOptions } from '../http.ts';
import type { Channel, SendResult } from '../notice.ts';
import { renderBody } from './message.ts';

export interface WebhookOptions extends HttpOptions {
  readonly name: string;
  readonly url: string;
  /** Base64, with or without `whsec_`. */
  readonly secret: string;
}

/** @throws Error where the secret is no base64; its message may hold the secret */
export function createWebhook(options: WebhookOptions): Channel {
  const signer = new Webhook(options.secret);
  // What the receiver writes is not shown: it may repeat the request.
  const post = createFetch({ name: 'Webhook', explain: () => undefined }, options);
  return {
    name: options.name,
    kind: 'webhook',
    async send(notice, sent): Promise<SendResult> {
      try {
        const { id, body } = renderBody(notice, sent?.maybeSent === true);
        const at = options.now();
        await post(options.url, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            'user-agent': 'jobtrail',
            'webhook-id': id,
            'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
            'webhook-signature': signer.sign(id, at, body),
          },
          body,
        });
        return { kind: 'sent', ref: id };
      } catch (error) {
        return failureOf('Webhook', error, sent);
      }
    },
  };
}
