/**
 * ztunnel's access lines (ambient mesh): one for each connection, seen below HTTP. Source: istio/ztunnel; the text
 * form is `<RFC 3339>\t<level>\taccess\tconnection complete\t` and `key=value` pairs, values of text in quotes with
 * `\"` for a quote; LOG_FORMAT=json has the same keys.
 *
 * A connection says who connected to whom and whether a policy cut it off. What was asked in it, and how often, it
 * does not say: the outcome of a completed one is unknown.
 */
import type { LogEntry } from '../../../schemas/log-entry.ts';
import type { IdentityClaims } from '../../identity/claims.ts';
import type { Normalised } from '../../model/event.ts';
import { own, str, type Json } from '../fields.ts';
import { accessEvent, clusterOf, countOf, present } from './access.ts';
import { ztunnelDenial } from './denial.ts';
import { spiffe } from './mesh-log.ts';
import type { Verdict } from './outcome.ts';
import { ZtunnelJson } from './schema.ts';

const COMPLETE = 'connection complete';
const MAX_LINE = 16_384;
const MAX_PAIRS = 64;

/** The pairs' place in a text line; undefined where the line is not of the access scope. */
function pairsAt(line: string): number | undefined {
  const at = line.slice(0, 96).indexOf(COMPLETE);
  if (at < 0) return undefined;
  const words = line
    .slice(0, at)
    .split(/[\t ]/)
    .filter((part) => part !== '');
  return words.length === 3 && words[2] === 'access' ? at + COMPLETE.length : undefined;
}

export const looksLikeZtunnelLine = (line: string): boolean => pairsAt(line) !== undefined;

/** The line's own time, its first word. */
export function ztunnelTime(line: string): string {
  const end = line.slice(0, 64).search(/[\t ]/);
  return end < 0 ? '' : line.slice(0, end);
}

export const looksLikeZtunnelJson = (payload: Json): boolean =>
  own(payload, 'message') === COMPLETE && (str(payload, 'scope') ?? 'access') === 'access';

export function normaliseZtunnelLine(entry: LogEntry, line: string): Normalised {
  const at = pairsAt(line);
  const pairs = at === undefined || line.length > MAX_LINE ? undefined : parsePairs(line, at);
  if (pairs === undefined) {
    return {
      kind: 'refused',
      code: 'line-grammar',
      reason: 'The ztunnel access line does not consist of key=value pairs, each key once.',
    };
  }
  return ztunnelEvent(entry, Object.fromEntries(pairs));
}

export function normaliseZtunnelJson(entry: LogEntry, payload: Json): Normalised {
  return ztunnelEvent(entry, payload);
}

/** `key=value key="quoted value"…`, linear. Undefined where it is anything else or a key comes twice. */
export function parsePairs(line: string, from: number): Map<string, string> | undefined {
  const pairs = new Map<string, string>();
  let at = from;
  for (;;) {
    while (at < line.length && isBlank(line.charCodeAt(at))) at += 1;
    if (at === line.length) return pairs;
    const eq = line.indexOf('=', at);
    if (eq <= at || eq - at > 64) return undefined;
    const key = line.slice(at, eq);
    if (key.includes(' ') || key.includes('"') || pairs.has(key) || pairs.size === MAX_PAIRS)
      return undefined;
    const value = line.charCodeAt(eq + 1) === 0x22 ? quoted(line, eq + 2) : bare(line, eq + 1);
    if (value === undefined) return undefined;
    pairs.set(key, value.text);
    at = value.end;
    if (at < line.length && !isBlank(line.charCodeAt(at))) return undefined;
  }
}

interface Value {
  readonly text: string;
  readonly end: number;
}

function bare(line: string, from: number): Value | undefined {
  let end = from;
  while (end < line.length && !isBlank(line.charCodeAt(end))) {
    if (line.charCodeAt(end) === 0x22) return undefined;
    end += 1;
  }
  return { text: line.slice(from, end), end };
}

function quoted(line: string, from: number): Value | undefined {
  let text = '';
  let start = from;
  for (let i = from; i < line.length; i += 1) {
    const c = line.charCodeAt(i);
    if (c === 0x22) return { text: text + line.slice(start, i), end: i + 1 };
    if (c === 0x5c) {
      text += line.slice(start, i);
      start = i + 1;
      i += 1;
    }
  }
  return undefined;
}

const isBlank = (c: number): boolean => c === 0x20 || c === 0x09;

function ztunnelEvent(entry: LogEntry, payload: Json): Normalised {
  const parsed = ZtunnelJson.safeParse(payload);
  if (!parsed.success) {
    const key = parsed.error.issues[0]?.path.join('.') ?? '';
    return {
      kind: 'refused',
      code: 'payload-shape',
      reason: `The ztunnel record's ${key} is not of the type ztunnel writes.`,
    };
  }
  const fields = parsed.data;
  const error = present(fields.error);
  const cluster = clusterOf(entry);
  const caller = spiffe(fields['src.identity'], cluster);
  const peer = spiffe(fields['dst.identity'], cluster);
  const identity: IdentityClaims = {
    ...(caller === undefined ? { absent: 'unauthenticated' as const } : { caller }),
    ...(peer === undefined ? {} : { peer }),
  };
  return accessEvent(entry, {
    reporter: 'ztunnel',
    grade: 'connection',
    method: 'TCP',
    verdict: verdictOf(error),
    identity,
    mtls: caller !== undefined,
    details: error,
    sourceWorkload: present(fields['src.workload']),
    sourceNamespace: present(fields['src.namespace']),
    destinationWorkload: present(fields['dst.workload']),
    destinationNamespace: present(fields['dst.namespace']),
    destinationService: present(fields['dst.service']),
    direction: present(fields.direction),
    bytesReceived: countOf(own(payload, 'bytes_recv')),
    bytesSent: countOf(own(payload, 'bytes_sent')),
  });
}

/** The source's ztunnel learns of the destination's refusal as an HTTP status of the tunnel (HBONE). */
const REFUSED_BY_PEER = 'http status: 401';
const FORBIDDEN_BY_PEER = 'http status: 403';

function verdictOf(error: string | undefined): Verdict {
  if (error === undefined) return { outcome: 'unknown' };
  const denial = ztunnelDenial(error);
  if (denial !== undefined) return { outcome: 'denied', denial };
  if (error.startsWith(REFUSED_BY_PEER) || error.startsWith(FORBIDDEN_BY_PEER)) {
    return { outcome: 'denied', deniedBy: 'upstream' };
  }
  return { outcome: 'failed' };
}
