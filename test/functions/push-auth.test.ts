/** Verified by the library that verifies Google's tokens. */
import { describe, expect, it } from 'vitest';
import { createPushAuth } from '../../functions/runtime/push-auth.ts';
import { ACCOUNT, AUDIENCE, certificates, STRANGER, token } from './tokens.ts';

const auth = createPushAuth({ kind: 'self', audience: AUDIENCE, serviceAccount: ACCOUNT }, certificates);

describe('push token, checked by the function itself', () => {
  it('lets the subscription in', async () => {
    await expect(auth.check(`Bearer ${token()}`)).resolves.toBeUndefined();
  });

  it.each([
    ['no header', undefined],
    ['no bearer', token()],
    ['another audience', `Bearer ${token({ aud: 'https://other.example.com/' })}`],
    ['another issuer', `Bearer ${token({ iss: 'https://issuer.example.com' })}`],
    ['another service account', `Bearer ${token({ email: 'x@acme-audit.iam.gserviceaccount.com' })}`],
    ['an e-mail that is not verified', `Bearer ${token({ email_verified: false })}`],
    ['an expired token', `Bearer ${token({ iat: 1000, exp: 2000 })}`],
    ['another key', `Bearer ${token({}, STRANGER)}`],
    ['garbage', 'Bearer a.b.c'],
    ['a flood', `Bearer ${'a'.repeat(100_000)}`],
  ])('refuses %s', async (_name, header) => {
    await expect(auth.check(header)).rejects.toMatchObject({ code: 'push-unauthenticated' });
  });
});
