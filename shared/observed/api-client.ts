/**
 * Asks a JSON API, within bounds: so long for an answer, so many bytes of it, and so many attempts until the poll's end.
 * Tokens are sent to the base URL and nowhere else: a redirect is an error.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { JobtrailError, messageOf } from '../errors.ts';
import { parseExact } from '../sources/exact-json.ts';
import { isObject, obj, own, type Json } from '../sources/fields.ts';
import { waitOf } from './retry.ts';

export interface ApiClient {
  /**
   * The object that the API answers with; integers above 2^53 are strings of their digits.
   *
   * @param deadline milliseconds since 1970; no attempt begins or waits beyond it.
   * @throws JobtrailError `api-unavailable` where there is no such answer.
   */
  get(path: string, query: Query, deadline: number): Promise<Json>;
}

/** Undefined values are left out. */
export type Query = Readonly<Record<string, string | undefined>>;

export interface ApiOptions {
  /** What messages call it. */
  readonly name: string;
  /** `https://dataproc.googleapis.com`, or that of a server that answers as it does. */
  readonly baseUrl: string;
  /** Asked before each attempt, since polls outlast tokens; undefined where the server wants none. */
  readonly accessToken: () => Promise<string | null | undefined>;
  readonly limits?: Partial<ApiLimits>;
}

export interface ApiLimits {
  /** Of one attempt, until the last byte has come. */
  readonly timeoutMs: number;
  /** Of one answer, inflated. */
  readonly maxBytes: number;
  readonly attempts: number;
  /** Before the second attempt; doubled for each further one. */
  readonly backoffMs: number;
}

const DEFAULT_LIMITS: ApiLimits = {
  timeoutMs: 20_000,
  maxBytes: 16 * 1024 * 1024,
  attempts: 4,
  backoffMs: 500,
};

/** What a header may hold: a token with anything else in it would be shown by the error that refuses it. */
const TOKEN = /^[\x21-\x7e]{1,8192}$/;
/** Statuses that may pass by themselves. */
const PASSING = new Set([408, 429, 500, 502, 503, 504]);

type Attempt =
  | { readonly kind: 'answer'; readonly value: Json }
  | { readonly kind: 'failed'; readonly why: string; readonly retryAfter?: string | undefined }
  | { readonly kind: 'refused'; readonly why: string };

export function createApiClient(options: ApiOptions): ApiClient {
  const { name, accessToken } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const base = options.baseUrl.endsWith('/') ? options.baseUrl.slice(0, -1) : options.baseUrl;

  async function attempt(url: string, timeoutMs: number): Promise<Attempt> {
    const headers: Record<string, string> = { accept: 'application/json' };
    const token = await accessToken();
    if (typeof token === 'string') {
      if (!TOKEN.test(token)) return { kind: 'refused', why: 'its access token is none' };
      headers['authorization'] = `Bearer ${token}`;
    }
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await fetch(url, { headers, redirect: 'error', signal });
    const bytes = await bytesOf(response, limits.maxBytes);
    if (bytes === undefined) {
      return { kind: 'refused', why: `its answer is longer than ${limits.maxBytes} bytes` };
    }
    const value = jsonOf(bytes);
    if (response.ok) {
      return value === undefined
        ? { kind: 'refused', why: 'its answer is no JSON object' }
        : { kind: 'answer', value };
    }
    const why = `it answers ${response.status}${reasonOf(value)}`;
    return PASSING.has(response.status)
      ? { kind: 'failed', why, retryAfter: response.headers.get('retry-after') ?? undefined }
      : { kind: 'refused', why };
  }

  return {
    async get(path, query, deadline) {
      const url = `${base}${path}?${searchOf(query)}`;
      for (let tried = 1; ; tried += 1) {
        const left = deadline - Date.now();
        if (left <= 0) throw unavailable(name, 'the time of this poll is over');
        const result = await attempt(url, Math.min(limits.timeoutMs, left)).catch(
          (error: unknown): Attempt => ({ kind: 'failed', why: causeOf(error) }),
        );
        if (result.kind === 'answer') return result.value;
        if (result.kind === 'refused' || tried === limits.attempts) throw unavailable(name, result.why);
        const wait = waitOf(result.retryAfter, tried, limits.backoffMs, Date.now());
        if (Date.now() + wait >= deadline) throw unavailable(name, result.why);
        await sleep(wait);
      }
    },
  };
}

function searchOf(query: Query): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value !== undefined) search.set(key, value);
  return search.toString();
}

/** Undefined where there are more than `max`; what is left is not read. */
async function bytesOf(response: Response, max: number): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    // Leaving the loop cancels the body.
    if (length > max) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}

/** Undefined where the bytes are no JSON object. */
function jsonOf(bytes: Buffer): Json | undefined {
  try {
    const value = parseExact(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const REASON = /^[A-Za-z0-9_.-]{1,64}$/;

/** `error.status` of Google's APIs, `error_code` of Databricks: words of the API, nothing else of its body. */
function reasonOf(body: Json | undefined): string {
  const reason = own(obj(body, 'error'), 'status') ?? own(body, 'error_code');
  return typeof reason === 'string' && REASON.test(reason) ? ` ${reason}` : '';
}

/** `fetch failed` has its reason beneath: the connection was refused, reset, or broke within the body. */
function causeOf(error: unknown): string {
  if (error instanceof DOMException && error.name === 'TimeoutError') return 'it does not answer in time';
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : undefined;
  return cause === undefined ? messageOf(error) : `${messageOf(error)}: ${messageOf(cause)}`;
}

/** `why` is the end of a sentence. */
export const unavailable = (name: string, why: string): JobtrailError =>
  new JobtrailError(
    'api-unavailable',
    `${name} cannot be listed: ${why}.`,
    'It is asked again at the next poll; if this lasts, look at the roles of the function and at the API itself.',
  );
