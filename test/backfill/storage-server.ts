/** Cloud Storage's list and media download over HTTP, for the parts that a backfill asks for. */
import { setTimeout as sleep } from 'node:timers/promises';
import { serveOnLoopback, type LoopbackServer } from '../../cli/run/loopback.ts';

export interface StoredObject {
  readonly generation: string;
  readonly timeCreated?: string;
  readonly bytes: Uint8Array;
}

export interface StorageServerOptions {
  /** By `bucket/name`; may be changed while it serves. */
  readonly objects: Map<string, StoredObject>;
  readonly pageSize: number;
  /** Between the parts of a download. */
  readonly delayMs?: number;
  /** Downloads, by their number from 1, that break off in the middle. */
  readonly breaksOff?: ReadonlySet<number>;
}

const PATH = /^\/storage\/v1\/b\/([^/]+)\/o(?:\/([^/]+))?$/;

export interface StorageServer extends LoopbackServer {
  /** `bucket/name` of the downloads, in order. */
  readonly read: readonly string[];
}

const PART = 16_384;

export async function serveStorage(options: StorageServerOptions): Promise<StorageServer> {
  const { objects, pageSize, delayMs = 0, breaksOff = new Set() } = options;
  const read: string[] = [];
  const server = await serveOnLoopback((request, response) => {
    const url = new URL(request.url ?? '', 'http://localhost');
    const [, bucket = '', encoded] = PATH.exec(url.pathname) ?? [];
    if (encoded === undefined) {
      const prefix = `${bucket}/${url.searchParams.get('prefix') ?? ''}`;
      const names = [...objects.keys()].filter((name) => name.startsWith(prefix)).toSorted();
      const at = Number(url.searchParams.get('pageToken') ?? '0');
      const items = names.slice(at, at + pageSize).map((name) => ({
        name: name.slice(bucket.length + 1),
        generation: objects.get(name)?.generation,
        size: String(objects.get(name)?.bytes.length),
        timeCreated: objects.get(name)?.timeCreated ?? '2026-01-31T00:00:00.000Z',
      }));
      const more = at + pageSize < names.length ? { nextPageToken: String(at + pageSize) } : {};
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ items, ...more }));
      return;
    }
    const name = `${bucket}/${decodeURIComponent(encoded)}`;
    const found = objects.get(name);
    if (found === undefined || found.generation !== url.searchParams.get('generation')) {
      response.writeHead(404).end('{"error":{"code":404,"message":"No such object"}}');
      return;
    }
    read.push(name);
    const broken = breaksOff.has(read.length);
    void (async () => {
      response.writeHead(200, { 'content-length': found.bytes.length });
      for (let at = 0; at < found.bytes.length; at += PART) {
        if (broken && at > found.bytes.length / 2) {
          response.destroy();
          return;
        }
        response.write(found.bytes.subarray(at, at + PART));
        if (delayMs > 0) await sleep(delayMs);
      }
      response.end();
    })();
  });
  return { ...server, read };
}
