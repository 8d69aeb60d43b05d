/** PagerDuty's Events API v2 as far as people see it: incidents, told apart by `dedup_key`. */
import * as z from 'zod';
import { type Around, type Asked, type Behaviour, serve, type TestServer } from '../server.ts';

export interface Incident {
  readonly key: string;
  state: 'triggered' | 'acknowledged' | 'resolved';
  /** Of the last trigger. */
  occurrences: number;
}

export interface FakePagerDuty extends TestServer {
  /** In the order they were opened. A trigger with the key of one that is resolved opens another. */
  readonly incidents: readonly Incident[];
}

export const ROUTING_KEY = 'R0123456789ABCDEFGHIJKLMNOPQRSTU';

/** https://developer.pagerduty.com/docs/events-api-v2/trigger-events/ */
const base = { routing_key: z.literal(ROUTING_KEY), dedup_key: z.string().min(1).max(255) };
const Event = z.discriminatedUnion('event_action', [
  z.object({
    ...base,
    event_action: z.literal('trigger'),
    payload: z.object({
      summary: z.string().min(1).max(1024),
      source: z.string().min(1),
      severity: z.enum(['critical', 'error', 'warning', 'info']),
      custom_details: z.object({ occurrences: z.int().positive() }),
    }),
  }),
  z.object({ ...base, event_action: z.literal('acknowledge') }),
  z.object({ ...base, event_action: z.literal('resolve') }),
]);

export async function servePagerDuty(around: Around = (_, work) => work()): Promise<FakePagerDuty> {
  const incidents: Incident[] = [];

  function answer({ path, body }: Asked): Behaviour {
    if (path !== '/v2/enqueue') return { status: 404 };
    const { data: event } = Event.safeParse(JSON.parse(body));
    if (event === undefined) return { status: 400, body: '{"status":"invalid event"}' };
    const { dedup_key: key } = event;
    const open = incidents.find((incident) => incident.key === key && incident.state !== 'resolved');
    switch (event.event_action) {
      case 'trigger': {
        const { occurrences } = event.payload.custom_details;
        if (open === undefined) incidents.push({ key, state: 'triggered', occurrences });
        else open.occurrences = occurrences;
        break;
      }
      case 'acknowledge':
        if (open !== undefined) open.state = 'acknowledged';
        break;
      case 'resolve':
        if (open !== undefined) open.state = 'resolved';
    }
    return { status: 202, body: JSON.stringify({ status: 'success', dedup_key: key }) };
  }

  const server = await serve((asked) => around(asked, () => answer(asked)));
  return { ...server, incidents };
}
