/**
 * The way to the Pub/Sub emulator for a process that will be killed. Pub/Sub gives a client up whose connection is gone, and
 * delivers what it had when the leases end. The emulator (0.8.20) takes no notice of the connection: it goes on giving
 * messages to the stream of the dead client, a hundred at a time and each for as long as a lease, so that they come to the
 * next client late and in part. It does take notice of a stream that is cancelled, which is what this relay makes of a
 * connection that ends.
 */
import {
  connect,
  constants,
  createServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';

export interface Relay {
  /** HOST:PORT in place of the emulator's. */
  readonly host: string;
  close(): Promise<void>;
}

export async function relayTo(emulator: string): Promise<Relay> {
  const upstream = connect(`http://${emulator}`);
  upstream.on('error', () => undefined);
  const sessions = new Set<ServerHttp2Session>();
  const server = createServer();
  server.on('session', (session) => {
    sessions.add(session);
    session.on('error', () => undefined).on('close', () => sessions.delete(session));
  });
  server.on('stream', (client, headers) => passOn(client, upstream.request(headers)));
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, 'localhost', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return {
    host: `localhost:${address.port}`,
    async close() {
      for (const session of sessions) session.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      upstream.destroy();
    },
  };
}

function passOn(client: ServerHttp2Stream, server: ReturnType<ReturnType<typeof connect>['request']>): void {
  let trailers: IncomingHttpHeaders = {};
  client.on('error', () => undefined);
  server.on('error', () => undefined);
  client.pipe(server);
  server.on('response', (headers, flags) => {
    if (client.destroyed) return;
    // A refusal has its status in the headers, and no body.
    const endStream = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0;
    client.respond(headers, { endStream, waitForTrailers: !endStream });
    if (!endStream) server.pipe(client);
  });
  server.on('trailers', (headers) => (trailers = headers));
  client.on('wantTrailers', () => client.sendTrailers(trailers));
  client.on('close', () => server.close(constants.NGHTTP2_CANCEL));
  server.on('close', () => {
    if (!client.closed && !client.writableEnded) client.close(constants.NGHTTP2_CANCEL);
  });
}
