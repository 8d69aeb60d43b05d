/** Keys over HTTP, from a server on loopback that is down, slow, huge, broken, or changes its keys. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createKeyFetcher } from '../../shared/attest/fetched-keys.ts';
import type { FindKey } from '../../shared/attest/keys.ts';
import { keyOf, publicJwk } from '../support/attest.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const START = Date.parse('2026-11-18T08:00:00Z');
/** Made before any request here. */
const EARLIER = '2026-11-18T07:55:00Z';

let answer: Answer;
let asked: number;
let clock: number;
let find: FindKey;
let url: string;
let stop: () => Promise<void>;

const keys = (...names: readonly string[]): Answer => json({ keys: names.map((name) => publicJwk(name)) });
const json =
  (value: unknown): Answer =>
  (_request, response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
const wanted = (kid: string) => ({ alg: 'EdDSA', kid });

beforeEach(async () => {
  asked = 0;
  clock = START;
  const server = createServer((request, response) => {
    asked += 1;
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  url = `http://127.0.0.1:${address.port}/keys`;
  find = createKeyFetcher({ now: () => clock, timeoutMs: 200 })(url);
  stop = () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
});

afterEach(() => stop());

const unavailable = (why: RegExp) => ({
  code: 'issuer-keys-unavailable',
  message: expect.stringMatching(why),
});

describe('a set of keys', () => {
  it('is fetched once for many records, and again after ten minutes', async () => {
    answer = keys('a', 'b');
    const found = await Promise.all(['a', 'b', 'a'].map((kid) => find(wanted(kid), EARLIER)));
    expect(found.every((key) => key?.type === 'public')).toBe(true);
    expect(asked).toBe(1);
    clock += 599_000;
    await find(wanted('a'), EARLIER);
    expect(asked).toBe(1);
    clock += 1_000;
    answer = keys('b');
    expect(await find(wanted('a'), EARLIER)).toBeUndefined();
    expect(asked).toBe(2);
  });

  it('is one for each address, whoever asks', async () => {
    answer = keys('a');
    const fetchKeys = createKeyFetcher({ now: () => clock });
    await fetchKeys(url)(wanted('a'), EARLIER);
    await fetchKeys(url)(wanted('a'), EARLIER);
    expect(asked).toBe(1);
  });

  it('leaves out what is no public key', async () => {
    answer = json({
      keys: [1, null, { kty: 'oct', k: 'AAAA', kid: 'a' }, keyOf('b').export({ format: 'jwk' })],
    });
    expect(await find(wanted('a'), EARLIER)).toBeUndefined();
    expect(await find({ alg: 'EdDSA', kid: undefined }, EARLIER)).toBeUndefined();
  });
});

describe('keys that change', () => {
  it('are found by a record that was signed with the new one', async () => {
    answer = keys('old');
    await find(wanted('old'), EARLIER);
    clock += 60_000;
    answer = keys('old', 'new');
    expect(await find(wanted('new'), new Date(clock).toISOString())).toBeDefined();
    expect(asked).toBe(2);
  });

  it('make a record wait that may be signed with one published since', async () => {
    answer = keys('old');
    await find(wanted('old'), EARLIER);
    clock += 30_000;
    answer = keys('old', 'new');
    const made = new Date(clock).toISOString();
    await expect(find(wanted('new'), made)).rejects.toMatchObject(unavailable(/less than a minute ago/));
    clock += 30_000;
    expect(await find(wanted('new'), made)).toBeDefined();
  });

  it('are asked for at most once a minute, whatever ids are made up', async () => {
    answer = keys('a');
    for (let second = 0; second < 180; second += 1) {
      expect(await find(wanted(`made-up-${second}`), EARLIER)).toBeUndefined();
      clock += 1_000;
    }
    expect(asked).toBe(3);
  });
});

describe('a server that gives no keys', () => {
  it.each<[string, Answer, RegExp]>([
    ['fails', (_request, response) => response.writeHead(500).end(), /the answer is 500/],
    ['is slow', () => undefined, /timeout|aborted/],
    [
      'begins and does not end',
      (_request, response) => void response.writeHead(200).write('{"keys":['),
      /timeout|aborted|terminated/,
    ],
    [
      'is huge',
      (_request, response) => response.writeHead(200).end('x'.repeat(300_000)),
      /longer than 262144/,
    ],
    ['sends no JSON', (_request, response) => response.end('<html>'), /no JSON/],
    ['sends no set', json({ key: publicJwk('a') }), /no key set/],
    ['sends too many', json({ keys: Array.from({ length: 1001 }, () => 0) }), /no key set/],
    [
      'sends elsewhere',
      (_request, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
      /fetch failed|redirect/,
    ],
    ['hangs up', (_request, response) => void response.destroy(), /fetch failed|socket/],
  ])('because it %s makes records wait', async (_name, given, why) => {
    answer = given;
    await expect(find(wanted('a'), EARLIER)).rejects.toMatchObject(unavailable(why));
    // Not asked again at once, and then in vain no longer.
    await expect(find(wanted('a'), EARLIER)).rejects.toMatchObject({ code: 'issuer-keys-unavailable' });
    expect(asked).toBe(1);
    clock += 5_000;
    answer = keys('a');
    expect(await find(wanted('a'), EARLIER)).toBeDefined();
  });

  it('because it is down makes records wait', async () => {
    await stop();
    await expect(find(wanted('a'), EARLIER)).rejects.toMatchObject(unavailable(/fetch failed/));
  });

  it('makes records wait whose key was known too long ago', async () => {
    answer = keys('a');
    await find(wanted('a'), EARLIER);
    clock += 600_000;
    answer = (_request, response) => response.writeHead(503).end();
    await expect(find(wanted('a'), EARLIER)).rejects.toMatchObject(unavailable(/503/));
  });
});
