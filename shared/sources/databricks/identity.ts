/** Who an audit event names: its user, on whose behalf, and as whom the work runs. */
import type { Claim, DelegationLink, IdentityClaims } from '../../identity/claims.ts';
import type { Action, Outcome } from '../../model/event.ts';
import { anyOf, nested, scalar, type AuditRecord } from './record.ts';

type Proof = Extract<Claim, { kind: 'databricks' }>['proof'];

const REALM = 'databricks';
/** Stands in `email` where the platform knows nobody. */
const NOBODY = 'unknown';
/** Ways to sign in, in lower case, by what they prove; the others end in an access token of the platform. */
const SIGN_IN: ReadonlyMap<string, Proof> = new Map([
  ['tokenlogin', 'static-key'],
  ['passwordverifyauthentication', 'password'],
  ['samllogin', 'oidc'],
  ['jwtlogin', 'oidc'],
  ['oidcbrowserlogin', 'oidc'],
  ['aadbrowserlogin', 'oidc'],
  ['aadtokenlogin', 'oidc'],
]);

export function identityOf(record: AuditRecord, action: Action, outcome: Outcome): IdentityClaims {
  const signIn = action === 'login';
  // A refused sign-in names whom somebody claimed to be.
  const proven = record.status !== 401 && !(signIn && (outcome === 'denied' || outcome === 'failed'));
  const name = nameOf(record.email) ?? (signIn ? scalar(record.params, 'user') : undefined);
  const identity: { -readonly [K in keyof IdentityClaims]: IdentityClaims[K] } = {};
  if (name === undefined) identity.absent = proven ? 'not-recorded' : 'unauthenticated';
  else identity.caller = proven ? databricks(name, proofOf(record)) : { kind: 'named', name, realm: REALM };
  const runBy = nameOf(record.runBy);
  if (runBy !== undefined && runBy !== name) {
    const link: DelegationLink = { claim: databricks(runBy, 'oauth'), recordedBy: 'runBy' };
    identity.delegation = [link];
  }
  const runAs = nameOf(record.runAs) ?? requestedRunAs(record);
  if (runAs !== undefined) identity.runAs = databricks(runAs, 'oauth');
  return identity;
}

const nameOf = (text: string | undefined): string | undefined => (text === NOBODY ? undefined : text);

const databricks = (name: string, proof: Proof): Claim => ({ kind: 'databricks', name, proof });

function proofOf(record: AuditRecord): Proof {
  const byAction = SIGN_IN.get(record.action.toLowerCase());
  if (byAction !== undefined) return byAction;
  const method = scalar(record.params, 'authentication_method');
  if (method === 'TOKEN') return 'static-key';
  return method === 'BROWSER_BYO_IDP_SAML' ? 'oidc' : 'oauth';
}

/** Whom the definition of a job, or new settings for one, name to run as. */
function requestedRunAs(record: AuditRecord): string | undefined {
  if (record.service.toLowerCase() !== 'jobs') return undefined;
  const settings = nested(record.params, 'new_settings');
  for (const from of [record.params, settings]) {
    const named =
      anyOf(from, 'run_as_user_name') ?? anyOf(nested(from, 'run_as'), 'service_principal_name', 'user_name');
    if (named !== undefined) return named;
  }
  return undefined;
}
