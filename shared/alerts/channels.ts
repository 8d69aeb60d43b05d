/**
 * The channels that the configuration names, by their names, each with its secrets in hand. Wrong or missing secrets
 * are found here, before anything is to be sent, all at once. No message holds a secret or a part of one.
 */
import type { Alerting, ChannelConfig } from '../../schemas/alerting.ts';
import { JobtrailError } from '../errors.ts';
import type { HttpOptions } from './http.ts';
import { createLogChannel } from './log/index.ts';
import type { Channel } from './notice.ts';
import { createPagerDuty } from './pagerduty/index.ts';
import { createSlackWebhook } from './slack-webhook/index.ts';
import { createSlack } from './slack/index.ts';
import { createWebhook } from './webhook/index.ts';

/** What is at `env:NAME` or `file:/path`; undefined where nothing is. Read by the entry points. */
export type Secrets = (reference: string) => string | undefined;

export interface ChannelsOptions extends Partial<HttpOptions> {
  /** Where the log channel writes its lines; standard output by default. */
  readonly write?: (line: string) => void;
}

const TIMEOUT_MS = 10_000;

/** @throws JobtrailError `config-invalid` with every setting that is missing or wrong */
export function createChannels(
  configured: Alerting['channels'],
  secrets: Secrets,
  options: ChannelsOptions = {},
): ReadonlyMap<string, Channel> {
  const http = { timeoutMs: options.timeoutMs ?? TIMEOUT_MS, now: options.now ?? (() => new Date()) };
  const write = options.write ?? ((line: string) => void process.stdout.write(`${line}\n`));
  const problems: string[] = [];

  const channels = Object.entries(configured).map(([name, config]) => {
    const check = (key: string, value: string, wrong: Check): string => {
      const problem = wrong(value);
      if (problem !== undefined) problems.push(`channels.${name}.${key} ${problem}`);
      return value;
    };
    const secret = (key: string, reference: string, wrong: Check): string =>
      check(key, secrets(reference)?.trim() ?? '', (value) =>
        value === '' ? 'names an environment variable or file that is not there or empty' : wrong(value),
      );
    return [name, prepare(name, config, { check, secret }, http, write)] as const;
  });

  if (problems.length > 0) {
    throw new JobtrailError(
      'config-invalid',
      `Alerts cannot be sent as configured: ${problems.join('; ')}.`,
      'Put each secret where jobtrail.yaml says it is: a Secret Manager secret as an environment variable or a mounted file.',
    );
  }
  return new Map(channels.map(([name, create]) => [name, create()]));
}

/** What is wrong with a setting, without repeating it. */
type Check = (value: string) => string | undefined;

interface Settings {
  readonly check: (key: string, value: string, wrong: Check) => string;
  readonly secret: (key: string, reference: string, wrong: Check) => string;
}

/** Takes and checks the settings of one channel now; makes it once all are known to hold. */
function prepare(
  name: string,
  config: ChannelConfig,
  { check, secret }: Settings,
  http: HttpOptions,
  write: (line: string) => void,
): () => Channel {
  const apiUrlOf = (url: string | undefined): string | undefined =>
    url === undefined ? undefined : check('apiUrl', url, wrongAddress);
  switch (config.kind) {
    case 'slack': {
      const token = secret('token', config.token, wrongToken);
      const apiUrl = apiUrlOf(config.apiUrl);
      return () => createSlack({ name, token, conversation: config.channel, apiUrl, ...http });
    }
    case 'slack-webhook': {
      const url = secret('url', config.url, wrongAddress);
      return () => createSlackWebhook({ name, url, ...http });
    }
    case 'pagerduty': {
      const routingKey = secret('routingKey', config.routingKey, wrongToken);
      const apiUrl = apiUrlOf(config.apiUrl);
      return () => createPagerDuty({ name, routingKey, apiUrl, ...http });
    }
    case 'webhook': {
      const url = secret('url', config.url, wrongAddress);
      const key = secret('secret', config.secret, wrongSigningSecret);
      return () => createWebhook({ name, url, secret: key, ...http });
    }
    case 'log':
      return () => createLogChannel({ name, write });
  }
}

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Alerts and the secrets of their channels cross no network in clear. */
function wrongAddress(text: string): string | undefined {
  const url = URL.parse(text);
  if (url === null) return 'is no address; expected https://…';
  if (url.username !== '' || url.password !== '') return 'has a user name or password in its address';
  if (url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.has(url.hostname))) return undefined;
  return 'is not https (http is for this machine only: localhost, 127.0.0.1, [::1])';
}

const wrongToken = (text: string): string | undefined =>
  /^[\x21-\x7e]{1,512}$/.test(text)
    ? undefined
    : 'is no token: it has blanks or characters that no token has';

/** Standard Webhooks: 24 to 64 random bytes. */
function wrongSigningSecret(text: string): string | undefined {
  const base64 = text.replace(/^whsec_/, '');
  const bytes =
    /^[A-Za-z0-9+/]+={0,2}$/.test(base64) && base64.length % 4 === 0
      ? Buffer.byteLength(base64, 'base64')
      : 0;
  return bytes >= 24 && bytes <= 64
    ? undefined
    : 'is no signing secret: expected whsec_ and base64 of 24 to 64 random bytes';
}
