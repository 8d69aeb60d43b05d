/**
 * Canaries: signing them, and reading them back out of what was recorded. The key is known where they are sent and where they
 * are judged, and nowhere between: what is stored is the record and its signature, which says nothing until it is checked.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { CANARY, CanaryRecord, type Canary } from '../../../schemas/canary.ts';
import { textOf } from '../../detections/evidence.ts';
import type { TrailEvent } from '../../model/trail-event.ts';
import { pathOfEvent } from './path.ts';

/** Under it probes ask; nothing has to be there, since the hop's record of the request is what comes back. */
export const CANARY_PREFIX = '/.well-known/jobtrail-canary/';

/** How far the recorded time of a canary may be from when it was sent: what is farther was sent again by somebody else. */
const REPEATED_MS = 120_000;

export interface Signing {
  readonly path: string;
  /** 22 characters of base64url. */
  readonly nonce: string;
  /** RFC 3339 to the second, `Z`. */
  readonly sentAt: string;
}

export function signCanary({ path, nonce, sentAt }: Signing, key: string): CanaryRecord {
  return CanaryRecord.parse({ type: CANARY, path, nonce, sentAt, mac: macOf({ path, nonce, sentAt }, key) });
}

const macOf = ({ path, nonce, sentAt }: Signing, key: string): string =>
  createHmac('sha256', key).update(`${path}|${nonce}|${sentAt}`).digest('base64url');

/** The path of a probe's request. `~` stands for `/`, which proxies rewrite where it is encoded. */
export const probePath = ({ path, nonce, sentAt, mac }: Canary): string =>
  `${CANARY_PREFIX}${path.replaceAll('/', '~')}/${nonce}.${sentAt}.${mac}`;

/**
 * The canary that an event is, as it says itself: of its own path, well-formed, not verified. Undefined for any other event,
 * and for one that came by another path than it names.
 */
export function canaryOf(event: TrailEvent): Canary | undefined {
  if (event.source === 'canary') {
    const { claims } = event;
    return checked({
      path: textOf(claims, 'path'),
      nonce: textOf(claims, 'nonce'),
      sentAt: textOf(claims, 'sentAt'),
      mac: textOf(claims, 'mac'),
    });
  }
  const { resource } = event;
  if (event.action !== 'api.call' || resource?.startsWith(CANARY_PREFIX) !== true) return undefined;
  const [id = '', proof = '', beyond] = resource.slice(CANARY_PREFIX.length).split('/', 3);
  const [nonce, sentAt, mac, more] = proof.split('.', 4);
  if (beyond !== undefined || more !== undefined) return undefined;
  const canary = checked({ path: id.replaceAll('~', '/'), nonce, sentAt, mac });
  // Every proxy on the way records the request: it speaks for the one that it was sent to.
  return canary !== undefined && canary.path === pathOfEvent(event) ? canary : undefined;
}

function checked(parts: Readonly<Record<string, unknown>>): Canary | undefined {
  const parsed = CanaryRecord.safeParse({ ...parts, type: CANARY });
  if (!parsed.success) return undefined;
  const { path, nonce, sentAt, mac } = parsed.data;
  return { path, nonce, sentAt, mac };
}

/** A canary that came back: up to when it was sent, its path carries. */
export interface CanaryBack {
  readonly path: string;
  /** RFC 3339 to the second, `Z`. */
  readonly sentAt: string;
}

/**
 * Undefined for an event that is none, for a wrong signature, and for one that was recorded at another time than it was sent:
 * whoever reads logs can send a canary again, but not make a newer one.
 *
 * @param keys the key, and while it is replaced the one before
 */
export function verifiedCanary(event: TrailEvent, keys: readonly string[]): CanaryBack | undefined {
  const canary = canaryOf(event);
  if (canary === undefined) return undefined;
  // A hop's record that anybody could have written comes by no path that is waited for, and is none of its path's.
  if (event.source !== 'canary' && event.provenance === 'tenant') return undefined;
  const apart = Math.abs(Date.parse(event.time) - Date.parse(canary.sentAt));
  if (!(apart <= REPEATED_MS)) return undefined;
  const given = Buffer.from(canary.mac);
  const signed = keys.some((key) => timingSafeEqual(Buffer.from(macOf(canary, key)), given));
  return signed ? { path: canary.path, sentAt: canary.sentAt } : undefined;
}
