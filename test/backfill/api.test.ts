/** What Cloud Logging and Cloud Storage may answer, and what is made of it, by a clock that is wound by hand. */
import { afterEach, describe, expect, it } from 'vitest';
import { serveOnLoopback, type LoopbackServer } from '../../cli/run/loopback.ts';
import type { GoogleApi } from '../../shared/backfill/google-api.ts';
import { createLoggingInput } from '../../shared/backfill/logging-input.ts';
import { listObjects } from '../../shared/backfill/objects.ts';
import { woundClock } from '../redrive/redrives.ts';
import { serveStorage } from './storage-server.ts';

let server: LoopbackServer | undefined;
afterEach(() => server?.stop());

const ESCAPE = '\u001b[2J';

const api = (): GoogleApi => ({
  service: 'Cloud Logging',
  needs: 'a role',
  authorization: () => Promise.resolve({}),
  pace: () => Promise.resolve(),
  clock: woundClock(),
  limits: { attempts: 1 },
});

const QUERY = {
  resourceNames: ['projects/p'],
  filter: '',
  from: '2026-01-01T00:00:00.000000000Z',
  until: '2026-01-02T00:00:00.000000000Z',
};

describe('Cloud Logging', () => {
  it('that takes none of its page tokens is given up, where more entries have one time than a page has', async () => {
    let asked = 0;
    const entry = { logName: 'projects/p/logs/l', timestamp: '2026-01-01T05:00:00Z', insertId: 'a' };
    server = await serveOnLoopback((request, response) => {
      asked += 1;
      let text = '';
      request.on('data', (chunk: Buffer) => (text += chunk.toString()));
      request.on('end', () => {
        const refused = text.includes('"pageToken"');
        response.writeHead(refused ? 400 : 200);
        response.end(refused ? '{}' : JSON.stringify({ entries: [entry], nextPageToken: 'next' }));
      });
    });
    const input = createLoggingInput({ api: api(), baseUrl: server.url, query: QUERY });
    await expect(Array.fromAsync(input.read(undefined))).rejects.toMatchObject({ code: 'api-unavailable' });
    // From the beginning; anew from the entry; and that was it.
    expect(asked).toBe(4);
  });

  it('goes on over pages that have nothing yet', async () => {
    const answers = [{ nextPageToken: 'a' }, { entries: [], nextPageToken: 'b' }, {}];
    server = await serveOnLoopback((_request, response) =>
      response.end(JSON.stringify(answers.shift() ?? { error: {} })),
    );
    const input = createLoggingInput({ api: api(), baseUrl: server.url, query: QUERY });
    const portions = await Array.fromAsync(input.read(undefined));
    expect(portions.map(({ entries, part }) => [entries.length, part])).toEqual([
      [0, 0],
      [0, 0],
      [0, 1],
    ]);
    expect(portions.map(({ cursor }) => 'pageToken' in cursor && cursor.pageToken)).toEqual([
      'a',
      'b',
      false,
    ]);
  });

  it('shows no text of an answer that a terminal would obey', async () => {
    server = await serveOnLoopback((_request, response) =>
      response.writeHead(400).end(JSON.stringify({ error: { message: `bad ${ESCAPE}filter` } })),
    );
    const input = createLoggingInput({ api: api(), baseUrl: server.url, query: QUERY });
    await expect(Array.fromAsync(input.read(undefined))).rejects.toThrow('bad \\u001b[2Jfilter');
  });
});

describe('Cloud Storage', () => {
  const objectsOf = async (breaksOff: ReadonlySet<number>) => {
    const objects = new Map([[`b/x${ESCAPE}.json`, { generation: '1', bytes: Buffer.alloc(100_000, 'x') }]]);
    const storage = await serveStorage({ objects, pageSize: 10, delayMs: 5, breaksOff });
    server = storage;
    const files = await listObjects({ api: api(), baseUrl: storage.url }, { bucket: 'b', prefix: '' });
    return { objects, files };
  };

  it('tells when each object was written', async () => {
    const { files } = await objectsOf(new Set());
    expect(files.map(({ version, writtenAt }) => [version, writtenAt])).toEqual([
      ['1', '2026-01-31T00:00:00.000000000Z'],
    ]);
  });

  it('shows no name of an object that a terminal would obey', async () => {
    const { objects, files } = await objectsOf(new Set([1]));
    const read = () => Array.fromAsync(files[0]?.open() ?? []);
    await expect(read()).rejects.toThrow('the object x\\u001b[2J.json breaks off');
    objects.clear();
    await expect(read()).rejects.toThrow('gs://b/x\\u001b[2J.json was deleted');
  });
});
