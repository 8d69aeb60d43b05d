/** Cloud Logging's `entries.list` over HTTP, for the parts that a backfill asks for. */
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { serveOnLoopback, type LoopbackServer } from '../../cli/run/loopback.ts';
import type { LoggedEntry } from './entries.ts';

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface LoggingServer extends LoopbackServer {
  /** Bodies of the requests, in order. */
  readonly asked: readonly Asked[];
  /** From now on no token given before is taken. */
  expireTokens(): void;
}

export interface LoggingServerOptions {
  readonly entries: readonly LoggedEntry[];
  readonly pageSize: number;
  readonly delayMs?: number;
  /** An answer in place of the usual one, by the number of the request from 1. */
  readonly instead?: (request: number) => Answer | undefined;
  /** After the answer to a request. */
  readonly after?: (request: number, server: Pick<LoggingServer, 'expireTokens'>) => void;
}

const Asked = z.strictObject({
  resourceNames: z.array(z.string()).min(1),
  filter: z.string(),
  orderBy: z.literal('timestamp asc'),
  pageSize: z.number().int().max(1000),
  pageToken: z.string().optional(),
});
export type Asked = z.infer<typeof Asked>;

/** Generation of tokens, offset, and the filter that it holds for. */
const Token = z.tuple([z.number(), z.number(), z.string()]);

const SPAN = /timestamp>="([^"]+)" AND timestamp<"([^"]+)"$/;

export async function serveLogging(options: LoggingServerOptions): Promise<LoggingServer> {
  const { entries, pageSize, delayMs = 0 } = options;
  const asked: Asked[] = [];
  let generation = 0;
  const control = { expireTokens: (): void => void (generation += 1) };

  function answer(request: Asked): Answer {
    const [, from = '', until = ''] = SPAN.exec(request.filter) ?? [];
    if (from === '') return refusal('no span in the filter');
    let at = 0;
    if (request.pageToken !== undefined) {
      const [made, offset, filter] = Token.parse(JSON.parse(request.pageToken));
      if (made !== generation || filter !== request.filter) return refusal('page_token is invalid');
      at = offset;
    }
    const within = entries.filter((entry) => entry.at >= Date.parse(from) && entry.at < Date.parse(until));
    const end = at + Math.min(pageSize, request.pageSize);
    const token = JSON.stringify(JSON.stringify([generation, end, request.filter]));
    const next = end < within.length ? `,\n  "nextPageToken": ${token}` : '';
    const list = within.slice(at, end).map((entry) => entry.text);
    return { status: 200, body: `{\n  "entries": [\n    ${list.join(',\n    ')}\n  ]${next}\n}\n` };
  }

  const server = await serveOnLoopback((request, response) => {
    void (async () => {
      const body = Asked.parse(JSON.parse(await text(request)));
      if (request.method !== 'POST' || request.url !== '/v2/entries:list') throw new Error('another request');
      asked.push(body);
      const number = asked.length;
      if (delayMs > 0) await sleep(delayMs);
      const given = options.instead?.(number) ?? answer(body);
      response.writeHead(given.status, { 'content-type': 'application/json', ...given.headers });
      response.end(given.body ?? '{}');
      options.after?.(number, control);
    })().catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  return { ...server, asked, ...control };
}

const refusal = (message: string): Answer => ({
  status: 400,
  body: JSON.stringify({ error: { code: 400, message, status: 'INVALID_ARGUMENT' } }),
});
