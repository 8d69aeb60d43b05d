/** Cloud Storage's part where there is no Cloud Storage: a server on loopback that answers media downloads as its JSON API does. */
import type { DayMessage } from '../day/publish.ts';
import { serveOnLoopback, type LoopbackServer } from './loopback.ts';

const MEDIA = /^\/storage\/v1\/b\/([^/?]+)\/o\/([^/?]+)\?alt=media$/;

/** Live objects of a day, by `bucket/name`: of each file the last version that a message notifies. */
export function liveObjects(messages: readonly DayMessage[]): ReadonlyMap<string, string> {
  const versions = messages.flatMap(({ file }) => file ?? []).toSorted((a, b) => a.at - b.at);
  const live = new Map<string, string>();
  for (const { bucket, name, text, deleted } of versions) {
    if (deleted === true) live.delete(`${bucket}/${name}`);
    else live.set(`${bucket}/${name}`, text);
  }
  return live;
}

/** What the function that reads the files is told: where they are, and which buckets it may read. */
export function storageEnvironment(
  { url }: LoopbackServer,
  objects: ReadonlyMap<string, string>,
): Readonly<Record<string, string>> {
  const buckets = new Set([...objects.keys()].map((key) => key.slice(0, key.indexOf('/'))));
  return { STORAGE_EMULATOR_HOST: url, JOBTRAIL_DATABRICKS_BUCKETS: [...buckets].join(',') };
}

/** Entries that a message leads to: of a file, as many as its live version has lines. */
export function entriesOf(message: DayMessage, objects: ReadonlyMap<string, string>): number {
  const { file } = message;
  if (file === undefined || file.deleted === true) return 1;
  const text = objects.get(`${file.bucket}/${file.name}`) ?? '';
  return Math.max(1, text.split('\n').length - 1);
}

export function serveObjects(objects: ReadonlyMap<string, string>): Promise<LoopbackServer> {
  return serveOnLoopback((request, response) => {
    const match = MEDIA.exec(request.url ?? '');
    const found =
      match === null
        ? undefined
        : objects.get(`${decodeURIComponent(match[1] ?? '')}/${decodeURIComponent(match[2] ?? '')}`);
    if (found === undefined) response.writeHead(404).end('{"error":{"code":404,"message":"No such object"}}');
    else response.writeHead(200, { 'content-type': 'application/json' }).end(found);
  });
}
