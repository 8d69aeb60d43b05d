/**
 * Konnect's webhook declares `Content-Encoding: application/gzip`, which no HTTP library knows: the functions framework
 * answers 415 before a function sees the request. Without the header the framework hands the bytes on as they are, and
 * the envelope knows gzip by its first bytes. Node publishes each request on this channel before any handler runs.
 */
import { subscribe } from 'node:diagnostics_channel';
import { IncomingMessage } from 'node:http';

const CHANNEL = 'http.server.request.start';
/** The registered name would be inflated by the framework, up to 1 GB and before anybody is authenticated. */
const GZIP = new Set(['application/gzip', 'application/x-gzip', 'gzip', 'x-gzip']);

/** Requests of the whole process from now on. */
export function keepGzipBodies(): void {
  subscribe(CHANNEL, (message) => {
    const request: unknown =
      typeof message === 'object' && message !== null && 'request' in message ? message.request : undefined;
    if (!(request instanceof IncomingMessage)) return;
    const encoding = request.headers['content-encoding'];
    if (encoding !== undefined && GZIP.has(encoding.toLowerCase()))
      delete request.headers['content-encoding'];
  });
}
