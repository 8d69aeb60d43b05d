/**
 * Whether an entry exists in Cloud Logging: `entries.list` for one entry of a project.
 * https://cloud.google.com/logging/docs/reference/v2/rest/v2/entries/list
 */
import * as z from 'zod';
import { messageOf } from '../../shared/errors.ts';
import type { AskLogging, RoutingAnswer } from '../../shared/reconcile/routing.ts';

export interface LoggingLookupOptions {
  /** `https://logging.googleapis.com`, or a server that answers as it does. */
  readonly baseUrl: string;
  /** Access token; undefined where the server wants none. */
  readonly accessToken: () => Promise<string | null | undefined>;
  readonly timeoutMs?: number;
}

/** Of one look-up: an alert must not wait long for what only explains it. */
const TIMEOUT_MS = 5_000;
const MAX_BYTES = 4 * 1024 * 1024;
const MAX_SHOWN = 300;

const Listed = z.object({
  entries: z
    .array(z.object({ logName: z.string().default(''), insertId: z.string().default('') }))
    .default([]),
});

export function createLoggingLookup({
  baseUrl,
  accessToken,
  timeoutMs = TIMEOUT_MS,
}: LoggingLookupOptions): AskLogging {
  return async (project, filter) => {
    try {
      const token = await accessToken();
      const response = await fetch(`${baseUrl.replace(/\/$/, '')}/v2/entries:list`, {
        method: 'POST',
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
        headers: {
          'content-type': 'application/json',
          ...(typeof token === 'string' ? { authorization: `Bearer ${token}` } : undefined),
        },
        body: JSON.stringify({
          resourceNames: [`projects/${project}`],
          filter,
          orderBy: 'timestamp desc',
          pageSize: 1,
        }),
      });
      return await answerOf(response);
    } catch (error) {
      const why =
        error instanceof DOMException && error.name === 'TimeoutError'
          ? 'it did not answer in time'
          : messageOf(error);
      return { kind: 'unavailable', why };
    }
  };
}

async function answerOf(response: Response): Promise<RoutingAnswer> {
  if (response.status === 401 || response.status === 403) {
    await response.body?.cancel();
    return { kind: 'not-allowed' };
  }
  if (!response.ok) {
    await response.body?.cancel();
    return { kind: 'unavailable', why: `it answered ${response.status}` };
  }
  const text = await response.text();
  if (text.length > MAX_BYTES) return { kind: 'unavailable', why: 'its answer is too long' };
  const listed = Listed.safeParse(JSON.parse(text));
  if (!listed.success) return { kind: 'unavailable', why: 'its answer is of another form' };
  const [entry] = listed.data.entries;
  return entry === undefined
    ? { kind: 'not-found' }
    : {
        kind: 'found',
        logName: entry.logName.slice(0, MAX_SHOWN),
        insertId: entry.insertId.slice(0, MAX_SHOWN),
      };
}
