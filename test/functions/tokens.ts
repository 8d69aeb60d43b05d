/** Push tokens signed here with keys made here, as Google signs them. */
import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { Certificates } from '../../functions/runtime/push-auth.ts';

const own = generateKeyPairSync('rsa', { modulusLength: 2048 });
/** A key that is none of Google's. */
export const STRANGER = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;

export const AUDIENCE = 'https://istio.example.com/';
export const ACCOUNT = 'pusher@acme-audit.iam.gserviceaccount.com';

export const certificates = (): Promise<Certificates> =>
  Promise.resolve({ k1: own.publicKey.export({ type: 'spki', format: 'pem' }).toString() });

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

export function token(over: Readonly<Record<string, unknown>> = {}, key: KeyObject = own.privateKey): string {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: 'https://accounts.google.com',
    aud: AUDIENCE,
    email: ACCOUNT,
    email_verified: true,
    sub: '1',
    iat: now,
    exp: now + 600,
    ...over,
  };
  const signed = `${encode({ alg: 'RS256', kid: 'k1', typ: 'JWT' })}.${encode(claims)}`;
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(key, 'base64url')}`;
}
