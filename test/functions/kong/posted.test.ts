/** Kong's http-log plugin and Konnect's webhook at the function's endpoint. */
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { keepGzipBodies } from '../../../functions/kong/content-encoding.ts';
import { parseSecrets } from '../../../functions/kong/secrets.ts';
import { createPushAuth } from '../../../functions/runtime/push-auth.ts';
import { JobtrailError } from '../../../shared/errors.ts';
import { kong } from '../../../shared/sources/kong/index.ts';
import type { Store } from '../../../shared/store/store.ts';
import { expectLedgerHolds, factsOf } from '../../pipeline/facts.ts';
import { CEF_LINE, konnectJson, request } from '../../sources/kong/records.ts';
import { freshStore, post, pushed, type Service } from '../service.ts';
import { ACCOUNT, AUDIENCE, certificates, token } from '../tokens.ts';

const SECRET = 'k7Jx0b4mR2vQ9tLw3ZpN8sYd5HfGc1Ua';
const OLD_SECRET = 'a'.repeat(32);
const knowsSender = parseSecrets({
  JOBTRAIL_KONG_SECRETS: `${SECRET}, ${OLD_SECRET}`,
  JOBTRAIL_PUSH_AUTH: 'self',
});
const auth = createPushAuth({ kind: 'self', audience: AUDIENCE, serviceAccount: ACCOUNT }, certificates);

const { store, start, before } = freshStore();
const endpoint = (of?: Store): Promise<Service> =>
  start({ source: kong, auth, knowsSender, ...(of === undefined ? {} : { store: of }) });
const key = { 'x-jobtrail-key': SECRET };
const records = (count: number): object[] =>
  Array.from({ length: count }, (_, i) => request({ started_at: 1_726_783_839_538 + i }));
const eventsOf = async (): Promise<readonly unknown[]> => (await factsOf(store())).Events;

keepGzipBodies();

describe('a posted record', () => {
  it('is stored, alone and in an array, and once however often it is sent', async () => {
    const { url } = await endpoint();
    const [first, ...more] = records(3);
    expect(await post(url, JSON.stringify(first), key)).toMatchObject({ status: 204 });
    expect(await post(url, JSON.stringify([first, ...more]), key)).toMatchObject({ status: 204 });
    expect(await post(url, JSON.stringify([first, ...more]), key)).toMatchObject({ status: 204 });
    expect(await eventsOf()).toHaveLength(3);
    expect(await expectLedgerHolds(store(), await factsOf(store()))).toMatchObject({
      received: 7,
      stored: 3,
      duplicate: 4,
    });
  });

  it.each(['application/gzip', 'gzip', undefined])(
    'of Konnect comes as lines of gzip (%s)',
    async (encoding) => {
      const { url } = await endpoint();
      const body = gzipSync(`${konnectJson()}\n${CEF_LINE}\n`);
      const headers = {
        'content-type': 'text/plain',
        authorization: `Bearer ${SECRET}`,
        ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
      };
      expect(await post(url, body, headers)).toMatchObject({ status: 204 });
      const traces = (await factsOf(store())).Events.map((row) => String(row['Trace']));
      expect(new Set(traces)).toEqual(new Set(['3959872677347089807', '6891110586028963295']));
    },
  );

  it('is one of many, each commit of bounded size', async () => {
    const { url } = await endpoint();
    expect(await post(url, JSON.stringify(records(1200)), key)).toMatchObject({ status: 204 });
    expect(await eventsOf()).toHaveLength(1200);
    expect((await Array.fromAsync(store().scan('Receipts'))).length).toBeGreaterThan(1);
  });

  it('that is none ends in quarantine, its neighbours do not', async () => {
    const { url, log } = await endpoint();
    const body = `${JSON.stringify(request())}\n{"cut":\n${CEF_LINE}\n`;
    expect(await post(url, gzipSync(body), { ...key, 'content-type': 'text/plain' })).toMatchObject({
      status: 204,
    });
    expect(await post(url, '', { ...key, 'content-type': 'text/plain' })).toMatchObject({ status: 204 });
    const { Events, Quarantine } = await factsOf(store());
    expect(Events).toHaveLength(2);
    expect(new Set(Quarantine.map((row) => row['Reason']))).toEqual(
      new Set(['data-empty', 'entry-not-json']),
    );
    expect(log.map(({ message }) => message)).toEqual(['entry quarantined', 'entry quarantined']);
  });

  it('is not acknowledged while the store is away', async () => {
    let away = true;
    const { url } = await endpoint(
      before(() => {
        if (away) throw new JobtrailError('store-unavailable', 'Spanner is away', 'wait');
      }),
    );
    expect(await post(url, JSON.stringify(request()), key)).toMatchObject({ status: 503 });
    away = false;
    expect(await post(url, JSON.stringify(request()), key)).toMatchObject({ status: 204 });
    expect(await eventsOf()).toHaveLength(1);
  });

  it('that names a log is not believed: only Cloud Logging makes a log name true', async () => {
    const { url } = await endpoint();
    const forged = {
      logName: 'projects/acme-gateway/logs/stdout',
      insertId: 'x',
      timestamp: '2026-03-02T09:00:00Z',
      jsonPayload: request(),
    };
    expect(await post(url, JSON.stringify(forged), key)).toMatchObject({ status: 204 });
    expect(await post(url, pushed({ data: JSON.stringify(forged) }), key)).toMatchObject({ status: 204 });
    const { Events, Quarantine } = await factsOf(store());
    expect(Events).toHaveLength(0);
    // One row: what a message wraps are the same bytes.
    expect(Quarantine.map((row) => row['Reason'])).toEqual(['entry-shape']);
  });
});

