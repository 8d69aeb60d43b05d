/** Each way in which a proof proves nothing, and that nothing else but the record it is over is ever proven. */
import { isDeepStrictEqual } from 'node:util';
import { createHmac, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Approval } from '../../schemas/approval.ts';
import type { Credential } from '../../shared/attest/attestation.ts';
import { canonicalRecord } from '../../shared/attest/canonical-record.ts';
import { boundAudience, SIGNATURE_TYPE, verify } from '../../shared/attest/verify.ts';
import { approvals } from '../../shared/sources/approvals/index.ts';
import { approval } from '../sources/approvals/samples.ts';
import {
  AUDIENCE,
  CHANGES,
  claimsFor,
  GITHUB,
  GITLAB,
  ISSUERS,
  keyOf,
  keyringOf,
  proven,
  publicJwk,
  signature,
  token,
} from '../support/attest.ts';

const RECORD = approval();
const KEYRING = keyringOf();
const credential = (proof: string, over: Partial<Credential> = {}): Credential => ({
  token: proof,
  record: canonicalRecord(RECORD),
  time: RECORD.time,
  use: 'approvals',
  ...over,
});
const reasonOf = async (proof: string, over?: Partial<Credential>, keyring = KEYRING): Promise<string> => {
  const attestation = await verify(credential(proof, over), keyring);
  return attestation.kind === 'verified' ? `verified: ${attestation.covers}` : attestation.reason;
};
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
/** Seconds of the record's time, and so many more. */
const seconds = (more = 0): number => Date.parse(RECORD.time) / 1000 + more;
const byToken = (over = {}, signing = {}): string => token(claimsFor(RECORD, over), signing);

describe('a signature', () => {
  it('of any of the issuer’s keys proves the record', async () => {
    expect(await verify(credential(signature(RECORD)), KEYRING)).toEqual({
      kind: 'verified',
      issuer: 'changes',
      subject: undefined,
      keyId: 'changes-1',
      covers: 'content',
      claims: {},
      vouchesForOthers: true,
    });
    expect(await reasonOf(signature(RECORD, { key: 'changes-2' }))).toBe('verified: content');
  });

  it.each([
    ['over another record', signature(approval({ uses: 2 })), 'signature-wrong'],
    [
      'by a stranger’s key',
      signature(RECORD, { key: 'stranger', header: { kid: 'changes-1' } }),
      'signature-wrong',
    ],
    [
      'by the other key under this id',
      signature(RECORD, { key: 'changes-2', header: { kid: 'changes-1' } }),
      'signature-wrong',
    ],
    [
      'by another issuer’s key',
      signature(RECORD, { key: 'google', header: { kid: 'google' } }),
      'key-unknown',
    ],
    [
      'that does not say by which of two keys',
      signature(RECORD, { header: { kid: undefined } }),
      'key-unknown',
    ],
    [
      'with a key of its own',
      signature(RECORD, { key: 'stranger', header: { jwk: publicJwk('stranger') } }),
      'key-unknown',
    ],
    [
      'of an issuer nobody declared',
      signature(RECORD, { header: { iss: 'https://evil.example.com' } }),
      'issuer-unknown',
    ],
    ['without issuer', signature(RECORD, { header: { iss: undefined } }), 'malformed'],
    ['of another type', signature(RECORD, { header: { typ: 'JWT' } }), 'malformed'],
    ['with an extension nobody knows', signature(RECORD, { header: { crit: ['x'], x: 1 } }), 'malformed'],
    ['with its bytes unencoded', signature(RECORD, { header: { crit: ['b64'], b64: false } }), 'malformed'],
    ['that is no JWS', 'hello', 'malformed'],
    ['with too many parts', `${signature(RECORD)}.x`, 'malformed'],
    ['whose header is no JSON', `aGVsbG8..${'A'.repeat(86)}`, 'malformed'],
    ['whose signature is no base64', signature(RECORD).replace(/[^.]+$/, 'A_A-A'), 'malformed'],
  ])('%s proves nothing', async (_name, proof, reason) => {
    expect(await reasonOf(proof)).toBe(reason);
  });

  it('by a key that is not for signing this way proves nothing', async () => {
    const [changes] = ISSUERS;
    const only = keyringOf([{ ...changes, jwks: { keys: [publicJwk('changes-1', { use: 'enc' })] } }]);
    expect(await reasonOf(signature(RECORD), {}, only)).toBe('key-unknown');
  });
});

