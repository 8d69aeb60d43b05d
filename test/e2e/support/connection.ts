/** The way to an emulator, which can be cut: nobody listens there then, and connections that were open are gone. */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { freePort } from '../../../cli/emulators.ts';

export interface Connection {
  /** HOST:PORT in place of the emulator's. */
  readonly host: string;
  cut(): Promise<void>;
  restore(): Promise<void>;
}

export async function connectionTo(emulator: string): Promise<Connection> {
  const [host = '', emulatorPort = ''] = emulator.split(':');
  const port = await freePort();
  const open = new Set<Socket>();
  let server: Server | undefined;
  const accept = (client: Socket): void => {
    const upstream = connect(Number(emulatorPort), host);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(socket);
      socket.pipe(other);
      socket
        .on('error', () => undefined)
        .on('close', () => {
          open.delete(socket);
          other.destroy();
        });
    }
  };
  const restore = async (): Promise<void> => {
    const listening = createServer(accept);
    await new Promise<void>((resolve, reject) =>
      listening.once('error', reject).listen(port, 'localhost', resolve),
    );
    server = listening;
  };
  await restore();
  return {
    host: `localhost:${port}`,
    restore,
    async cut() {
      const closed = new Promise<void>((resolve) => server?.close(() => resolve()) ?? resolve());
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}
