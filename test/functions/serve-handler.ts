/** A handler on the real framework, on a port of its own. */
import { http } from '@google-cloud/functions-framework';
import { getTestServer } from '@google-cloud/functions-framework/testing';
import type { Handler } from '../../functions/runtime/handler.ts';

export interface Served {
  /** Without a slash at its end. */
  readonly url: string;
  stop(): Promise<void>;
}

let served = 0;

export async function serveHandler(handler: Handler): Promise<Served> {
  const name = `served-${(served += 1)}`;
  http(name, handler);
  const server = getTestServer(name);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
