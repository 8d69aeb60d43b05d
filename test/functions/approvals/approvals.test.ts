/** Approvals over HTTP and Pub/Sub, in every form that they are published in, with keys from a server of their issuer. */
import { createServer, type Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { receiveRecords } from '../../../functions/runtime/receive-records.ts';
import type { Approval } from '../../../schemas/approval.ts';
import { createKeyFetcher } from '../../../shared/attest/fetched-keys.ts';
import { parseConfig } from '../../../shared/config/parse.ts';
import { approvals } from '../../../shared/sources/approvals/index.ts';
import { expectLedgerHolds, factsOf } from '../../pipeline/facts.ts';
import { approval } from '../../sources/approvals/samples.ts';
import { ISSUERS, proven, publicJwk, signature } from '../../support/attest.ts';
import { freshStore, post, pushed } from '../service.ts';

const { store, start } = freshStore();
const LOADED = parseConfig(JSON.stringify({ issuers: ISSUERS }), 'jobtrail.yaml');
const serveApprovals = (loaded = LOADED) =>
  start({
    source: approvals,
    receive: receiveRecords,
    loaded,
    fetchKeys: createKeyFetcher({ now: Date.now, timeoutMs: 300 }),
  });

const SIGNED = proven(approval(), signature(approval()));
const stored = async () =>
  (await factsOf(store())).Events.map(({ Provenance, Actor, ActorProof, Claims }) => ({
    Provenance,
    Actor,
    ActorProof,
    unverified: (JSON.parse(String(Claims)) as Record<string, unknown>)['unverified'],
  }));
const VERIFIED = {
  Provenance: 'signed',
  Actor: 'user:google:li.wei@example.com',
  ActorProof: 'credential',
  unverified: undefined,
};

/** Attributes and body of binary mode. */
function binary({ data, ...attributes }: Approval): { headers: Record<string, string>; body: string } {
  const headers = Object.entries(attributes).map(([name, value]) => [`ce-${name}`, value]);
  return { headers: Object.fromEntries(headers), body: JSON.stringify(data, null, 2) };
}

describe('one approval', () => {
  it('is one event in every form it is published in', async () => {
    const { url } = await serveApprovals();
    const text = JSON.stringify(SIGNED);
    const { headers, body } = binary(SIGNED);
    const inPubsub = JSON.stringify({
      message: { data: Buffer.from(body).toString('base64'), attributes: headers, messageId: '9' },
      subscription: 's',
    });
    const structured = { 'content-type': 'application/cloudevents+json' };
    const answers = [
      await post(url, pushed({ data: text })),
      await post(url, inPubsub),
      await post(url, text, structured),
      await post(url, JSON.stringify({ ...SIGNED, traceparent: '00-a-b-01' }, null, 2), structured),
      await post(url, `[${text},${text}]`, { 'content-type': 'application/cloudevents-batch+json' }),
      await post(url, body, headers),
    ];
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 204));
    const events = await stored();
    expect(events).toEqual([VERIFIED]);
    await expectLedgerHolds(store(), await factsOf(store()));
  });

  it('is an edge from each of its datasets, and no access to them', async () => {
    const { url } = await serveApprovals();
    await post(url, pushed({ data: JSON.stringify(SIGNED) }));
    const { Edges, Events } = await factsOf(store());
    expect(Edges.map(({ Node, Op, JobId, Actor, Strength }) => [Node, Op, JobId, Actor, Strength])).toEqual([
      [
        'bigquery:shop-prod.marts.orders',
        'approve',
        'dataproc:shop-prod/europe-west1/batch/nightly-orders',
        VERIFIED.Actor,
        'declared',
      ],
      [
        'gs://shop-marts/orders',
        'approve',
        'dataproc:shop-prod/europe-west1/batch/nightly-orders',
        VERIFIED.Actor,
        'declared',
      ],
    ]);
    expect(Events[0]).toMatchObject({ Action: 'grant.approve', Reads: null, Writes: null, Uses: null });
  });

  it('is proven beside a copy that is not, whichever came first', async () => {
    const { url } = await serveApprovals();
    const forged = { ...SIGNED, data: { ...SIGNED.data, uses: 1000 } };
    for (const event of [approval(), forged, SIGNED])
      await post(url, pushed({ data: JSON.stringify(event) }));
    const claimed = {
      Provenance: 'tenant',
      Actor: 'user:named/approval:li.wei@example.com',
      ActorProof: 'none',
    };
    const events = await stored();
    expect(events).toHaveLength(3);
    expect(events).toEqual(
      expect.arrayContaining([
        VERIFIED,
        { ...claimed, unverified: 'no-proof' },
        { ...claimed, unverified: 'signature-wrong' },
      ]),
    );
  });

  it('keeps its signature in the raw text, where it can be verified again', async () => {
    const { url } = await serveApprovals();
    await post(url, pushed({ data: JSON.stringify(SIGNED) }));
    const { Events } = await factsOf(store());
    expect(JSON.parse(String(Events[0]?.['Raw']))).toEqual(SIGNED);
  });
});

