/**
 * Whether a request is of Slack or of PagerDuty, by its bytes and headers alone. Every comparison is of two digests of one
 * length and takes the same time; all secrets are tried, whichever fits.
 *
 * Threat: whoever can forge a callback can acknowledge and resolve every alert, and so silence them.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** Undefined: the request is authentic. Else why not, for the log; no part of a header or secret is in it. */
export type Refusal = string | undefined;

/** Slack's advice: what is older may be a request that somebody recorded. */
const SLACK_WINDOW_MS = 5 * 60_000;
/** PagerDuty sends one for each secret that is valid while they are rotated. */
const MAX_SIGNATURES = 16;

/**
 * `X-Slack-Signature: v0=` hex of HMAC-SHA256 over `v0:TIMESTAMP:BODY`.
 * https://docs.slack.dev/authentication/verifying-requests-from-slack
 * @param now milliseconds since 1970
 */
export function refusalOfSlack(
  headers: IncomingHttpHeaders,
  body: Uint8Array,
  secrets: readonly string[],
  now: number,
): Refusal {
  const timestamp = headers['x-slack-request-timestamp'];
  if (typeof timestamp !== 'string' || !/^[0-9]{1,12}$/.test(timestamp)) return 'no request time';
  if (Math.abs(now - Number(timestamp) * 1000) > SLACK_WINDOW_MS) return 'signed more than five minutes ago';
  const signed = [Buffer.from(`v0:${timestamp}:`), body];
  return refusalOf(digests(headers['x-slack-signature'], 'v0='), signed, secrets);
}

/**
 * `X-PagerDuty-Signature`: comma-separated `v1=` hex of HMAC-SHA256 over the body; one that fits is enough.
 * https://developer.pagerduty.com/docs/webhooks/webhook-signatures/
 */
export function refusalOfPagerDuty(
  headers: IncomingHttpHeaders,
  body: Uint8Array,
  secrets: readonly string[],
): Refusal {
  return refusalOf(digests(headers['x-pagerduty-signature'], 'v1='), [body], secrets);
}

/** The well-formed signatures of a version in a header. */
function digests(header: string | readonly string[] | undefined, version: string): readonly Buffer[] {
  if (typeof header !== 'string') return [];
  return header
    .split(',', MAX_SIGNATURES)
    .map((one) => one.trim())
    .filter((one) => one.startsWith(version) && /^[0-9a-f]{64}$/.test(one.slice(version.length)))
    .map((one) => Buffer.from(one.slice(version.length), 'hex'));
}

function refusalOf(
  presented: readonly Buffer[],
  signed: readonly Uint8Array[],
  secrets: readonly string[],
): Refusal {
  if (presented.length === 0) return 'no signature';
  let fits = false;
  for (const secret of secrets) {
    const hmac = createHmac('sha256', secret);
    for (const part of signed) hmac.update(part);
    const expected = hmac.digest();
    for (const one of presented) if (timingSafeEqual(one, expected)) fits = true;
  }
  return fits ? undefined : 'no signature fits';
}
