/** Which API a host name stands for, from the name alone. The host is what the client asked for, in any case, with or without a port. */
import type { ApiCall } from '../model/event.ts';

type Engine = ApiCall['engine'];

export type HostHint =
  /** A name of the engine's own endpoint, or a gateway's that has the engine as a word of its name. */
  | { readonly kind: 'engine'; readonly engine: Engine; readonly google: boolean }
  /** A googleapis.com name of another API: its paths look alike (GKE, Compute, Cloud Run) and are not job calls. */
  | { readonly kind: 'other-api' }
  | { readonly kind: 'unknown' };

const UNKNOWN: HostHint = { kind: 'unknown' };
const OTHER_API: HostHint = { kind: 'other-api' };
const GOOGLE = 'googleapis.com';
/** A DNS name has at most 253 characters; with a port, 259. */
const MAX_HOST = 260;

const hint = (engine: Engine, google: boolean): HostHint => ({ kind: 'engine', engine, google });
const HINTS = {
  dataproc: [hint('dataproc', false), hint('dataproc', true)],
  dataflow: [hint('dataflow', false), hint('dataflow', true)],
} as const;

/**
 * Forms: `dataproc.googleapis.com`, `REGION-dataproc.googleapis.com`, `dataproc.REGION.rep.googleapis.com`,
 * `dataproc-ENDPOINT.p.googleapis.com`, `dataflow.mtls.googleapis.com`; and names of one's own such as
 * `dataproc.gateway.example.com`. `www.googleapis.com` serves many APIs under a prefix, so it says nothing.
 */
export function hostHint(host: string | undefined): HostHint {
  if (host === undefined || host.length === 0 || host.length > MAX_HOST) return UNKNOWN;
  const name = hostName(host);
  const google = name === GOOGLE || name.endsWith(`.${GOOGLE}`);
  if (hasWord(name, 'dataproc')) return HINTS.dataproc[google ? 1 : 0];
  if (hasWord(name, 'dataflow')) return HINTS.dataflow[google ? 1 : 0];
  return google && name !== `www.${GOOGLE}` ? OTHER_API : UNKNOWN;
}

/** Lower case, without the port and the root's dot. */
export function hostName(host: string): string {
  const colon = host.lastIndexOf(':');
  let end = colon > 0 && isDigits(host, colon + 1) ? colon : host.length;
  if (host.charCodeAt(end - 1) === 0x2e) end -= 1;
  return host.slice(0, end).toLowerCase();
}

function isDigits(text: string, from: number): boolean {
  if (from >= text.length) return false;
  for (let i = from; i < text.length; i += 1) {
    const c = text.charCodeAt(i);
    if (c < 0x30 || c > 0x39) return false;
  }
  return true;
}

/** True when `word` stands between dots, hyphens or the ends: `dataprocrm` is another API than `dataproc`. */
export function hasWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) {
    if (isEdge(text, at - 1) && isEdge(text, at + word.length)) return true;
  }
  return false;
}

function isEdge(text: string, at: number): boolean {
  if (at < 0 || at >= text.length) return true;
  const c = text.charCodeAt(at);
  return c === 0x2e || c === 0x2d || c === 0x5f;
}