describe('who may post', () => {
  const body = JSON.stringify(request());

  it.each([
    ['nobody', {}],
    ['a guess', { 'x-jobtrail-key': 'b'.repeat(32) }],
    ['a part of the secret', { 'x-jobtrail-key': SECRET.slice(0, -1) }],
    ['a longer one', { authorization: `Bearer ${SECRET}x` }],
    ['both secrets in one', { 'x-jobtrail-key': `${SECRET}, ${OLD_SECRET}` }],
    ['none', { 'x-jobtrail-key': '' }],
  ])('not %s', async (_who, headers: Record<string, string>) => {
    const { url } = await endpoint();
    expect(await post(url, body, headers)).toMatchObject({ status: 401, text: 'push-unauthenticated\n' });
    expect(await eventsOf()).toHaveLength(0);
  });

  it.each([
    { 'x-jobtrail-key': OLD_SECRET },
    { authorization: SECRET },
    { authorization: `Bearer ${SECRET}` },
  ])('%j', async (headers) => {
    const { url } = await endpoint();
    expect(await post(url, body, headers as Record<string, string>)).toMatchObject({ status: 204 });
    expect(await eventsOf()).toHaveLength(1);
  });

  it('and the subscription, by its token, for messages', async () => {
    const { url } = await endpoint();
    const entry = {
      logName: 'projects/acme-gateway/logs/stdout',
      insertId: 'x',
      timestamp: '2026-03-02T09:00:00Z',
      jsonPayload: request(),
    };
    const headers = { authorization: `Bearer ${token()}` };
    expect(await post(url, pushed({ data: JSON.stringify(entry) }), headers)).toMatchObject({ status: 204 });
    expect(await eventsOf()).toHaveLength(1);
  });
});

describe('JOBTRAIL_KONG_SECRETS', () => {
  const parse = (secrets: string, pushAuth = 'self'): unknown =>
    parseSecrets({ JOBTRAIL_KONG_SECRETS: secrets, JOBTRAIL_PUSH_AUTH: pushAuth });

  it('may be absent: then nobody posts', () => {
    expect(parseSecrets({})).toBeUndefined();
  });

  it.each(['short', 'a'.repeat(31), `${SECRET},`, `${SECRET} ${SECRET}`, Array(5).fill(SECRET).join(',')])(
    '%j is refused',
    (secrets) => {
      expect(() => parse(secrets)).toThrow(/JOBTRAIL_KONG_SECRETS/);
    },
  );

  it('needs a function that checks pushes itself, and tells no secret', () => {
    expect(() => parse(SECRET, 'platform')).toThrow(/JOBTRAIL_PUSH_AUTH=self/);
    expect(() => parse(`${SECRET},weak`)).not.toThrow(SECRET);
  });
});
