/**
 * What became of an incident, as PagerDuty's v3 webhooks tell it: one event in each request.
 * https://developer.pagerduty.com/docs/webhooks/v3-overview/
 */
import * as z from 'zod';
import { episodeOf } from '../../shared/alerts/pagerduty/message.ts';
import { storedTimestamp } from '../../shared/store/timestamp.ts';
import { type Callback, ignored, personOf, type Read } from './callback.ts';

const CHANGES = new Map<string, Callback['change']>([
  ['incident.acknowledged', 'acknowledge'],
  ['incident.resolved', 'resolve'],
  // Taken back: by a person, or because the acknowledgement of the service lasts only so long.
  ['incident.unacknowledged', 'reopen'],
  ['incident.reopened', 'reopen'],
]);

const Webhook = z.object({
  event: z.object({
    id: z.string().min(1).max(256),
    event_type: z.string(),
    occurred_at: z.string().optional(),
    /** A user, or the service where nobody did it; null where PagerDuty does not say. */
    agent: z.object({ id: z.string().max(64), type: z.string(), summary: z.string().nullish() }).nullish(),
    /** Of an incident; other types of events have other data. */
    data: z.object({ incident_key: z.string().nullish() }),
  }),
});

export function readPagerDuty(body: Uint8Array): Read {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return ignored('it is no JSON');
  }
  const parsed = Webhook.safeParse(json);
  if (!parsed.success) return ignored('it is no event');
  const { id, event_type, occurred_at, agent, data } = parsed.data.event;
  const change = CHANGES.get(event_type);
  if (change === undefined) return ignored('its type of event concerns no alert');
  const episode = episodeOf(data.incident_key ?? '');
  if (episode === undefined) return ignored('its incident is not of an alert');
  const at = storedTimestamp(occurred_at ?? '');
  return {
    kind: 'callbacks',
    callbacks: [{ episode, change, by: byOf(agent), at, event: `pagerduty:${id}` }],
  };
}

function byOf(agent: z.infer<typeof Webhook>['event']['agent']): string {
  if (agent === null || agent === undefined) return 'system:pagerduty';
  const kind = agent.type === 'user_reference' || agent.type === 'user' ? 'user' : 'system';
  return personOf(
    `${kind}:pagerduty:${/^[A-Z0-9]+$/i.test(agent.id) ? agent.id : '-'}`,
    agent.summary ?? undefined,
  );
}
