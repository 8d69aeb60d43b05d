/** Answers as an incoming webhook of Slack does, and tells when it got what. */
import { createServer } from 'node:http';

export interface WebhookServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** @param received the body, and performance.now() when its last byte had come */
export async function serveWebhook(received: (body: string, at: number) => void): Promise<WebhookServer> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received(Buffer.concat(chunks).toString('utf8'), performance.now());
      response.writeHead(200, { 'content-type': 'text/plain' }).end('ok');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return {
    url: `http://127.0.0.1:${address.port}/services/T0/B0/bench`,
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}
