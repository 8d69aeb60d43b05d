/** Servers on loopback that stand for Google's APIs where there are none. */
import { createServer, type RequestListener } from 'node:http';

export interface LoopbackServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** Listens on a free port. */
export async function serveOnLoopback(listener: RequestListener): Promise<LoopbackServer> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = address === null || typeof address === 'string' ? 0 : address.port;
  return {
    url: `http://127.0.0.1:${String(port)}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
