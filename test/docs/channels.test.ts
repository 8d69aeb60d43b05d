import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { Alerting, Channel } from '../../schemas/alerting.ts';
import { createChannels } from '../../shared/alerts/channels.ts';
import { renderTerminal } from '../../shared/alerts/terminal.ts';
import { OPEN } from '../alerts/notices.ts';
import { codes, fences, readPage, section, tableRows } from './page.ts';

const page = readPage('channels.md');
const KINDS = Channel.options.map(({ shape }) => shape.kind.value);

describe('docs/channels.md', () => {
  it('configures every kind of channel, as it can be read', () => {
    const { channels } = Alerting.parse(parse(fences(page, 'yaml')[0] ?? ''));
    expect(Object.values(channels).map(({ kind }) => kind)).toEqual(KINDS);
    const secrets: Record<string, string> = {
      'env:SLACK_TOKEN': 'xoxb-1',
      'file:/secrets/slack-url': 'https://hooks.slack.com/services/T0/B0/x',
      'env:PAGERDUTY_ROUTING_KEY': 'R0123456789',
      'env:SIEM_URL': 'https://siem.example/in',
      'env:SIEM_SECRET': `whsec_${Buffer.alloc(32, 1).toString('base64')}`,
    };
    expect([...createChannels(channels, (reference) => secrets[reference]).keys()]).toEqual(
      Object.keys(channels),
    );
  });

  it('has a row and a way to set up for each', () => {
    const rows = tableRows(section(page, 'What each sends'));
    expect(rows.map(([kind = '']) => codes(kind)[0])).toEqual(KINDS);
    const setup = Array.from(
      section(page, 'Setting up').matchAll(/^\*\*([a-z-]+)\.\*\*/gm),
      ([, kind]) => kind,
    );
    expect(setup).toEqual(KINDS);
  });

  it('shows an alert as it is', () => {
    expect(fences(page, 'text')).toEqual([`${renderTerminal(OPEN)}\n`]);
  });
});
