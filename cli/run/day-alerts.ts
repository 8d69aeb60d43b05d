/** The end of the day: what was found, as Slack would show it; and really sent where the environment says where to. */
import type { Bundle } from '../../shared/config/bundle.ts';
import { createSecrets } from '../../functions/runtime/secrets.ts';
import { createChannels } from '../../shared/alerts/channels.ts';
import type { Channel, Notice } from '../../shared/alerts/notice.ts';
import { sweepOnce } from '../../shared/alerts/sweep.ts';
import type { ChannelConfig, Severity } from '../../schemas/alerting.ts';
import { SEVERITIES } from '../../schemas/alerting.ts';
import type { Store } from '../../shared/store/store.ts';
import type { Terminal } from '../main.ts';
import { printable } from '../table.ts';
import { now } from './clock.ts';

/** Variables that name a place to send to; what they hold is a secret and is read by the channel alone. */
const SLACK = 'SLACK_WEBHOOK_URL';
const PAGERDUTY = 'PAGERDUTY_ROUTING_KEY';
const TERMINAL = 'terminal';

export async function dayAlerts(store: Store, bundle: Bundle, terminal: Terminal): Promise<void> {
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
  const { sendings } = await sweepOnce(store.alerts, channels, { ...bundle, config }, now);
  terminal.out(alertsText(notices));
  for (const name of Object.keys(places)) {
    const sent = sendings.filter(({ channel }) => channel === name);
    const failed = sent.filter(({ result }) => result.kind !== 'sent');
    const reason = failed[0]?.result.kind === 'sent' ? '' : (failed[0]?.result.reason ?? '');
    terminal.out(
      `${name}: ${sent.length - failed.length} alerts sent${failed.length === 0 ? '' : `, ${failed.length} not: ${printable(reason)}`}\n`,
    );
  }
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

const MARK: Readonly<Record<Severity, string>> = { critical: '!!', high: '! ', medium: '- ', low: '  ' };
/** Alerts told whole; the rest is counted. */
const MOST = 10;

/** The gravest first; each with its reason and its entries. */
function alertsText(notices: readonly Notice[]): string {
  const rank = ({ severity }: Notice): number => -SEVERITIES.indexOf(severity);
  const sorted = notices.toSorted((a, b) => rank(a) - rank(b) || (a.firstSeen < b.firstSeen ? -1 : 1));
  const counts = SEVERITIES.toReversed()
    .map((severity) => [severity, notices.filter((notice) => notice.severity === severity).length] as const)
    .filter(([, count]) => count > 0)
    .map(([severity, count]) => `${count} ${severity}`);
  const lines = [`\nThe alerts: ${notices.length} (${counts.join(', ')})`];
  for (const notice of sorted.slice(0, MOST)) lines.push(...alertLines(notice));
  const more = sorted.length - MOST;
  if (more > 0) lines.push(`… and ${more} more: npx jobtrail alerts list`);
  return `${lines.join('\n')}\n`;
}

function alertLines(notice: Notice): readonly string[] {
  const times = notice.occurrences > 1 ? `, ${notice.occurrences} times` : '';
  const [event = ''] = notice.eventIds;
  return [
    `${MARK[notice.severity]} ${notice.severity.toUpperCase()} ${printable(notice.title)}`,
    `     ${printable(notice.summary)}`,
    `     why: ${printable(notice.why)}`,
    `     ${notice.firstSeen.slice(11, 19)} UTC${times}, ${printable(notice.environment ?? 'no environment')}; rule ${notice.rule}, entry ${event.slice(0, 16)}`,
  ];
}
