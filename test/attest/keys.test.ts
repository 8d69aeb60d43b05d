/** Which keys a configuration may hold. */
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Config } from '../../schemas/config.ts';
import { createKeyring, fetchesNothing } from '../../shared/attest/keys.ts';
import { parseConfig } from '../../shared/config/parse.ts';
import { CHANGES, keyOf, publicJwk } from '../support/attest.ts';

const issuer = (over: object): object => ({
  id: 'changes',
  issuer: CHANGES,
  attests: ['approvals'],
  ...over,
});
const load = (...issuers: readonly object[]): unknown =>
  parseConfig(JSON.stringify({ issuers }, null, 1), 'jobtrail.yaml');
const keyring = (...issuers: readonly object[]): unknown =>
  createKeyring(Config.parse({ issuers }).issuers, fetchesNothing);

describe('the configuration refuses', () => {
  const secret = keyOf('changes-1').export({ format: 'jwk' });
  it.each([
    [
      'private keys',
      issuer({ jwks: { keys: [secret] } }),
      /jobtrail\.yaml:\d+: issuers\.0\.jwks\.keys\.0: this is a private key/,
    ],
    [
      'shared secrets',
      issuer({ jwks: { keys: [{ kty: 'oct', k: 'c2VjcmV0' }] } }),
      /shared secrets prove nothing/,
    ],
    ['no keys', issuer({}), /either jwks or jwksUri/],
    [
      'two places of keys',
      issuer({ jwks: { keys: [publicJwk('a')] }, jwksUri: 'https://a.example.com' }),
      /either jwks or jwksUri/,
    ],
    ['keys that come in the clear', issuer({ jwksUri: 'http://changes.example.com/keys' }), /expected https/],
    [
      'a host that only begins like this one',
      issuer({ jwksUri: 'http://localhost.example.com/' }),
      /expected https/,
    ],
    [
      'claims without an audience',
      issuer({ jwksUri: 'https://a.example.com', claims: { a: 'b' } }),
      /taken for an audience only/,
    ],
    [
      'unbound tokens that speak for anybody',
      issuer({ jwksUri: 'https://a.example.com', audience: 'a', unboundTokens: true, vouchesFor: 'others' }),
      /issuers\.0\.vouchesFor: whoever sees an unbound token/,
    ],
  ])('%s', (_name, declared, problem) => {
    expect(() => load(declared)).toThrow(problem);
  });

  it('takes keys from this machine in the clear', () => {
    expect(() => load(issuer({ jwksUri: 'http://127.0.0.1:8080/keys' }))).not.toThrow();
  });
});

describe('the keyring refuses', () => {
  it('keys that cannot verify anything, all at once', () => {
    const short = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' });
    const broken = { ...publicJwk('a'), x: 'AAAA' };
    expect(() => keyring(issuer({ jwks: { keys: [short, broken] } }))).toThrow(
      /2 problems:\n {2}issuers: changes: jwks\.keys\.0: an RSA key of 1024 bits.*\n {2}issuers: changes: jwks\.keys\.1: no public key/,
    );
  });

  it('two issuers of one id', () => {
    const one = issuer({ jwks: { keys: [publicJwk('a')] } });
    expect(() => keyring(one, one)).toThrow(/changes is declared twice/);
  });
});
