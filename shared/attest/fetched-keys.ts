/**
 * Keys from a `jwksUri`, kept for a while. The one file of this folder with I/O; the edge hands in the clock.
 *
 * Threat: whoever can publish records can ask for any key id. A set is fetched again for an unknown one at most once a
 * minute, and a set that is slow, huge, redirected or no set is none. A server that cannot be asked makes records wait,
 * never pass and never count as unverified for good.
 */
import * as z from 'zod';
import { JobtrailError, messageOf } from '../errors.ts';
import { findIn, unavailable, usableKeys, type FetchKeys, type FindKey } from './keys.ts';

export interface FetchOptions {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Milliseconds an answer may take, body included. */
  readonly timeoutMs?: number;
}

/** How long a key that its issuer withdrew is still taken. */
const KEPT_MS = 600_000;
const REFRESH_MS = 60_000;
/** After a failure the same answer is given for so long, without asking. */
const HOLD_MS = 5_000;
const TIMEOUT_MS = 5_000;
/** Public sets are a few kilobytes. */
const MAX_BYTES = 262_144;

const KeySet = z.object({ keys: z.array(z.unknown()).max(1000) });

interface Fetched {
  /** When the request went out. */
  readonly at: number;
  readonly find: ReturnType<typeof findIn>;
}

export function createKeyFetcher(options: FetchOptions): FetchKeys {
  const byUri = new Map<string, FindKey>();
  return (uri) => {
    const known = byUri.get(uri) ?? keysAt(uri, options);
    byUri.set(uri, known);
    return known;
  };
}

function keysAt(uri: string, { now, timeoutMs = TIMEOUT_MS }: FetchOptions): FindKey {
  let kept: Fetched | undefined;
  let underWay: Promise<Fetched> | undefined;
  let failed: { readonly at: number; readonly error: JobtrailError } | undefined;

  /** One request at a time, shared by all who wait for it. */
  const fetchAnew = (): Promise<Fetched> => {
    if (failed !== undefined && now() - failed.at < HOLD_MS) return Promise.reject(failed.error);
    const at = now();
    underWay ??= fetchSet(uri, timeoutMs)
      .then(
        (keys) => {
          kept = { at, find: findIn(keys) };
          return kept;
        },
        (error: unknown) => {
          const problem = error instanceof JobtrailError ? error : unavailable(uri, messageOf(error), error);
          failed = { at: now(), error: problem };
          throw problem;
        },
      )
      .finally(() => {
        underWay = undefined;
      });
    return underWay;
  };

  return async (wanted, time) => {
    const asked = now();
    const set = kept !== undefined && asked - kept.at < KEPT_MS ? kept : await fetchAnew();
    const key = await set.find(wanted);
    // Issuers publish a key before they sign with it: a set fetched after the record was made has it or never will.
    if (key !== undefined || set.at >= asked) return key;
    if (now() - set.at >= REFRESH_MS) return (await fetchAnew()).find(wanted);
    if (set.at >= Date.parse(time)) return undefined;
    throw unavailable(uri, 'they were fetched less than a minute ago, before this record was made');
  };
}

async function fetchSet(uri: string, timeoutMs: number): Promise<ReturnType<typeof usableKeys>> {
  const response = await fetch(uri, {
    headers: { accept: 'application/json' },
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (!response.ok) throw unavailable(uri, `the answer is ${response.status}`);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) throw unavailable(uri, `the answer is longer than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return parseSet(uri, Buffer.concat(chunks).toString('utf8'));
}

function parseSet(uri: string, text: string): ReturnType<typeof usableKeys> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw unavailable(uri, 'the answer is no JSON');
  }
  const set = KeySet.safeParse(value);
  if (!set.success) throw unavailable(uri, 'the answer is no key set (RFC 7517)');
  return usableKeys(set.data.keys);
}
