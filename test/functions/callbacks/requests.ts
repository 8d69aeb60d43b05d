/** Requests as Slack and PagerDuty make them, signed by the algorithms they document. */
import { createHmac } from 'node:crypto';
import type { EpisodeRef } from '../../../shared/alerts/notice.ts';
import { dedupKey } from '../../../shared/alerts/pagerduty/message.ts';
import { actionId, type ButtonChange } from '../../../shared/alerts/slack/actions.ts';

export const SLACK_SECRET = '8f742231b10e8888abcd99yyyzzz85a5';
export const PAGERDUTY_SECRET = 'Tbr0Z9VWoKZpUM9lkmuoPpzdZ5Yt1hFkTbr0Z9VW';

export interface Signed {
  readonly path: '/slack' | '/pagerduty';
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

const hmac = (secret: string, text: string): string =>
  createHmac('sha256', secret).update(text).digest('hex');

export function signSlack(body: string, over: { secret?: string; at?: number } = {}): Signed {
  const timestamp = String(Math.floor((over.at ?? Date.now()) / 1000));
  return {
    path: '/slack',
    body,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': `v0=${hmac(over.secret ?? SLACK_SECRET, `v0:${timestamp}:${body}`)}`,
    },
  };
}

export function signPagerDuty(body: string, secrets: readonly string[] = [PAGERDUTY_SECRET]): Signed {
  return {
    path: '/pagerduty',
    body,
    headers: {
      'content-type': 'application/json',
      'x-webhook-id': 'PWH1D',
      'x-pagerduty-signature': secrets.map((secret) => `v1=${hmac(secret, body)}`).join(', '),
    },
  };
}

/** A press of a button, with the members that Slack sends along and nobody reads. */
export function press(
  change: ButtonChange,
  episode: EpisodeRef,
  over: { user?: object; ts?: string; actionId?: string; team?: object | null } = {},
): string {
  const payload = {
    type: 'block_actions',
    user: { id: 'U0123ANA', username: 'ana', name: 'ana', team_id: 'T0ACME', ...over.user },
    api_app_id: 'A0JOBTRAIL',
    token: 'a deprecated token',
    container: { type: 'message', message_ts: '1790000000.000100', channel_id: 'C0123456789' },
    trigger_id: '12466734323.1395872398.0f6e5d4c3b2a',
    team: over.team === undefined ? { id: 'T0ACME', domain: 'acme' } : over.team,
    enterprise: null,
    is_enterprise_install: false,
    channel: { id: 'C0123456789', name: 'oncall' },
    message: { type: 'message', text: 'HIGH · é + & = %', ts: '1790000000.000100' },
    state: { values: {} },
    response_url: 'https://hooks.slack.com/actions/T0ACME/1/x',
    actions: [
      {
        action_id: over.actionId ?? actionId(change, episode),
        block_id: 'b1',
        text: { type: 'plain_text', text: 'Acknowledge', emoji: false },
        value: `${episode.id}:${episode.n}`,
        type: 'button',
        action_ts: over.ts ?? (Date.now() / 1000).toFixed(6),
      },
    ],
  };
  return new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
}

let events = 0;

/** An event of an incident as v3 webhooks carry it. */
export function incident(
  type: string,
  episode: EpisodeRef | undefined,
  over: { id?: string; at?: string; agent?: object | null; key?: string | null } = {},
): string {
  return JSON.stringify({
    event: {
      id: over.id ?? `5ac64822-4adc-4fda-ade0-${String((events += 1)).padStart(12, '0')}`,
      event_type: type,
      resource_type: 'incident',
      occurred_at: over.at ?? new Date().toISOString(),
      agent:
        over.agent === undefined
          ? {
              html_url: 'https://acme.pagerduty.com/users/PLH1HKV',
              id: 'PLH1HKV',
              self: 'https://api.pagerduty.com/users/PLH1HKV',
              summary: 'Tenex Engineer',
              type: 'user_reference',
            }
          : over.agent,
      client: { name: 'PagerDuty' },
      data: {
        id: 'PGR0VU2',
        type: 'incident',
        self: 'https://api.pagerduty.com/incidents/PGR0VU2',
        number: 2,
        status: 'acknowledged',
        incident_key: over.key === undefined ? (episode === undefined ? null : dedupKey(episode)) : over.key,
        created_at: '2026-11-20T12:00:00Z',
        title: 'Über-privileged credential',
        assignees: [],
        urgency: 'high',
        resolve_reason: null,
      },
    },
  });
}
