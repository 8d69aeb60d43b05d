/** What `callbacks` needs beside the environment of every function: the secrets that requests are signed with. */
import * as z from 'zod';
import type { Secrets } from '../../shared/alerts/channels.ts';
import { parseVariables, wrongEnvironment } from '../runtime/variables.ts';

const PAGE = 'docs/alerts.md tells how';

/** Two at once let one be replaced without a gap. */
const MAX_SECRETS = 4;

const references = z
  .string()
  .transform((text) => text.split(',').map((one) => one.trim()))
  .pipe(
    z
      .array(
        z.string().regex(/^(env|file):.{1,512}$/, 'names env:NAME or file:/path, never the secret itself'),
      )
      .max(MAX_SECRETS, `names at most ${MAX_SECRETS} secrets`),
  )
  .optional();

const Variables = z.object({
  /** Where the signing secret of the Slack app is; comma-separated while it is replaced. */
  JOBTRAIL_SLACK_SIGNING_SECRETS: references,
  /** Where the secret of each webhook subscription is, comma-separated. */
  JOBTRAIL_PAGERDUTY_SIGNING_SECRETS: references,
});

/** Of Slack 32 hex digits, of PagerDuty longer. */
const SECRET = /^[\x21-\x7e]{16,512}$/;

export interface CallbacksEnvironment {
  /** Empty where the service is not used: then none of its requests is taken. */
  readonly slackSecrets: readonly string[];
  readonly pagerdutySecrets: readonly string[];
}

/** @throws JobtrailError `config-invalid` naming every variable and secret that is wrong, none of them by its value */
export function parseCallbacksEnvironment(
  variables: Readonly<Record<string, string | undefined>>,
  secrets: Secrets,
): CallbacksEnvironment {
  const named = parseVariables(Variables, variables, PAGE);
  const problems: string[] = [];
  const read = (name: 'JOBTRAIL_SLACK_SIGNING_SECRETS' | 'JOBTRAIL_PAGERDUTY_SIGNING_SECRETS'): string[] =>
    (named[name] ?? []).map((reference, index) => {
      const secret = secrets(reference) ?? '';
      if (!SECRET.test(secret)) problems.push(`${name}: ${problemOf(secret)} (number ${index + 1})`);
      return secret;
    });
  const slackSecrets = read('JOBTRAIL_SLACK_SIGNING_SECRETS');
  const pagerdutySecrets = read('JOBTRAIL_PAGERDUTY_SIGNING_SECRETS');
  if (slackSecrets.length === 0 && pagerdutySecrets.length === 0) {
    problems.push('neither JOBTRAIL_SLACK_SIGNING_SECRETS nor JOBTRAIL_PAGERDUTY_SIGNING_SECRETS is set');
  }
  if (problems.length > 0) throw wrongEnvironment(problems, PAGE);
  return { slackSecrets, pagerdutySecrets };
}

const problemOf = (secret: string): string =>
  secret === ''
    ? 'what it names is not there or empty'
    : 'what it names is no signing secret: 16 to 512 printable characters without blanks';
