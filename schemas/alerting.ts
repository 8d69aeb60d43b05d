/** Whom findings reach, when, and what is held back. Part of jobtrail.yaml; secrets are named, never written. */
import * as z from 'zod';

const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,127}$/, 'expected lower-case letters, digits, `.`, `_`, `-`');
const instant = z.iso.datetime({
  offset: true,
  error: 'expected an RFC 3339 time such as 2026-01-01T00:00:00Z',
});
const clock = z.string().regex(/^([01][0-9]|2[0-3]):[0-5][0-9]$/, 'expected HH:MM');

export const SEVERITIES = ['low', 'medium', 'high', 'critical'] as const;
export const Severity = z.enum(SEVERITIES);
export type Severity = z.infer<typeof Severity>;

/** Where a secret is: an environment variable or a file, as Secret Manager mounts both. */
const secretRef = z
  .string()
  .regex(/^(env|file):.{1,512}$/, 'expected env:NAME or file:/path, never the secret itself');

const slack = z.strictObject({
  kind: z.literal('slack'),
  /** Bot token with chat:write, and channels:history for looking up what was sent. */
  token: secretRef,
  /** Id of the conversation: C0123456789. */
  channel: z.string().min(1).max(80),
  apiUrl: z.url({ protocol: /^https?$/ }).optional(),
});
const slackWebhook = z.strictObject({ kind: z.literal('slack-webhook'), url: secretRef });
const pagerduty = z.strictObject({
  kind: z.literal('pagerduty'),
  routingKey: secretRef,
  /** `https://events.pagerduty.com`, or the EU region's. */
  apiUrl: z.url({ protocol: /^https?$/ }).optional(),
});
/** Standard Webhooks: the secret signs every request. */
const webhook = z.strictObject({ kind: z.literal('webhook'), url: secretRef, secret: secretRef });
const log = z.strictObject({ kind: z.literal('log') });

/** Takes what no route takes, so that nothing goes nowhere; it is there whether or not the configuration names it. */
export const FALLBACK_CHANNEL = 'log';

export const Channel = z.discriminatedUnion('kind', [slack, slackWebhook, pagerduty, webhook, log]);
export type ChannelConfig = z.infer<typeof Channel>;

/** All that is named must hold; what is not named is any. */
const match = {
  rules: z.array(z.string().min(1).max(64)).optional(),
  severities: z.array(Severity).optional(),
  environments: z.array(z.string().min(1).max(64)).optional(),
  teams: z.array(name).optional(),
};

/** The first route that matches is taken; with `continue` those after it as well. */
export const Route = z.strictObject({
  ...match,
  channels: z.array(name).min(1),
  continue: z.boolean().default(false),
});
export type Route = z.infer<typeof Route>;

export const Silence = z.strictObject({
  id: name,
  ...match,
  keys: z.array(z.string().min(1).max(1024)).optional(),
  owner: z.string().min(1).max(1024),
  reason: z.string().min(1).max(500),
  from: instant.optional(),
  until: instant,
});
export type Silence = z.infer<typeof Silence>;

function isTimeZone(timeZone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** Holds back alerts of low severity only, until it ends. */
export const QuietHours = z.strictObject({
  from: clock,
  until: clock,
  /** IANA time zone. */
  timezone: z
    .string()
    .max(64)
    .refine(isTimeZone, 'expected an IANA time zone such as Europe/Berlin')
    .default('UTC'),
});
export type QuietHours = z.infer<typeof QuietHours>;

export const Alerting = z.strictObject({
  channels: z.record(name, Channel).default({}),
  routes: z.array(Route).default([]),
  silences: z.array(Silence).default([]),
  quietHours: QuietHours.optional(),
  /** Environment → team, for routes. */
  teams: z.record(z.string().min(1).max(64), name).default({}),
  /** Base address of the runbooks: `BASE#RULE`. */
  runbooks: z.url().default('https://github.com/jobtrail/jobtrail/blob/main/docs/detections.md'),
});
export type Alerting = z.infer<typeof Alerting>;
