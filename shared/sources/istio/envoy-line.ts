/**
 * Envoy's default TEXT access line as Istio sets it since 1.9 (istio/istio `EnvoyTextLogFormat`):
 *
 *   [START] "METHOD PATH PROTOCOL" CODE FLAGS DETAILS TERMINATION "TRANSPORT_FAILURE" IN OUT DURATION SERVICE_TIME
 *   "X-FORWARDED-FOR" "USER-AGENT" "REQUEST-ID" "AUTHORITY" "UPSTREAM_HOST" CLUSTER UPSTREAM_LOCAL LOCAL REMOTE SNI ROUTE
 *
 * Threat: quoted values are not escaped, so a path, a forwarded-for or a user agent may hold `" 200 - via_upstream …`
 * or the end of a whole line. Two places of the line are written by Envoy alone and have a grammar of their own: what
 * follows the request (CODE … SERVICE_TIME, the head) and what follows the upstream host (CLUSTER … ROUTE, the tail).
 * Both are looked for at every quote. Where each fits exactly once, all fields between are found from these two,
 * whatever the client wrote; where one fits twice, the client has forged it, and nobody can tell which is
 * Envoy's: the line is refused, not guessed. Authority cannot hold quotes (Envoy refuses such requests), so it is read
 * backwards from the tail. Every scan ends at the next quote: linear in the line's length.
 */
import { countOrNone, digits, isAddress, isDigit, isFlags, isInstant, QUOTE, SPACE, word } from './tokens.ts';

export interface EnvoyLine {
  readonly startTime: string;
  readonly method: string;
  readonly path: string;
  readonly protocol: string;
  readonly status: string;
  readonly flags: string;
  readonly details: string;
  readonly termination: string;
  readonly bytesReceived: string;
  readonly bytesSent: string;
  /** Undefined where a quote in a header before it leaves open which text it is. */
  readonly requestId: string | undefined;
  readonly authority: string;
  readonly upstreamCluster: string;
  readonly serverName: string;
}

/** Envoy's own limit for a request's headers is 60 KiB. */
const MAX_LINE = 131_072;

/** True for a line that begins as an access line does; everything else is a proxy's own talk. */
export function looksLikeEnvoyLine(line: string): boolean {
  if (line.charCodeAt(0) !== 0x5b) return false;
  const close = line.indexOf(']');
  return close > 1 && close < 40 && isInstant(line.slice(1, close)) && line.startsWith(' "', close + 1);
}

/** START of a line that looks like one, for the entry's time. */
export function startTimeOf(line: string): string {
  return line.slice(1, line.indexOf(']'));
}

/** The fields of the line, or undefined where it is not this grammar or can be read in two ways. */
export function parseEnvoyLine(line: string): EnvoyLine | undefined {
  if (line.length > MAX_LINE || !looksLikeEnvoyLine(line)) return undefined;
  const startTime = startTimeOf(line);
  const requestAt = startTime.length + 4;

  let head: Head | undefined;
  let tail: Tail | undefined;
  let lastQuote = requestAt - 1;
  for (let at = line.indexOf('"', requestAt); at >= 0; at = line.indexOf('"', at + 1)) {
    const next = line.charCodeAt(at + 2);
    // Most quotes are followed by the next value's: neither place can begin there.
    const spaced = line.charCodeAt(at + 1) === SPACE && next !== QUOTE;
    const asHead = spaced && isDigit(next) ? headAt(line, at) : undefined;
    if (asHead !== undefined) {
      if (head !== undefined) return undefined;
      head = asHead;
    }
    const asTail = spaced ? tailAt(line, lastQuote, at) : undefined;
    if (asTail !== undefined) {
      if (tail !== undefined) return undefined;
      tail = asTail;
    }
    lastQuote = at;
  }
  if (head === undefined || tail === undefined || tail.serverName === undefined) return undefined;
  if (tail.end !== line.length || head.end > tail.start) return undefined;

  const request = splitRequest(line.slice(requestAt, head.start));
  const headers = splitHeaders(line, head.end, tail.start);
  if (request === undefined || headers === undefined) return undefined;
  return {
    startTime,
    method: request.method,
    path: request.path,
    protocol: request.protocol,
    status: head.status,
    flags: head.flags,
    details: head.details,
    termination: head.termination,
    bytesReceived: head.bytesReceived,
    bytesSent: head.bytesSent,
    requestId: headers.requestId,
    authority: headers.authority,
    upstreamCluster: tail.cluster,
    serverName: tail.serverName,
  };
}

interface Head {
  /** Place of the quote that ends the request. */
  readonly start: number;
  /** Place behind the quote that opens X-FORWARDED-FOR. */
  readonly end: number;
  readonly status: string;
  readonly flags: string;
  readonly details: string;
  readonly termination: string;
  readonly bytesReceived: string;
  readonly bytesSent: string;
}

