/** A local server that answers each request as the next of a list says. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { afterEach } from 'vitest';
import type { GoogleApi } from '../../shared/google-api/client.ts';

export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

type Reply = (response: ServerResponse) => void;

export const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Reply =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** The last reply is given again and again. */
export async function serve(
  ...replies: readonly Reply[]
): Promise<{ readonly url: string; readonly seen: readonly Seen[] }> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body });
      (replies[Math.min(seen.length, replies.length) - 1] ?? json(500, {}))(response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return { url: `http://127.0.0.1:${address.port}`, seen };
}

/** An API whose clock stands still and puts down how long it was to sleep. */
export function apiOf(over: Partial<GoogleApi> = {}): { readonly api: GoogleApi; readonly slept: number[] } {
  const slept: number[] = [];
  const api: GoogleApi = {
    service: 'Cloud Logging',
    authorization: () => Promise.resolve({ authorization: 'Bearer t0ken', 'x-goog-user-project': 'quota' }),
    clock: {
      now: () => 1_000,
      sleep: (milliseconds) => {
        slept.push(milliseconds);
        return Promise.resolve();
      },
    },
    ...over,
  };
  return { api, slept };
}
