/** An HTTP server on loopback in the place of an API: each request is answered by what the test says, and written down. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

export interface Asked {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly authorization: string | undefined;
}

/** An object is sent as JSON; a function does what it likes. */
export type Answer = object | ((response: ServerResponse, asked: Asked) => void);

export interface ApiServer {
  readonly url: string;
  readonly asked: Asked[];
  /** What answers from now on; 404 where it is undefined, as the APIs answer it. */
  answer: (asked: Asked) => Answer | undefined;
  stop(): Promise<void>;
}

export async function startApi(answer: ApiServer['answer'] = () => ({})): Promise<ApiServer> {
  const asked: Asked[] = [];
  const api: Pick<ApiServer, 'answer'> = { answer };
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
    const one: Asked = {
      path: pathname,
      query: Object.fromEntries(searchParams),
      authorization: request.headers.authorization,
    };
    asked.push(one);
    const found = api.answer(one) ?? status(404, { error: { code: 404, status: 'NOT_FOUND' } });
    if (typeof found === 'function') found(response, one);
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(found));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return Object.assign(api, {
    url: `http://127.0.0.1:${address.port}`,
    asked,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}

export const status =
  (code: number, body: object, headers: Readonly<Record<string, string>> = {}): Answer =>
  (response) =>
    void response
      .writeHead(code, { 'content-type': 'application/json', ...headers })
      .end(JSON.stringify(body));

export const text =
  (body: string): Answer =>
  (response) =>
    void response.writeHead(200, { 'content-type': 'application/json' }).end(body);

/** One answer after the other; the last from then on. */
export function inTurn(...answers: readonly Answer[]): () => Answer {
  let at = 0;
  return () => {
    const answer = answers[Math.min(at, answers.length - 1)] ?? {};
    at += 1;
    return answer;
  };
}
