/**
 * SPIFFE ids, `spiffe://TRUST_DOMAIN/PATH`, with or without their scheme (Istio policies leave it out).
 * https://github.com/spiffe/spiffe/blob/main/standards/SPIFFE-ID.md
 *
 * A GKE workload identity pool is a trust domain, so the pool's principals are spelled here too, and one workload has
 * one id in all three grammars.
 */
import { asciiLower, identity, issuerPart } from './canonical.ts';
import type { Identity } from './canonical.ts';

const SCHEME = 'spiffe://';
/** SPIFFE-ID §2.3: at most 2,048 bytes. */
const MAX_URI = 2048;

/** Every Istio installation's default: names many meshes, so it means something in its own cluster only. */
const SHARED_TRUST_DOMAIN = 'cluster.local';
/** The issuer of its members where the cluster is not told. */
export const UNQUALIFIED_ISSUER = `spiffe/${SHARED_TRUST_DOMAIN}/-`;

/** Total: a URI SAN that is no SPIFFE id is kept as an unknown principal under its text. */
export function parseUriSan(text: string, cluster?: string): Identity {
  return parseSpiffe(text, cluster) ?? identity('unknown', 'uri-san', text);
}

/** @param cluster where the certificate was seen, for trust domains that are not unique. */
export function parseSpiffe(text: string, cluster?: string): Identity | undefined {
  if (text.length > MAX_URI) return undefined;
  const start = asciiLower(text.slice(0, SCHEME.length)) === SCHEME ? SCHEME.length : 0;
  const slash = text.indexOf('/', start);
  if (slash < 0) return undefined;
  const domain = asciiLower(text.slice(start, slash));
  const path = text.slice(slash + 1);
  if (!/^[a-z0-9._-]{1,255}$/.test(domain) || !isPath(path)) return undefined;
  return trustDomainMember(domain, path, cluster);
}

/** A member of a trust domain by its path without the leading slash. */
export function trustDomainMember(domain: string, path: string, cluster?: string): Identity {
  const agent = domain.startsWith('agents.') && domain.endsWith('.system.id.goog');
  return identity(agent ? 'agent' : 'workload', trustDomainIssuer(domain, cluster), path);
}

export function trustDomainIssuer(domain: string, cluster?: string): string {
  if (domain === SHARED_TRUST_DOMAIN) return `spiffe/${domain}/${issuerPart(cluster ?? '-')}`;
  return `spiffe/${issuerPart(domain)}`;
}

/** The path of a Kubernetes service account, as Istio and GKE write it. */
export const serviceAccountPath = (namespace: string, name: string): string => `ns/${namespace}/sa/${name}`;

/** Segments of `[A-Za-z0-9._-]`, none of them empty, `.` or `..` (SPIFFE-ID §2.2). */
function isPath(path: string): boolean {
  if (!/^[A-Za-z0-9._/-]+$/.test(path)) return false;
  return path.split('/').every((segment) => segment !== '' && segment !== '.' && segment !== '..');
}