describe('algorithms', () => {
  const header = (alg: string): string =>
    encode({ alg, typ: SIGNATURE_TYPE, iss: CHANGES, kid: 'changes-1' });
  const payload = Buffer.from(canonicalRecord(RECORD)).toString('base64url');

  it.each(['none', 'None', 'HS256', 'HS512', 'RSA-OAEP', '', 'constructor'])('%s is refused', async (alg) => {
    expect(await reasonOf(`${header(alg)}..`)).toBe('algorithm-not-allowed');
  });

  it('a public key is no shared secret', async () => {
    const pem = createPublicKey(keyOf('changes-1')).export({ type: 'spki', format: 'pem' });
    const said = header('HS256');
    const mac = createHmac('sha256', pem).update(`${said}.${payload}`).digest('base64url');
    expect(await reasonOf(`${said}..${mac}`)).toBe('algorithm-not-allowed');
  });

  it.each([
    ['RS256', generateKeyPairSync('rsa', { modulusLength: 2048 }), 'sha256'],
    ['ES256', generateKeyPairSync('ec', { namedCurve: 'P-256' }), 'sha256'],
    ['ES384', generateKeyPairSync('ec', { namedCurve: 'P-384' }), 'sha384'],
  ] as const)('%s is taken, and only as the key’s own', async (alg, { publicKey, privateKey }, digest) => {
    const [changes] = ISSUERS;
    const keyring = keyringOf([
      { ...changes, jwks: { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'changes-1' }] } },
    ]);
    const signed = (name: string): string => {
      const input = `${header(name)}.${payload}`;
      const made = sign(digest, Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' });
      return `${header(name)}..${made.toString('base64url')}`;
    };
    expect(await reasonOf(signed(alg), {}, keyring)).toBe('verified: content');
    expect(await reasonOf(signed('EdDSA'), {}, keyring)).toBe('key-unknown');
  });
});

describe('a token', () => {
  it('that names the record proves it', async () => {
    expect(await verify(credential(byToken()), KEYRING)).toMatchObject({
      kind: 'verified',
      issuer: 'people',
      subject: '110169484474386276334',
      covers: 'content',
      claims: { email: 'li.wei@example.com' },
      vouchesForOthers: false,
    });
  });

  it.each([
    ['for somebody else', byToken({ aud: 'https://other.example.com' }), 'audience-wrong'],
    ['without audience', byToken({ aud: undefined }), 'audience-wrong'],
    ['with an audience of another type', byToken({ aud: { [AUDIENCE]: true } }), 'audience-wrong'],
    ['for us and no record', byToken({ aud: AUDIENCE }), 'not-bound-to-record'],
    ['for another record', byToken({ aud: boundAudience(AUDIENCE, 'x') }), 'content-differs'],
    ['that ended before the record was made', byToken({ iat: seconds(-900), exp: seconds(-1) }), 'expired'],
    ['that ends as the record is made', byToken({ exp: seconds() }), 'expired'],
    ['issued long after the record', byToken({ iat: seconds(301), exp: seconds(900) }), 'not-yet-valid'],
    ['valid long after the record', byToken({ nbf: seconds(301) }), 'not-yet-valid'],
    ['without end', byToken({ exp: undefined }), 'malformed'],
    ['with an end that is text', byToken({ exp: String(seconds(300)) }), 'malformed'],
    ['without time', byToken({ iat: undefined }), 'malformed'],
    ['without subject', byToken({ sub: undefined }), 'malformed'],
    ['without issuer', byToken({ iss: undefined }), 'malformed'],
    ['of an issuer nobody declared', byToken({ iss: 'https://evil.example.com' }), 'issuer-unknown'],
    ['of an issuer for other records', byToken({ iss: GITHUB }, { key: 'github' }), 'issuer-not-for-this'],
    ['of a declared issuer by another’s key', byToken({ iss: GITLAB }), 'key-unknown'],
    [
      'by another’s key under the issuer’s id',
      byToken({ iss: GITLAB }, { header: { kid: 'gitlab' } }),
      'signature-wrong',
    ],
    [
      'of an issuer that takes signatures only',
      byToken({ iss: CHANGES }, { key: 'changes-1' }),
      'audience-wrong',
    ],
  ])('%s proves nothing', async (_name, proof, reason) => {
    expect(await reasonOf(proof)).toBe(reason);
  });

  it('is read at the record’s time and never at another', async () => {
    expect(await reasonOf(byToken({ iat: seconds(300), exp: seconds(301) }))).toBe('verified: content');
    expect(await reasonOf(byToken({ iat: seconds(-3600), exp: seconds(1) }))).toBe('verified: content');
  });

  it('among several audiences is taken where one is the record’s', async () => {
    const bound = boundAudience(AUDIENCE, canonicalRecord(RECORD));
    expect(await reasonOf(byToken({ aud: ['https://other.example.com', bound] }))).toBe('verified: content');
  });

  it('without a record covers its publisher, where the issuer is declared so', async () => {
    const proof = byToken({ iss: GITLAB, aud: AUDIENCE }, { key: 'gitlab' });
    expect(await reasonOf(proof)).toBe('verified: publisher');
    expect(await reasonOf(proof, { record: 'another' })).toBe('verified: publisher');
    expect(await reasonOf(byToken({ iss: GITLAB }, { key: 'gitlab' }), { record: 'another' })).toBe(
      'content-differs',
    );
  });

  it('needs every claim that its issuer is declared with', async () => {
    const claims = { iss: GITHUB, repository: 'shop/etl', ref: 'refs/heads/main' };
    const ask = (over: object): Promise<string> =>
      reasonOf(byToken({ ...claims, ...over }, { key: 'github' }), { use: 'deployments' });
    expect(await ask({})).toBe('verified: content');
    expect(await ask({ repository: 'shop/models' })).toBe('verified: content');
    expect(await ask({ repository: 'intruder/etl' })).toBe('issuer-not-for-this');
    expect(await ask({ repository: ['shop/etl'] })).toBe('issuer-not-for-this');
    expect(await ask({ ref: undefined })).toBe('issuer-not-for-this');
  });

  it('is asked of every declaration of its issuer', async () => {
    const [, github] = ISSUERS;
    const models = {
      ...github,
      id: 'github-models',
      attests: ['approvals'],
      claims: { repository: 'shop/models' },
    };
    const keyring = keyringOf([...ISSUERS, models]);
    const ask = (repository: string): Promise<string> =>
      reasonOf(byToken({ iss: GITHUB, repository, ref: 'refs/heads/main' }, { key: 'github' }), {}, keyring);
    expect(await ask('shop/models')).toBe('verified: content');
    expect(await ask('shop/etl')).toBe('issuer-not-for-this');
  });
});

