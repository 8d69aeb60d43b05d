/** An HTTP server on loopback that answers as a test tells it, and remembers what it was asked. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Or what goes wrong: no answer at all, a connection cut before or in the middle of the answer, a body that never ends. */
export type Behaviour = Answer | 'silence' | 'reset' | 'reset-in-body' | 'slow-body' | 'endless-body';

/** Stands between a service and its caller: `work` is what the service does and answers. */
export type Around = (asked: Asked, work: () => Behaviour) => Behaviour;

export interface TestServer {
  /** Without a slash at its end. */
  readonly url: string;
  readonly asked: readonly Asked[];
  /** Next behaviours, in order; after them `otherwise`. */
  next(...behaviours: readonly Behaviour[]): void;
  stop(): Promise<void>;
}

export async function serve(otherwise: (asked: Asked) => Behaviour): Promise<TestServer> {
  const asked: Asked[] = [];
  const queue: Behaviour[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const one = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString('utf8'),
      };
      asked.push(one);
      behave(queue.shift() ?? otherwise(one), response);
    });
  });
  // A connection closed while idle can meet the next request: connections break where a test says so, and not else.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    asked,
    next: (...behaviours) => void queue.push(...behaviours),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function behave(behaviour: Behaviour, response: ServerResponse): void {
  if (behaviour === 'silence') return;
  if (behaviour === 'reset') {
    response.socket?.resetAndDestroy();
    return;
  }
  if (typeof behaviour === 'object') {
    response.writeHead(behaviour.status, behaviour.headers);
    response.end(behaviour.body ?? '');
    return;
  }
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write('{"ok":');
  if (behaviour === 'slow-body') return;
  if (behaviour === 'reset-in-body') {
    setTimeout(() => response.socket?.resetAndDestroy(), 20);
    return;
  }
  const more = (): void => {
    if (response.destroyed) return;
    response.write(' '.repeat(65_536), () => setImmediate(more));
  };
  more();
}

/** A port on which nobody listens. */
export async function closedUrl(): Promise<string> {
  const server = await serve(() => 'silence');
  await server.stop();
  return server.url;
}