/** `" CODE FLAGS DETAILS TERMINATION "TRANSPORT_FAILURE" IN OUT DURATION SERVICE_TIME "` from the first quote on. */
function headAt(line: string, start: number): Head | undefined {
  const status = digits(line, start + 2);
  if (status.length === 0 || status.length > 3) return undefined;
  const open = line.indexOf('"', start + 1);
  const close = open < 0 ? -1 : line.indexOf('"', open + 1);
  if (close < 0) return undefined;

  const flagsAt = start + 2 + status.length + 1;
  const flags = word(line, flagsAt, open);
  const detailsAt = flagsAt + flags.length + 1;
  const details = word(line, detailsAt, open);
  // Termination details of some transport errors hold spaces.
  const termination = line.slice(detailsAt + details.length + 1, open - 1);
  if (!isFlags(flags) || details === '' || termination === '') return undefined;
  if (line.charCodeAt(flagsAt - 1) !== SPACE || line.charCodeAt(open - 1) !== SPACE) return undefined;

  const inAt = close + 2;
  const bytesReceived = digits(line, inAt);
  const outAt = inAt + bytesReceived.length + 1;
  const bytesSent = digits(line, outAt);
  const durationAt = outAt + bytesSent.length + 1;
  const duration = countOrNone(line, durationAt);
  const serviceAt = durationAt + duration.length + 1;
  const service = countOrNone(line, serviceAt);
  const end = serviceAt + service.length + 2;
  if (bytesReceived === '' || bytesSent === '' || duration === '' || service === '') return undefined;
  if (line.slice(close, inAt) !== '" ' || line.slice(end - 2, end) !== ' "') return undefined;
  if (line.charCodeAt(outAt - 1) !== SPACE || line.charCodeAt(durationAt - 1) !== SPACE) return undefined;
  if (line.charCodeAt(serviceAt - 1) !== SPACE) return undefined;
  return { start, end, status, flags, details, termination, bytesReceived, bytesSent };
}

interface Tail {
  /** Place of the quote that opens UPSTREAM_HOST. */
  readonly start: number;
  /** Where ROUTE ends: the line's end in a sound one. */
  readonly end: number;
  readonly cluster: string;
  /** Undefined where SNI and ROUTE are not two words: then the client wrote the SNI to mislead. */
  readonly serverName: string | undefined;
}

/** `"UPSTREAM_HOST" CLUSTER UPSTREAM_LOCAL LOCAL REMOTE SNI ROUTE` around the quote that ends the host. */
function tailAt(line: string, open: number, close: number): Tail | undefined {
  if (!isAddress(line, open + 1, close)) return undefined;
  let stop = line.indexOf('"', close + 1);
  if (stop < 0) stop = line.length;
  const clusterAt = close + 2;
  const cluster = word(line, clusterAt, stop);
  let at = clusterAt + cluster.length + 1;
  for (let i = 0; i < 3; i += 1) {
    const address = word(line, at, stop);
    if (!isAddress(line, at, at + address.length)) return undefined;
    at += address.length + 1;
  }
  if (cluster === '' || at > stop) return undefined;
  const serverName = word(line, at, stop);
  const routeAt = at + serverName.length + 1;
  const route = word(line, routeAt, stop);
  const whole = serverName !== '' && route !== '';
  return { start: open, end: routeAt + route.length, cluster, serverName: whole ? serverName : undefined };
}

function splitRequest(text: string): Pick<EnvoyLine, 'method' | 'path' | 'protocol'> | undefined {
  const first = text.indexOf(' ');
  const last = text.lastIndexOf(' ');
  const protocol = text.slice(last + 1);
  if (first <= 0 || last <= first || !(protocol === '-' || protocol.startsWith('HTTP/'))) return undefined;
  return { method: text.slice(0, first), path: text.slice(first + 1, last), protocol };
}

/** `X-FORWARDED-FOR" "USER-AGENT" "REQUEST-ID" "AUTHORITY" ` between head and tail, read from its end. */
function splitHeaders(
  line: string,
  from: number,
  to: number,
): Pick<EnvoyLine, 'requestId' | 'authority'> | undefined {
  const close = to - 2;
  if (close < from || line.slice(close, to) !== '" ') return undefined;
  const open = line.lastIndexOf('"', close - 1);
  if (open < from || line.slice(open - 2, open) !== '" ') return undefined;
  const authority = line.slice(open + 1, close);
  if (authority.includes(' ')) return undefined;
  return { authority, requestId: requestIdAt(line, from, open - 2) };
}

/** REQUEST-ID, where exactly the four quotes around the two values before it stand between `from` and its end. */
function requestIdAt(line: string, from: number, end: number): string | undefined {
  const forwarded = line.indexOf('"', from);
  const agent = line.indexOf('"', forwarded + 3);
  const start = agent + 3;
  if (forwarded < 0 || agent < 0 || start > end) return undefined;
  if (!line.startsWith('" "', forwarded) || !line.startsWith('" "', agent)) return undefined;
  return line.indexOf('"', start) === end ? line.slice(start, end) : undefined;
}