describe('what is no approval', () => {
  it('is quarantined with its reason', async () => {
    const { url } = await serveApprovals();
    const bodies = [
      JSON.stringify({ ...SIGNED, data: { ...SIGNED.data, decision: 'maybe' } }),
      JSON.stringify({ ...SIGNED, type: 'jobtrail.approval.v9' }),
      JSON.stringify({ logName: 'jobtrail/approvals', timestamp: SIGNED.time, jsonPayload: SIGNED }),
    ];
    for (const body of bodies) expect((await post(url, body)).status).toBe(204);
    expect((await post(url, pushed({ data: bodies[2] ?? '' }))).status).toBe(204);
    const { Events, Quarantine } = await factsOf(store());
    expect(Events).toHaveLength(0);
    expect(Quarantine.map(({ Reason }) => String(Reason)).toSorted()).toEqual([
      'envelope-shape',
      'payload-shape',
      'payload-shape',
    ]);
  });
});

describe('keys from the issuer', () => {
  let server: Server | undefined;
  afterEach(async () => {
    server?.closeAllConnections();
    await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
    server = undefined;
  });

  async function keyServer(answer: () => { status: number; body: string }, port = 0): Promise<number> {
    server = createServer((_request, response) => {
      const { status, body } = answer();
      response.writeHead(status).end(body);
    });
    await new Promise<void>((resolve) => server?.listen(port, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
    return address.port;
  }

  const configOf = (port: number) => {
    const { jwks: _, ...changes } = ISSUERS[0];
    const issuer = { ...changes, jwksUri: `http://127.0.0.1:${port}/keys` };
    return parseConfig(JSON.stringify({ issuers: [issuer] }), 'jobtrail.yaml');
  };

  it('prove as written ones do', async () => {
    const port = await keyServer(() => ({
      status: 200,
      body: JSON.stringify({ keys: [publicJwk('changes-1')] }),
    }));
    const { url } = await serveApprovals(configOf(port));
    expect((await post(url, pushed({ data: JSON.stringify(SIGNED) }))).status).toBe(204);
    expect(await stored()).toEqual([VERIFIED]);
  });

  it('are waited for with 503 and nothing stored while they cannot be had', async () => {
    const port = await keyServer(() => ({ status: 500, body: '' }));
    const { url, log } = await serveApprovals(configOf(port));
    for (const body of [pushed({ data: JSON.stringify(SIGNED) }), JSON.stringify(SIGNED)]) {
      const answer = await post(url, body);
      expect(answer).toMatchObject({ status: 503, text: 'issuer-keys-unavailable\n' });
    }
    expect(log.at(-1)).toMatchObject({ severity: 'ERROR', code: 'issuer-keys-unavailable' });
    const facts = await factsOf(store());
    expect([facts.Events, facts.Quarantine].flat()).toHaveLength(0);
    // What needs no keys is not held up.
    expect((await post(url, pushed({ data: JSON.stringify(approval()) }))).status).toBe(204);
  });
});
