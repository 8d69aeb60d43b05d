/** PagerDuty by its Events API v2, which takes an event any number of times: `dedup_key` makes them one incident. */
import * as z from 'zod';
import { createFetch, failureOf, type HttpOptions } from '../http.ts';
import type { Channel, SendResult } from '../notice.ts';
import { fit } from '../text.ts';
import { dedupKey, renderEvent } from './message.ts';

export interface PagerDutyOptions extends HttpOptions {
  readonly name: string;
  /** Integration key of the service. */
  readonly routingKey: string;
  /** `https://events.pagerduty.com` where undefined. */
  readonly apiUrl: string | undefined;
}

/** What PagerDuty says of an event that it does not take. */
const Refusal = z.object({
  message: z.string().optional(),
  errors: z.array(z.string()).optional(),
});

export function createPagerDuty(options: PagerDutyOptions): Channel {
  const url = new URL('/v2/enqueue', options.apiUrl ?? 'https://events.pagerduty.com');

  function explain(status: number, body: string): string | undefined {
    if (status === 404) return 'nothing is at this address. Check `apiUrl`.';
    if (status !== 400) return undefined;
    const said = saidIn(body).replaceAll(options.routingKey, '(routing key)');
    return `${said} Check the integration key and that its service is not disabled.`;
  }

  const post = createFetch({ name: 'PagerDuty', explain }, options);
  return {
    name: options.name,
    kind: 'pagerduty',
    async send(notice, sent): Promise<SendResult> {
      try {
        const event = renderEvent(notice);
        if (event === undefined) return { kind: 'sent', ref: sent?.ref };
        const body = JSON.stringify({ routing_key: options.routingKey, ...event });
        await post(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
        return { kind: 'sent', ref: dedupKey(notice.episode) };
      } catch (error) {
        return failureOf('PagerDuty', error, sent);
      }
    },
  };
}

function saidIn(body: string): string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return 'it does not take this event.';
  }
  const { data } = Refusal.safeParse(parsed);
  const said = [data?.message, ...(data?.errors ?? [])].filter((text) => text !== undefined && text !== '');
  return said.length === 0 ? 'it does not take this event.' : `${fit(said.join('; '), 300)}.`;
}
