/** A server that takes connections and never says a word: nobody is refused, and nobody gets an answer. */
import { createServer, type Socket } from 'node:net';

export interface SilentServer {
  /** HOST:PORT. */
  readonly host: string;
  /** Connections that were ever made. */
  readonly connections: () => number;
  close(): Promise<void>;
}

export async function silentServer(): Promise<SilentServer> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => sockets.push(socket.on('error', () => undefined)));
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return {
    host: `localhost:${address.port}`,
    connections: () => sockets.length,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
