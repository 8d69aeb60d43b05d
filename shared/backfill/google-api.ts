/**
 * One request to a Google API, asked again where that may help: 429 and the 5xx, a connection that broke. What the API asks
 * to wait (Retry-After) is waited.
 */
import * as z from 'zod';
import { JobtrailError, messageOf } from '../errors.ts';
import { printable } from '../observe/printable.ts';
import { waitOf } from '../observed/retry.ts';
import type { Clock, Pace } from './pace.ts';

export interface GoogleApi {
  /** Of the service, for errors: `Cloud Logging`. */
  readonly service: string;
  /** What the identity needs: a role. */
  readonly needs: string;
  /** Access token; undefined where the server wants none. */
  readonly accessToken: () => Promise<string | null | undefined>;
  readonly pace: Pace;
  readonly clock: Clock;
  /** Tries of one request. */
  readonly attempts?: number;
  /** Until the answer is there; of a stream, its head. */
  readonly timeoutMs?: number;
  /** Told of each wait, milliseconds and why. */
  readonly onWait?: (milliseconds: number, why: string) => void;
}

export interface ApiRequest {
  readonly url: string;
  readonly method?: 'GET' | 'POST';
  /** Sent as JSON. */
  readonly body?: object;
  /** The body of the answer is read as it comes, for as long as it takes. */
  readonly stream?: boolean;
}

const ATTEMPTS = 8;
const TIMEOUT_MS = 60_000;
/** Doubles with each try, up to 20 seconds: eight tries last a minute and a half. */
const BACKOFF_MS = 1_000;

const mayPass = (status: number): boolean => status === 408 || status === 429 || status >= 500;

/**
 * The answer, whatever it says: those that may pass are passed on only by the last try, as an error.
 * @throws JobtrailError `api-unavailable`
 */
export async function askApi(api: GoogleApi, request: ApiRequest): Promise<Response> {
  const { clock, attempts = ATTEMPTS } = api;
  for (let tried = 1; ; tried += 1) {
    await api.pace();
    const result = await tryOnce(api, request);
    if (result.kind === 'answer') return result.response;
    if (tried >= attempts) throw unavailable(api, result.why);
    const wait = waitOf(result.retryAfter, tried, BACKOFF_MS, clock.now());
    api.onWait?.(wait, result.why);
    await clock.sleep(wait);
  }
}

type Tried =
  | { readonly kind: 'answer'; readonly response: Response }
  | { readonly kind: 'failed'; readonly why: string; readonly retryAfter: string | undefined };

async function tryOnce(
  api: GoogleApi,
  { url, method = 'GET', body, stream = false }: ApiRequest,
): Promise<Tried> {
  const abort = new AbortController();
  const timer = setTimeout(
    () => abort.abort(new Error('it did not answer in time')),
    api.timeoutMs ?? TIMEOUT_MS,
  );
  timer.unref();
  try {
    const token = await api.accessToken();
    const response = await fetch(url, {
      method,
      redirect: 'error',
      signal: abort.signal,
      headers: {
        ...(body === undefined ? undefined : { 'content-type': 'application/json' }),
        ...(typeof token === 'string' ? { authorization: `Bearer ${token}` } : undefined),
      },
      ...(body === undefined ? undefined : { body: JSON.stringify(body) }),
    });
    if (stream) clearTimeout(timer);
    if (!mayPass(response.status)) return { kind: 'answer', response };
    await response.body?.cancel();
    return {
      kind: 'failed',
      why: `it answers ${response.status}`,
      retryAfter: response.headers.get('retry-after') ?? undefined,
    };
  } catch (error) {
    // Without credentials no other try helps, and whoever has none is told at once.
    if (error instanceof JobtrailError && error.disposition !== 'retry') throw error;
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return { kind: 'failed', why: messageOf(cause), retryAfter: undefined };
  }
}

export const unavailable = ({ service }: GoogleApi, why: string, cause?: unknown): JobtrailError =>
  new JobtrailError(
    'api-unavailable',
    `${service} does not answer as it should: ${why.slice(0, 300)}.`,
    'What was read until here is stored; the same command goes on from there.',
    { cause },
  );

const Refused = z.object({ error: z.object({ message: z.string() }) });
const MAX_SHOWN = 500;

/** What the body of a refusal says, or its status: names in it may be of anybody's making. */
export async function refusalOf(response: Response): Promise<string> {
  const text = await response.text().catch(() => '');
  try {
    const parsed = Refused.safeParse(JSON.parse(text));
    if (parsed.success) return printable(parsed.data.error.message.slice(0, MAX_SHOWN));
  } catch {
    // No JSON: its status says enough.
  }
  return `it answers ${response.status}`;
}

/** The error for an answer that is a refusal, for the caller to throw. */
export async function refused(api: GoogleApi, response: Response): Promise<JobtrailError> {
  const why = await refusalOf(response);
  const mayNot = response.status === 401 || response.status === 403;
  return new JobtrailError(
    'api-refused',
    mayNot ? `${api.service} does not let this identity read: ${why}` : `${api.service} refuses: ${why}`,
    mayNot
      ? `Grant it ${api.needs}, or sign in as one that has it (gcloud auth application-default login), and run again.`
      : 'Correct the names and the filter, and run again.',
  );
}
