/**
 * Asks Google's REST APIs: with a token, within bounds of time, and again where that may help (408, 429, the 5xx, a connection
 * that broke). What the API asks to wait (Retry-After) is waited. Tokens go to the URL that is asked and nowhere else.
 */
import { messageOf } from '../errors.ts';
import { waitOf } from '../observed/retry.ts';
import { type Refusal, refusalOf } from './refusal.ts';
import { UnusableAnswer } from './unusable.ts';

/** The clock of an edge; tests hand in one that is wound by hand. */
export interface Clock {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

export interface GoogleApi {
  /** Of the service, for messages: `Cloud Logging`. */
  readonly service: string;
  /** Headers that say who asks, and whose quota it is; none where the server wants none. Asked before each try: lists outlast tokens. */
  readonly authorization: () => Promise<Readonly<Record<string, string>>>;
  readonly clock: Clock;
  /** Resolves when the next request may be sent. */
  readonly pace?: () => Promise<void>;
  readonly limits?: Partial<ApiLimits>;
  /** Told of each wait, milliseconds and why. */
  readonly onWait?: (milliseconds: number, why: string) => void;
}

export interface ApiLimits {
  /** Tries of one request. */
  readonly attempts: number;
  /** Of one that nobody answers. */
  readonly unreachableAttempts: number;
  /** Of one try, until the last byte is here; of a stream, until its head is. */
  readonly timeoutMs: number;
  /** Before the second try; doubles with each further one, up to 20 seconds. */
  readonly backoffMs: number;
  /** Who asks to be left alone for longer is not waited for. */
  readonly maxWaitMs: number;
  /** Of one answer that is read whole. */
  readonly maxBytes: number;
}

const LIMITS: ApiLimits = {
  attempts: 4,
  unreachableAttempts: 4,
  timeoutMs: 20_000,
  backoffMs: 500,
  maxWaitMs: 60_000,
  maxBytes: 16 * 1024 * 1024,
};

/** Of what nobody answers as many tries as of what is answered with an error, unless told otherwise. */
const limitsOf = ({ limits = {} }: GoogleApi): ApiLimits => ({
  ...LIMITS,
  unreachableAttempts: limits.attempts ?? LIMITS.attempts,
  ...limits,
});

export interface ApiRequest {
  readonly url: string;
  readonly method?: 'GET' | 'POST';
  /** Sent as JSON. */
  readonly body?: object;
  /** The body of the answer is read as it comes, for as long as it takes. */
  readonly stream?: boolean;
}

export type Answer<T> = { readonly kind: 'answer'; readonly value: T } | Refusal;

const mayPass = (status: number): boolean => status === 408 || status === 429 || status >= 500;

type Tried<T> =
  | Answer<T>
  | {
      readonly kind: 'failed';
      readonly reason: 'unavailable' | 'unreachable';
      readonly why: string;
      readonly retryAfter: string | undefined;
    };

/**
 * @param read what becomes of the body of a 2xx; that it broke off is a failed try, `UnusableAnswer` is none
 * @throws what `authorization` throws
 */
export async function ask<T>(
  api: GoogleApi,
  request: ApiRequest,
  read: (response: Response, limits: ApiLimits) => Promise<T>,
): Promise<Answer<T>> {
  const limits = limitsOf(api);
  for (let tried = 1; ; tried += 1) {
    await api.pace?.();
    const headers = await api.authorization();
    const result = await tryOnce(request, headers, limits, read);
    if (result.kind !== 'failed') return result;
    const most = result.reason === 'unreachable' ? limits.unreachableAttempts : limits.attempts;
    if (tried >= most) return { ...unavailable(result.why), reason: result.reason };
    const wait = waitOf(result.retryAfter, tried, limits.backoffMs, api.clock.now());
    if (wait > limits.maxWaitMs) {
      return unavailable(`${result.why} and asks to be left alone for ${Math.ceil(wait / 1000)} s`);
    }
    api.onWait?.(wait, result.why);
    await api.clock.sleep(wait);
  }
}

async function tryOnce<T>(
  { url, method = 'GET', body, stream = false }: ApiRequest,
  authorization: Readonly<Record<string, string>>,
  limits: ApiLimits,
  read: (response: Response, limits: ApiLimits) => Promise<T>,
): Promise<Tried<T>> {
  // The error that refuses such a header shows it.
  if (!Object.values(authorization).every((value) => SENDABLE.test(value))) {
    return { kind: 'refused', reason: 'signed-out', status: undefined, why: 'the access token is none' };
  }
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(new Error('it did not answer in time')), limits.timeoutMs);
  timer.unref();
  try {
    const response = await fetch(url, {
      method,
      redirect: 'error',
      signal: abort.signal,
      headers: {
        accept: 'application/json',
        ...(body === undefined ? undefined : { 'content-type': 'application/json' }),
        ...authorization,
      },
      ...(body === undefined ? undefined : { body: JSON.stringify(body) }),
    });
    if (stream) clearTimeout(timer);
    if (response.ok) return { kind: 'answer', value: await read(response, limits) };
    if (!mayPass(response.status)) return await refusalOf(response);
    await response.body?.cancel();
    return {
      kind: 'failed',
      reason: 'unavailable',
      why: `it answers ${response.status}`,
      retryAfter: response.headers.get('retry-after') ?? undefined,
    };
  } catch (error) {
    if (error instanceof UnusableAnswer) return unavailable(error.message);
    return { kind: 'failed', reason: 'unreachable', why: reasonOf(error), retryAfter: undefined };
  } finally {
    if (!stream) clearTimeout(timer);
  }
}

const SENDABLE = /^[\x20-\x7e]{1,8192}$/;

/** `fetch failed` has its reason beneath: the connection was refused, reset, or broke within the body. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return messageOf(cause);
}

/** @param why the end of a sentence */
export const unavailable = (why: string): Refusal => ({
  kind: 'refused',
  reason: 'unavailable',
  status: undefined,
  why,
});
