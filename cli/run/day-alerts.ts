/**
 * The alerts of the day. What is found becomes an alert at that instant of the day; at its end they are shown as Slack would show
 * them, and really sent where the environment says where to.
 */
import { randomUUID } from 'node:crypto';
import type { Bundle } from '../../shared/config/bundle.ts';
import { createSecrets } from '../../functions/runtime/secrets.ts';
import { createChannels } from '../../shared/alerts/channels.ts';
import { createDeliverer } from '../../shared/alerts/deliver.ts';
import { describeRules } from '../../shared/alerts/describe.ts';
import type { Channel, Notice } from '../../shared/alerts/notice.ts';
import { withFallback } from '../../shared/alerts/routes.ts';
import { claimLost, sweepOnce } from '../../shared/alerts/sweep.ts';
import { latest } from '../../shared/alerts/times.ts';
import { SILENT } from '../../shared/observe/log.ts';
import type { ChannelConfig } from '../../schemas/alerting.ts';
import type { Store } from '../../shared/store/store.ts';
import type { Terminal } from '../main.ts';
import { printable } from '../table.ts';
import { alertsText } from './alerts-text.ts';
import { now } from './clock.ts';

/** Variables that name a place to send to; what they hold is a secret and is read by the channel alone. */
const SLACK = 'SLACK_WEBHOOK_URL';
const PAGERDUTY = 'PAGERDUTY_ROUTING_KEY';
const TERMINAL = 'terminal';
const BEGINNING = '1970-01-01T00:00:00.000000000Z';

export interface DayAlerts {
  /** Makes alerts of whatever was found so far, as of an instant of the day. */
  claim(at: string): Promise<void>;
  /** Sends and shows them. */
  show(): Promise<void>;
}

export function createDayAlerts(store: Store, bundle: Bundle, terminal: Terminal): DayAlerts {
  const variables = terminal.environment;
  const places = placesOf(variables);
  const notices: Notice[] = [];
  const shown: Channel = {
    name: TERMINAL,
    kind: 'log',
    send: (notice) => {
      notices.push(notice);
      return Promise.resolve({ kind: 'sent', ref: undefined });
    },
  };
  const channels = new Map([...createChannels(places, createSecrets(variables)), [TERMINAL, shown] as const]);
  const config = {
    ...bundle.config,
    channels: { ...places, [TERMINAL]: { kind: 'log' as const } },
    routes: [{ channels: [...channels.keys()], continue: false }],
  };
  let last = BEGINNING;

  async function claim(at: string): Promise<void> {
    last = at;
    const deliverer = createDeliverer({
      store: store.alerts,
      channels,
      alerting: withFallback(config),
      describe: describeRules(bundle.detections),
      now: () => at,
      newLease: randomUUID,
      logger: SILENT,
    });
    await claimLost(store.alerts, deliverer, BEGINNING, SILENT);
  }

  async function show(): Promise<void> {
    // The day may be one that the clock of this machine has not reached.
    const { sendings } = await sweepOnce(store.alerts, channels, { ...bundle, config }, () =>
      latest(now(), last),
    );
    terminal.out(alertsText(notices, await reasonsOf(notices)));
    for (const name of Object.keys(places)) {
      const sent = sendings.filter(({ channel }) => channel === name);
      const failed = sent.filter(({ result }) => result.kind !== 'sent');
      const reason = failed[0]?.result.kind === 'sent' ? '' : (failed[0]?.result.reason ?? '');
      terminal.out(
        `${name}: ${sent.length - failed.length} alerts sent${failed.length === 0 ? '' : `, ${failed.length} not: ${printable(reason)}`}\n`,
      );
    }
  }

  /** Why each alert that is resolved is. */
  async function reasonsOf(all: readonly Notice[]): Promise<ReadonlyMap<string, string>> {
    const reasons = new Map<string, string>();
    for (const { episode, change } of all) {
      if (change !== 'resolve') continue;
      const made = await store.alerts.transitions(episode);
      const because = made.findLast((one) => one.change === 'resolve')?.because ?? '';
      reasons.set(`${episode.id}/${episode.n}`, because);
    }
    return reasons;
  }

  return { claim, show };
}

function placesOf(variables: Readonly<Record<string, string | undefined>>): Record<string, ChannelConfig> {
  const isSet = (name: string): boolean => (variables[name] ?? '') !== '';
  return {
    ...(isSet(SLACK) ? { slack: { kind: 'slack-webhook' as const, url: `env:${SLACK}` } } : {}),
    ...(isSet(PAGERDUTY)
      ? { pagerduty: { kind: 'pagerduty' as const, routingKey: `env:${PAGERDUTY}` } }
      : {}),
  };
}
