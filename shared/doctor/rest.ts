/** Asks Google's REST APIs. Whatever goes wrong is an answer too: the check says that it does not know, and why. */
import { messageOf } from '../errors.ts';
import type { Asked } from './line.ts';

export interface RestOptions {
  /** An access token; undefined where the server wants none. */
  readonly accessToken: () => Promise<string | null | undefined>;
  readonly timeoutMs?: number;
}

export interface Rest {
  /** What a refusal is mended with: the role that may ask. */
  get(url: string, mend: string): Promise<Asked<unknown>>;
  post(url: string, mend: string): Promise<Asked<unknown>>;
}

const TIMEOUT_MS = 20_000;
const MAX_CHARACTERS = 300;

export function createRest({ accessToken, timeoutMs = TIMEOUT_MS }: RestOptions): Rest {
  async function ask(method: 'GET' | 'POST', url: string, mend: string): Promise<Asked<unknown>> {
    try {
      const token = await accessToken();
      const response = await fetch(url, {
        method,
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
        headers: {
          accept: 'application/json',
          ...(typeof token === 'string' ? { authorization: `Bearer ${token}` } : undefined),
          ...(method === 'POST' ? { 'content-type': 'application/json' } : undefined),
        },
        ...(method === 'POST' ? { body: '{}' } : undefined),
      });
      const text = await response.text();
      if (response.ok) return { kind: 'answer', value: JSON.parse(text) };
      const why = `${new URL(url).host} answers ${response.status} ${reasonOf(text)}`.trim();
      return { kind: 'refused', why, mend: response.status === 401 ? LOGIN : mend };
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
      return { kind: 'refused', why: `${new URL(url).host}: ${messageOf(error)}${cause}`, mend: LOGIN };
    }
  }
  return { get: (url, mend) => ask('GET', url, mend), post: (url, mend) => ask('POST', url, mend) };
}

const LOGIN = 'gcloud auth application-default login';

function reasonOf(text: string): string {
  const message = /"message":\s*"((?:[^"\\]|\\.)*)"/.exec(text)?.[1] ?? '';
  return message.slice(0, MAX_CHARACTERS);
}
