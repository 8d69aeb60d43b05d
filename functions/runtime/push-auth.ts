/**
 * Who may push. A function with internal ingress leaves this to the platform; one told that it is public verifies the
 * OIDC token itself: signature, issuer, audience, expiry, and that it is the subscription's own service account.
 *
 * Threat: whoever can post here can write audit records. A token of another service account of the same project, one
 * for another audience, or one whose e-mail is not verified is refused.
 */
import { OAuth2Client } from 'google-auth-library';
import { JobtrailError, messageOf } from '../../shared/errors.ts';
import type { FunctionEnvironment } from './environment.ts';

const ISSUERS = ['https://accounts.google.com', 'accounts.google.com'];

/** PEM certificates by key id, as Google publishes them. */
export type Certificates = Readonly<Record<string, string>>;

export interface PushAuth {
  readonly kind: 'platform' | 'self';
  /** @throws JobtrailError `push-unauthenticated`. */
  check(authorization: string | undefined): Promise<void>;
}

export const PLATFORM_AUTH: PushAuth = { kind: 'platform', check: () => Promise.resolve() };

export function createPushAuth(
  auth: FunctionEnvironment['pushAuth'],
  certificates?: () => Promise<Certificates>,
): PushAuth {
  if (auth.kind === 'platform') return PLATFORM_AUTH;
  const client = new OAuth2Client();
  const google = async (): Promise<Certificates> =>
    (await client.getFederatedSignonCertsAsync()).certs as Certificates;
  const fetchCertificates = certificates ?? google;
  return {
    kind: 'self',
    async check(authorization) {
      const token = bearer(authorization);
      if (token === undefined) throw refused('no bearer token');
      const certs = await fetchCertificates();
      const claims = await verify(client, token, certs, auth.audience);
      if (claims.email !== auth.serviceAccount || claims.email_verified !== true) {
        throw refused('the token is not of the subscription’s service account');
      }
    },
  };
}

async function verify(
  client: OAuth2Client,
  token: string,
  certs: Certificates,
  audience: string,
): Promise<{ readonly email?: string | undefined; readonly email_verified?: boolean | undefined }> {
  try {
    const ticket = await client.verifySignedJwtWithCertsAsync(token, { ...certs }, audience, ISSUERS);
    return ticket.getPayload() ?? {};
  } catch (error) {
    throw refused(messageOf(error).split(':')[0] ?? 'invalid token');
  }
}

/** Longest token looked at; Google's are under 2 kB. */
const MAX_TOKEN = 16_384;

function bearer(authorization: string | undefined): string | undefined {
  if (authorization === undefined || authorization.length > MAX_TOKEN) return undefined;
  return authorization.slice(0, 7).toLowerCase() === 'bearer ' ? authorization.slice(7).trim() : undefined;
}

function refused(reason: string): JobtrailError {
  return new JobtrailError(
    'push-unauthenticated',
    `The push request was refused: ${reason}.`,
    'Let the push subscription sign as JOBTRAIL_PUSH_SERVICE_ACCOUNT for JOBTRAIL_PUSH_AUDIENCE.',
  );
}