describe('whatever is changed', () => {
  const proofs = [signature(RECORD), byToken()];
  const credentialFor = (event: unknown): Credential | undefined => {
    const entry = approvals.adopt?.({ kind: 'json', value: event as Readonly<Record<string, unknown>> });
    return entry === undefined ? undefined : approvals.credential?.(entry);
  };

  it('in a proven record, it is not proven any more', async () => {
    const places: readonly (readonly string[])[] = [
      ['id'],
      ['source'],
      ['time'],
      ...Object.keys(RECORD.data).map((key) => ['data', key]),
      ...Object.keys(RECORD.data.what).map((key) => ['data', 'what', key]),
    ];
    const other: Approval = approval(
      {
        id: 'CHG-1',
        decision: 'revoked',
        approver: 'eve@example.com',
        requestedBy: 'eve@example.com',
        for: 'eve@example.com',
        what: {
          actions: ['data.delete'],
          job: 'x',
          specDigest: '0'.repeat(64),
          datasets: ['gs://x/y'],
          environment: 'dev',
        },
        notBefore: '2020-01-01T00:00:00Z',
        until: '2030-01-01T00:00:00Z',
        uses: 99,
        ticket: 'x',
        link: 'https://x.example.com/',
        reason: 'x',
      },
      { id: 'x', source: 'https://x.example.com', time: '2026-11-18T07:55:01Z' },
    );
    let judged = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...proofs),
        fc.constantFrom(...places),
        fc.oneof(fc.constant('as in another record'), fc.jsonValue(), fc.constant(undefined)),
        async (proof, place, value) => {
          const put = value === 'as in another record' ? valueAt(other, place) : value;
          const given = credentialFor(withValue(proven(RECORD, proof), place, put));
          if (given === undefined || given.record === canonicalRecord(RECORD)) return;
          judged += 1;
          expect((await verify(given, KEYRING)).kind).toBe('unverified');
        },
      ),
      { numRuns: 1000 },
    );
    expect(judged).toBeGreaterThan(200);
  });

  it('in a proof, it proves nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...proofs),
        fc.nat(),
        fc.constantFrom('A', 'B', 'w', 'z', '0', '9', '-', '_', '.'),
        async (proof, at, char) => {
          const place = at % proof.length;
          const changed = proof.slice(0, place) + char + proof.slice(place + 1);
          const attestation = await verify(credential(changed), KEYRING);
          // The last character of base64url has bits that mean nothing.
          const same = isDeepStrictEqual(decodedParts(changed), decodedParts(proof));
          expect(same || attestation.kind === 'unverified').toBe(true);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('between two records, neither proof serves the other', async () => {
    const other = canonicalRecord(approval({ decision: 'revoked' }, { id: 'CHG-1042/9' }));
    for (const proof of proofs) {
      expect((await verify(credential(proof, { record: other }), KEYRING)).kind).toBe('unverified');
    }
  });
});

const decodedParts = (proof: string): readonly Buffer[] =>
  proof.split('.').map((part) => Buffer.from(part, 'base64url'));

function valueAt(document: unknown, place: readonly string[]): unknown {
  return place.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined),
    document,
  );
}

function withValue(document: object, [key = '', ...rest]: readonly string[], value: unknown): object {
  const inner: unknown = Reflect.get(document, key);
  const next =
    rest.length > 0 && typeof inner === 'object' && inner !== null ? withValue(inner, rest, value) : value;
  return { ...document, [key]: next };
}
