/** The services that alerts go to, on loopback, and the channels to them as an entry point makes them. */
import type { Alerting } from '../../schemas/alerting.ts';
import { type ChannelsOptions, createChannels } from '../../shared/alerts/channels.ts';
import type { Channel } from '../../shared/alerts/notice.ts';
import { type FakePagerDuty, ROUTING_KEY, servePagerDuty } from './pagerduty/fake-pagerduty.ts';
import type { Around } from './server.ts';
import { CONVERSATION, type FakeSlack, serveSlack, TOKEN } from './slack/fake-slack.ts';
import { serveWebhook, SIGNING_SECRET, type WebhookReceiver } from './webhook/receiver.ts';

export interface Services {
  readonly slack: FakeSlack;
  readonly pager: FakePagerDuty;
  readonly hook: WebhookReceiver;
  stop(): Promise<void>;
}

export type ServiceName = 'slack' | 'pager' | 'hook';

export async function serveAll(arounds: Partial<Record<ServiceName, Around>> = {}): Promise<Services> {
  const [slack, pager, hook] = await Promise.all([
    serveSlack({ pageSize: 200, ...(arounds.slack === undefined ? {} : { around: arounds.slack }) }),
    servePagerDuty(arounds.pager),
    serveWebhook(arounds.hook),
  ]);
  const stop = async (): Promise<void> => {
    await Promise.all([slack.stop(), pager.stop(), hook.stop()]);
  };
  return { slack, pager, hook, stop };
}

/** Without a slash at their ends. */
export type Addresses = Readonly<Record<ServiceName, string>>;

export const addressesOf = ({ slack, pager, hook }: Services): Addresses => ({
  slack: slack.url,
  pager: pager.url,
  hook: hook.url,
});

/** As in jobtrail.yaml. */
export const configuredAt = ({ slack, pager }: Pick<Addresses, 'slack' | 'pager'>) =>
  ({
    slack: { kind: 'slack', token: 'env:SLACK_TOKEN', channel: CONVERSATION, apiUrl: `${slack}/api/` },
    pager: { kind: 'pagerduty', routingKey: 'env:ROUTING_KEY', apiUrl: pager },
    hook: { kind: 'webhook', url: 'env:HOOK_URL', secret: 'env:HOOK_SECRET' },
  }) as const satisfies Alerting['channels'];

export function channelsAt(
  addresses: Addresses,
  options: ChannelsOptions = {},
): ReadonlyMap<string, Channel> {
  const secrets = new Map([
    ['env:SLACK_TOKEN', TOKEN],
    ['env:ROUTING_KEY', ROUTING_KEY],
    ['env:HOOK_URL', addresses.hook],
    ['env:HOOK_SECRET', SIGNING_SECRET],
  ]);
  return createChannels(configuredAt(addresses), (reference) => secrets.get(reference), options);
}
