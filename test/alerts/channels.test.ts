import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { Channel as ChannelSchema } from '../../schemas/alerting.ts';
import { createChannels } from '../../shared/alerts/channels.ts';
import { JobtrailError } from '../../shared/errors.ts';
import { OPEN } from './notices.ts';

const SECRETS = new Map([
  ['env:SLACK_TOKEN', 'xoxb-secret-1'],
  ['file:/secrets/slack-url', 'https://hooks.slack.example/services/secret-2\n'],
  ['env:ROUTING_KEY', 'secret3secret3secret3secret3secr'],
  ['env:SIEM_URL', 'http://127.0.0.1:1/secret-4'],
  ['env:SIEM_SECRET', `whsec_${Buffer.alloc(32, 7).toString('base64')}`],
]);
const CONFIG = z.record(z.string(), ChannelSchema).parse({
  chat: { kind: 'slack', token: 'env:SLACK_TOKEN', channel: 'C0123456789' },
  hook: { kind: 'slack-webhook', url: 'file:/secrets/slack-url' },
  pager: { kind: 'pagerduty', routingKey: 'env:ROUTING_KEY', apiUrl: 'https://events.eu.pagerduty.com' },
  siem: { kind: 'webhook', url: 'env:SIEM_URL', secret: 'env:SIEM_SECRET' },
  log: { kind: 'log' },
});

function problemOf(secrets: ReadonlyMap<string, string>, config = CONFIG): string {
  try {
    createChannels(config, (reference) => secrets.get(reference));
  } catch (error) {
    if (error instanceof JobtrailError) return `${error.code} ${error.message} ${error.hint}`;
    throw error;
  }
  return '';
}

describe('channels', () => {
  it('makes each channel of the configuration under its name', async () => {
    const lines: string[] = [];
    const channels = createChannels(CONFIG, (reference) => SECRETS.get(reference), {
      write: (line) => void lines.push(line),
    });
    expect([...channels].map(([name, channel]) => [name, channel.name, channel.kind])).toEqual([
      ['chat', 'chat', 'slack'],
      ['hook', 'hook', 'slack-webhook'],
      ['pager', 'pager', 'pagerduty'],
      ['siem', 'siem', 'webhook'],
      ['log', 'log', 'log'],
    ]);
    await channels.get('log')?.send(OPEN, undefined);
    expect(lines).toHaveLength(1);
  });

  it('names everything that is missing at once', () => {
    const problem = problemOf(new Map());
    expect(problem).toMatch(/^config-invalid /);
    for (const key of ['chat.token', 'hook.url', 'pager.routingKey', 'siem.url', 'siem.secret']) {
      expect(problem).toContain(
        `channels.${key} names an environment variable or file that is not there or empty`,
      );
    }
  });

  it.each([
    ['env:SLACK_TOKEN', 'xoxb-SECRET with blanks', 'chat.token is no token'],
    ['env:SLACK_TOKEN', 'xoxb-SECRET\nxoxb-SECRET', 'chat.token is no token'],
    ['env:ROUTING_KEY', 'SECRET\u00e4', 'pager.routingKey is no token'],
    ['file:/secrets/slack-url', 'hooks.slack.example/SECRET', 'hook.url is no address'],
    ['file:/secrets/slack-url', 'http://hooks.slack.example/SECRET', 'hook.url is not https'],
    ['file:/secrets/slack-url', 'ftp://127.0.0.1/SECRET', 'hook.url is not https'],
    ['env:SIEM_URL', 'http://127.0.0.1.evil.example/SECRET', 'siem.url is not https'],
    ['env:SIEM_URL', 'https://user:SECRET@siem.example/', 'siem.url has a user name or password'],
    ['env:SIEM_SECRET', 'whsec_SECRET', 'siem.secret is no signing secret'],
    ['env:SIEM_SECRET', 'not base64 SECRET!', 'siem.secret is no signing secret'],
    [
      'env:SIEM_SECRET',
      `whsec_${Buffer.from('SECRET').toString('base64')}`,
      'siem.secret is no signing secret',
    ],
  ])('refuses %s = %j without repeating it', (reference, value, expected) => {
    const problem = problemOf(new Map([...SECRETS, [reference, value]]));
    expect(problem).toContain(`channels.${expected}`);
    expect(problem).not.toMatch(/SECRET/);
    expect(problem).not.toContain(value);
  });

  it('refuses an API address that is not https', () => {
    const pager = {
      kind: 'pagerduty',
      routingKey: 'env:ROUTING_KEY',
      apiUrl: 'http://events.example',
    } as const;
    expect(problemOf(SECRETS, { pager })).toContain('channels.pager.apiUrl is not https');
  });
});
