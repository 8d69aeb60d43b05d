/**
 * The canonical id of a principal, `<kind>:<issuer>:<subject>`: the one place that spells it. The issuer holds no `:`
 * (it is percent-encoded there), so the three parts never run into each other and two principals never share an id.
 * The table of issuers is docs/identity.md's.
 */
import { hash } from 'node:crypto';
import { PRINCIPAL_KINDS } from '../../model/principal.ts';
import type { Principal, PrincipalId, PrincipalKind } from '../../model/principal.ts';

/** Who it is, before it is told what proved it. */
export type Identity = Omit<Principal, 'proof'>;

/** Longest id that is kept as it is, in UTF-16 units; the columns take 1,024 characters. */
export const MAX_ID = 1000;

const DIGEST_MARK = '~sha256:';
const DIGEST_TAIL = DIGEST_MARK.length + 64;

/** Control, zero-width and bidirectional characters: what makes two different ids look alike, or breaks a terminal. */
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/;
// oxlint-disable-next-line no-control-regex -- as above
const EVERY_UNSAFE = /[\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** First segment of every issuer; text of others never stands in that place. */
const ISSUERS = new Set([
  'google',
  'google-customer',
  'google-domain',
  'google-resources',
  'workforce',
  'pool',
  'spiffe',
  'oidc',
  'jwt',
  'entra',
  'kubernetes',
  'aws',
  'aws-cn',
  'aws-us-gov',
  'databricks',
  'kong',
  'konnect',
  'named',
  'uri-san',
  'x509-subject',
  'xfcc',
  'unstated',
  'unnamed',
]);

export function identity(kind: PrincipalKind, issuer: string, subject: string): Identity {
  return { kind, id: canonicalId(kind, issuer, subject), issuer, subject };
}

/** An identifier whose issuer the entry does not tell: it may be another's name too, so nothing is concluded from it. */
export const unstated = (subject: string): Identity => identity('unknown', 'unstated', subject);

/** Stands for a principal that the entry shows to exist and does not name. */
export const UNNAMED: Identity = identity('unknown', 'unnamed', '-');

/** The same principal under another kind. */
export const ofKind = (kind: PrincipalKind, of: Identity): Identity => identity(kind, of.issuer, of.subject);

/** One part of an issuer that others wrote: without the characters that would end it. */
export function issuerPart(text: string): string {
  return /[%:?]/.test(text)
    ? text.replaceAll(/[%:?]/g, (c) => (c === '%' ? '%25' : c === ':' ? '%3A' : '%3F'))
    : text;
}

/** ASCII letters only: Unicode case folding makes one name of two (the Kelvin sign folds to `k`). */
export function asciiLower(text: string): string {
  return /[A-Z]/.test(text) ? text.replaceAll(/[A-Z]+/g, (run) => run.toLowerCase()) : text;
}

/**
 * What is too long or cannot be shown is replaced by a readable prefix and the digest of the whole, so that it stays
 * distinct; so is what already ends like such a digest, so that nobody can write another's.
 */
function canonicalId(kind: PrincipalKind, issuer: string, subject: string): PrincipalId {
  const id = `${kind}:${issuer}:${subject}`;
  if (id.length <= MAX_ID && id.isWellFormed() && !UNSAFE.test(id) && !endsInDigest(id))
    return id as PrincipalId;
  // UTF-8 has no form for a lone surrogate; JSON's escape keeps such texts apart.
  const digest = hash('sha256', id.isWellFormed() ? id : JSON.stringify(id));
  const shown = id
    .slice(0, MAX_ID - DIGEST_TAIL)
    .replaceAll(EVERY_UNSAFE, '?')
    .toWellFormed();
  return `${shown}${DIGEST_MARK}${digest}` as PrincipalId;
}

function endsInDigest(id: string): boolean {
  return id.length > DIGEST_TAIL && id.startsWith(DIGEST_MARK, id.length - DIGEST_TAIL);
}

/** Reads a canonical id back (configuration, command line, rows); undefined when it is none. */
export function parsePrincipalId(text: string): Identity | undefined {
  const first = text.indexOf(':');
  const second = text.indexOf(':', first + 1);
  if (first < 0 || second < 0 || text.length > MAX_ID || !text.isWellFormed() || UNSAFE.test(text)) {
    return undefined;
  }
  const kind = PRINCIPAL_KINDS.find((known) => known === text.slice(0, first));
  const issuer = text.slice(first + 1, second);
  const subject = text.slice(second + 1);
  const head = issuer.slice(0, issuer.search(/[/?~]|$/));
  if (kind === undefined || subject === '' || !ISSUERS.has(head)) return undefined;
  return { kind, id: text as PrincipalId, issuer, subject };
}
