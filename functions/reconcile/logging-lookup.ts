/**
 * Whether an entry exists in Cloud Logging: `entries.list` for one entry of a project.
 * https://cloud.google.com/logging/docs/reference/v2/rest/v2/entries/list
 */
import * as z from 'zod';
import { messageOf } from '../../shared/errors.ts';
import type { Answer, GoogleApi } from '../../shared/google-api/client.ts';
import { askJson } from '../../shared/google-api/json.ts';
import type { AskLogging, RoutingAnswer } from '../../shared/reconcile/routing.ts';

export interface LoggingLookupOptions {
  /** `https://logging.googleapis.com`, or a server that answers as it does. */
  readonly baseUrl: string;
  readonly authorization: GoogleApi['authorization'];
  readonly timeoutMs?: number;
}

/** Of one look-up, which is tried once: an alert must not wait long for what only explains it. */
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
  authorization,
  timeoutMs = TIMEOUT_MS,
}: LoggingLookupOptions): AskLogging {
  const api: GoogleApi = {
    service: 'Cloud Logging',
    authorization,
    clock: { now: Date.now, sleep: () => Promise.resolve() },
    limits: { attempts: 1, timeoutMs, maxBytes: MAX_BYTES },
  };
  const url = `${baseUrl.replace(/\/$/, '')}/v2/entries:list`;
  return async (project, filter) => {
    const body = { resourceNames: [`projects/${project}`], filter, orderBy: 'timestamp desc', pageSize: 1 };
    try {
      return answerOf(await askJson(api, { url, method: 'POST', body }, Listed));
    } catch (error) {
      return { kind: 'unavailable', why: messageOf(error) };
    }
  };
}

function answerOf(answer: Answer<z.infer<typeof Listed>>): RoutingAnswer {
  if (answer.kind === 'refused') {
    const mayNot = answer.reason === 'denied' || answer.reason === 'signed-out';
    return mayNot ? { kind: 'not-allowed' } : { kind: 'unavailable', why: answer.why };
  }
  const [entry] = answer.value.entries;
  return entry === undefined
    ? { kind: 'not-found' }
    : {
        kind: 'found',
        logName: entry.logName.slice(0, MAX_SHOWN),
        insertId: entry.insertId.slice(0, MAX_SHOWN),
      };
}
