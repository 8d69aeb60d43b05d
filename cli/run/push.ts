/** Pub/Sub's part where there is no Pub/Sub: pushes messages over HTTP and delivers again what is not acknowledged. */
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { JobtrailError, messageOf } from '../../shared/errors.ts';

export interface PushMessage {
  readonly url: string;
  readonly subscription: string;
  /** Bytes of `data`, before base64. */
  readonly data: string | Uint8Array;
  readonly attributes: Readonly<Record<string, string>>;
  readonly messageId: string;
  readonly publishTime: string;
}

export interface PushOptions {
  readonly concurrency: number;
  readonly maxAttempts: number;
  readonly onAcknowledged?: (count: number) => void;
}

export interface Pushed {
  readonly acknowledged: number;
  readonly deliveries: number;
}

const ACKNOWLEDGED = new Set([102, 200, 201, 202, 204]);

/** @throws JobtrailError `store-unavailable` when a message is still refused after its last attempt. */
export async function pushAll(messages: Iterable<PushMessage>, options: PushOptions): Promise<Pushed> {
  const agent = new Agent({ keepAlive: true, maxSockets: options.concurrency });
  const iterator = messages[Symbol.iterator]();
  let acknowledged = 0;
  let deliveries = 0;
  async function worker(): Promise<void> {
    for (let next = iterator.next(); next.done !== true; next = iterator.next()) {
      const attempts = await deliver(agent, next.value, options.maxAttempts);
      deliveries += attempts;
      acknowledged += 1;
      options.onAcknowledged?.(acknowledged);
    }
  }
  try {
    await Promise.all(Array.from({ length: options.concurrency }, worker));
  } finally {
    agent.destroy();
  }
  return { acknowledged, deliveries };
}

async function deliver(agent: Agent, message: PushMessage, maxAttempts: number): Promise<number> {
  let last = '';
  for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
    try {
      const answer = await post(agent, message.url, pushBody(message, attempt));
      if (ACKNOWLEDGED.has(answer.status)) return attempt;
      last = `${answer.status} ${answer.body}`.trim();
    } catch (error) {
      // A connection that was closed while it was reused: not acknowledged, like any other failure.
      last = messageOf(error);
    }
    await sleep(Math.min(100 * 2 ** (attempt - 1), 2000));
  }
  throw new JobtrailError(
    'store-unavailable',
    `Message ${message.messageId} was not acknowledged after ${maxAttempts} deliveries: ${last}.`,
    'The function’s log lines say why; the message would go to the dead-letter topic.',
  );
}

/** The body of a push request, as Pub/Sub sends it. */
export function pushBody(message: PushMessage, deliveryAttempt: number): string {
  return JSON.stringify({
    message: {
      data: Buffer.from(message.data).toString('base64'),
      attributes: message.attributes,
      messageId: message.messageId,
      message_id: message.messageId,
      publishTime: message.publishTime,
      publish_time: message.publishTime,
    },
    subscription: message.subscription,
    deliveryAttempt,
  });
}

function post(
  agent: Agent,
  url: string,
  body: string,
): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      {
        agent,
        method: 'POST',
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
        timeout: 60_000,
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          if (text.length < 500) text += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
        response.on('error', reject);
      },
    );
    sent.on('timeout', () => sent.destroy(new Error('no answer within 60 s')));
    sent.on('error', reject);
    sent.end(body);
  });
}
