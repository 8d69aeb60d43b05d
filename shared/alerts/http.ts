/**
 * Requests to the services that alerts go to. What all of them share: a deadline over the whole exchange, an answer
 * that is read to a limit only, no redirect followed (the address or a header of these requests is a secret), and one
 * judgement of what an answer means for the notice. Nothing here repeats a request; the caller keeps the time.
 */
import type { Sent, SendResult } from './notice.ts';

export type Failure = Exclude<SendResult, { kind: 'sent' }>;

/** Thrown by `fetch` instead of answers that are not 2xx. Its message names no address and no header. */
export class SendFailure extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.reason);
    this.name = 'SendFailure';
    this.failure = failure;
  }
}

export interface Service {
  /** As messages name it: `PagerDuty`. */
  readonly name: string;
  /** What a status and the service's own text mean, and what to do; undefined where there is nothing more to say. */
  explain(status: number, body: string): string | undefined;
  /** Bytes of an answer that are read; default 64 KiB. */
  readonly maxBytes?: number;
}

export interface HttpOptions {
  /** Over connecting, answering and the whole body. */
  readonly timeoutMs: number;
  readonly now: () => Date;
}

/** `fetch` for one service: answers 2xx, anything else is a SendFailure. */
export function createFetch(service: Service, options: HttpOptions) {
  return async (url: string | URL, init: RequestInit = {}): Promise<Response> => {
    const deadline = AbortSignal.timeout(options.timeoutMs);
    const signal = init.signal ? AbortSignal.any([init.signal, deadline]) : deadline;
    let response: Response;
    try {
      response = await fetch(url, { ...init, redirect: 'manual', signal });
    } catch (error) {
      throw new SendFailure(failureOfError(service.name, error));
    }
    const body = await readBody(response, service.maxBytes ?? 65_536);
    // Without the headers: none of them is to make a client library unpack or repeat anything.
    if (response.ok) return new Response(body);
    throw new SendFailure(failureOfAnswer(service, response, body.toString('utf8'), options.now()));
  };
}

/** What came of the body until the limit, the deadline or the end of the connection: the status says what counts. */
async function readBody(response: Response, maxBytes: number): Promise<Buffer<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of response.body ?? []) {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= maxBytes) break;
    }
  } catch {
    // Cut off after the status; where the text matters, it does not parse.
  }
  return Buffer.concat(chunks).subarray(0, maxBytes);
}

function failureOfAnswer(service: Service, response: Response, body: string, now: Date): Failure {
  const { status } = response;
  const more = service.explain(status, body);
  const said = `${service.name} answered ${status}`;
  const afterMs = retryAfterMs(response.headers.get('retry-after'), now);
  if (status === 429) {
    return { kind: 'retry', reason: `${said}: too many requests.`, afterMs };
  }
  if (status === 408 || status === 425 || status >= 500) {
    return {
      kind: 'retry',
      reason: `${said}${more === undefined ? '.' : `: ${more}`}`,
      afterMs,
      maybeSent: true,
    };
  }
  if (status >= 300 && status < 400) {
    return {
      kind: 'refused',
      reason: `${said}, a redirect. It is not followed, so that no secret reaches another host; configure the final address.`,
    };
  }
  return { kind: 'refused', reason: `${said}: ${more ?? hintOf(status)}` };
}

function hintOf(status: number): string {
  switch (status) {
    case 400:
    case 422:
      return 'it does not take this message. Look in the log of the receiver.';
    case 401:
    case 403:
      return 'it does not accept the secret. Make a new one and put it where the configuration says.';
    case 404:
    case 410:
      return 'nothing is at this address any more. Check the address in the secret.';
    case 413:
      return 'the message is too large for it. Raise the limit of the receiver to 256 KB.';
    default:
      return 'it does not take this request. Check that the address is that of the service.';
  }
}

/** Errors before a connection stood: nothing was sent. */
const NOT_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** Only the code is taken: messages of errors may hold the address. */
function failureOfError(name: string, error: unknown): Failure {
  if (error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError')) {
    return { kind: 'retry', reason: `${name} did not answer in time.`, afterMs: undefined, maybeSent: true };
  }
  const code = codeOf(error) ?? codeOf(error instanceof Error ? error.cause : undefined);
  const reason = `No answer from ${name}: ${code ?? 'the connection failed'}.`;
  if (code !== undefined && NOT_CONNECTED.has(code)) return { kind: 'retry', reason, afterMs: undefined };
  return { kind: 'retry', reason, afterMs: undefined, maybeSent: true };
}

function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,63}$/.test(code) ? code : undefined;
}

/** More is not believed: one wrong header must not hold alerts back for days. */
const MAX_RETRY_AFTER_MS = 3_600_000;

/** Retry-After (RFC 9110 10.2.3), seconds or a date, in milliseconds; undefined where there is none that can be read. */
export function retryAfterMs(header: string | null, now: Date): number | undefined {
  const text = header?.trim() ?? '';
  if (/^[0-9]{1,15}$/.test(text)) return Math.min(Number(text) * 1000, MAX_RETRY_AFTER_MS);
  // Date.parse alone would take `-5` for a year.
  const at = /^[A-Z][a-z]{2,8},? /.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.min(Math.max(0, at - now.getTime()), MAX_RETRY_AFTER_MS);
}

/** Whatever a client library threw, as what becomes of the notice. */
export function failureOf(name: string, error: unknown, sent: Sent | undefined): Failure {
  const original = error instanceof Error && 'original' in error ? error.original : error;
  const failure = original instanceof SendFailure ? original.failure : failureOfError(name, original);
  return stillDoubtful(failure, sent);
}

/** What may have arrived before this try may still have: a 429 or a refusal now does not settle the doubt. */
export function stillDoubtful(failure: Failure, sent: Sent | undefined): Failure {
  return sent?.maybeSent === true ? { ...failure, maybeSent: true } : failure;
}
