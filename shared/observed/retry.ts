/** How long to wait before an API is asked again. */

/** Between two attempts, unless the API asks for longer. */
const MAX_BACKOFF_MS = 20_000;
const SECONDS = /^[0-9]{1,6}$/;

/**
 * Milliseconds: what `Retry-After` asks for (RFC 9110: seconds or a date), else a backoff that doubles with each attempt.
 * Half of it is random, so that instances do not come back at once.
 *
 * @param tried attempts so far, from 1
 * @param now milliseconds since 1970
 */
export function waitOf(
  retryAfter: string | undefined,
  tried: number,
  backoffMs: number,
  now: number,
): number {
  const backoff = Math.min(backoffMs * 2 ** (tried - 1), MAX_BACKOFF_MS);
  const jittered = backoff / 2 + (Math.random() * backoff) / 2;
  if (retryAfter === undefined) return jittered;
  const asked = SECONDS.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - now;
  return Number.isNaN(asked) ? jittered : Math.max(asked, jittered);
}
