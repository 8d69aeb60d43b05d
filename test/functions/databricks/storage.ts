/** An HTTP server on loopback that answers media downloads as Cloud Storage's JSON API does. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

export type Answer = (response: ServerResponse) => void;

export interface Storage {
  readonly url: string;
  /** `bucket/object` → bytes, or an answer of its own. */
  readonly objects: Map<string, Buffer | Answer>;
  /** What was asked for: path, and the authorization header. */
  readonly asked: { readonly path: string; readonly authorization: string | undefined }[];
  stop(): Promise<void>;
}

const PATH = /^\/storage\/v1\/b\/([^/]+)\/o\/([^/?]+)\?alt=media$/;

export async function startStorage(): Promise<Storage> {
  const objects: Storage['objects'] = new Map();
  const asked: Storage['asked'] = [];
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    asked.push({ path: request.url ?? '', authorization: request.headers.authorization });
    const match = PATH.exec(request.url ?? '');
    const name =
      match === null ? '' : `${decodeURIComponent(match[1] ?? '')}/${decodeURIComponent(match[2] ?? '')}`;
    const found = objects.get(name);
    if (typeof found === 'function') found(response);
    else if (found === undefined) response.writeHead(404).end('{"error":{"code":404}}');
    else response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(found);
  };
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    objects,
    asked,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
