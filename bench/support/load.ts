/**
 * A load generator that costs little beside the server it loads: keep-alive connections over raw sockets, request
 * bytes made beforehand, answers read only as far as their status line and end of headers.
 */
import { connect, type Socket } from 'node:net';

export interface Load {
  readonly requestsPerSecond: number;
  readonly statuses: ReadonlyMap<number, number>;
}

/** The bytes of one POST. */
export function postBytes(body: string): Buffer {
  const head = `POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`;
  return Buffer.from(head + body);
}

/** Sends every request once over `connections` connections; answers must have no body or a Content-Length. */
export async function load(port: number, requests: readonly Buffer[], connections: number): Promise<Load> {
  const statuses = new Map<number, number>();
  let next = 0;
  const began = performance.now();
  await Promise.all(
    Array.from({ length: connections }, () =>
      client(
        port,
        () => requests[next++],
        (status) => statuses.set(status, (statuses.get(status) ?? 0) + 1),
      ),
    ),
  );
  const seconds = (performance.now() - began) / 1000;
  return { requestsPerSecond: requests.length / seconds, statuses };
}

function client(
  port: number,
  take: () => Buffer | undefined,
  answered: (status: number) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true });
    let rest = '';
    const send = (): void => {
      const request = take();
      if (request === undefined) {
        socket.end();
        resolve();
      } else socket.write(request);
    };
    socket.setEncoding('latin1');
    socket.on('connect', send);
    socket.on('error', reject);
    socket.on('data', (chunk: string) => {
      rest += chunk;
      const end = rest.indexOf('\r\n\r\n');
      if (end < 0) return;
      const length = /content-length: (\d+)/i.exec(rest.slice(0, end))?.[1];
      const whole = end + 4 + Number(length ?? 0);
      if (rest.length < whole) return;
      answered(Number(rest.slice(9, 12)));
      rest = rest.slice(whole);
      send();
    });
  });
}
