/** Slack's error codes as what becomes of a notice, and what a user can do. https://docs.slack.dev/reference/methods/chat.postMessage */
import { WebAPIPlatformError } from '@slack/web-api';
import { type Failure, failureOf, stillDoubtful } from '../http.ts';
import type { Sent } from '../notice.ts';

/** Passes by itself; some aspect may have succeeded. */
const PASSES = new Set([
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
  'team_added_to_org',
]);
const THROTTLED = new Set(['ratelimited', 'rate_limited', 'message_limit_exceeded']);
/** The message that was to be updated is no longer there, or no longer ours to change. */
const GONE = new Set(['message_not_found', 'cant_update_message', 'edit_window_closed', 'thread_not_found']);

const HINTS: Readonly<Record<string, string>> = {
  not_in_channel: 'Invite the app to the conversation (/invite @Jobtrail).',
  channel_not_found:
    'Give the id of a conversation (C…) that the app is in; a private one needs an invitation.',
  is_archived: 'The conversation is archived. Name another one in `channel`.',
  invalid_auth:
    'Slack does not know this token. Put the bot token (xoxb-…) of the installed app in its place.',
  not_authed: 'The token is empty. Put the bot token (xoxb-…) of the installed app in its place.',
  token_revoked: 'The token was revoked. Install the app again and store its new token.',
  token_expired: 'The token has expired. Store one without token rotation.',
  account_inactive: 'The app was removed from the workspace. Install it again and store its new token.',
  missing_scope:
    'The app needs the scopes chat:write and channels:history (private conversations: groups:history).',
  not_allowed_token_type: 'Use the bot token (xoxb-…) of the app.',
  no_permission: 'A workspace setting keeps the app from posting here. Ask an administrator.',
  restricted_action: 'A workspace setting keeps the app from posting here. Ask an administrator.',
  ekm_access_denied: 'Administrators have suspended posting. Ask one of them.',
};

/** Slack's own code; undefined where the failure is not an answer of its API, or no code is in it. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof WebAPIPlatformError)) return undefined;
  return codeIn(error.data.error);
}

/** The text where it is an error code, and not a page or anything else that a server in between wrote. */
export const codeIn = (text: unknown): string | undefined =>
  typeof text === 'string' && /^[a-z][a-z_]{1,63}$/.test(text.trim()) ? text.trim() : undefined;

export const isGone = (error: unknown): boolean => GONE.has(codeOf(error) ?? '');

/** What a call of the Web API that threw means for the notice. */
export function failureOfCall(error: unknown, sent: Sent | undefined): Failure {
  if (error instanceof WebAPIPlatformError) return stillDoubtful(failureOfAnswer(error), sent);
  return failureOf('Slack', error, sent);
}

function failureOfAnswer(error: WebAPIPlatformError): Failure {
  const code = codeOf(error);
  if (code === undefined) {
    const reason = 'Slack gave an answer that cannot be read.';
    return { kind: 'retry', reason, afterMs: undefined, maybeSent: true };
  }
  const reason = `Slack answered ${code}.`;
  if (THROTTLED.has(code)) return { kind: 'retry', reason, afterMs: undefined };
  if (PASSES.has(code)) return { kind: 'retry', reason, afterMs: undefined, maybeSent: true };
  const hint = Object.hasOwn(HINTS, code) ? HINTS[code] : undefined;
  return {
    kind: 'refused',
    reason: `${reason} ${hint ?? 'See this code in the documentation of chat.postMessage.'}`,
  };
}
