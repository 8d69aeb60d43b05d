/** From the gateway's answer to an outcome, and who gave it. */
import type { Outcome } from '../../model/event.ts';
import { isObject, list, own, str, type Json } from '../fields.ts';

export interface Verdict {
  readonly outcome: Outcome;
  /** HTTP status of the answer; undefined where none was given. */
  readonly status: number | undefined;
  /** Who gave the 401 or 403; absent where the record does not tell. */
  readonly deniedBy?: 'gateway' | 'upstream';
}

/** nginx's own status for a client that hung up: the service may have done the work by then. */
const CLIENT_CLOSED = 499;

/** Undefined where the status is none that HTTP has. */
export function verdictOf(record: Json): Verdict | undefined {
  const response = own(record, 'response');
  const written = isObject(response) ? own(response, 'status') : undefined;
  const status = statusOf(written);
  if (status === undefined) return written === undefined || written === null ? NO_ANSWER : undefined;
  if (status < 100) return NO_ANSWER;
  if (status < 400)
    return grpcVerdict(status, isObject(response) ? response : {}) ?? { outcome: 'allowed', status };
  if (status === CLIENT_CLOSED) return { outcome: 'unknown', status };
  if (status !== 401 && status !== 403) return { outcome: 'failed', status };
  const deniedBy = answererOf(record, status);
  return deniedBy === undefined ? { outcome: 'denied', status } : { outcome: 'denied', status, deniedBy };
}

const NO_ANSWER: Verdict = { outcome: 'unknown', status: undefined };

function statusOf(value: unknown): number | undefined {
  const status = typeof value === 'string' && /^\d{1,3}$/.test(value) ? Number(value) : value;
  return typeof status === 'number' && Number.isInteger(status) && status >= 0 && status <= 999
    ? status
    : undefined;
}

/**
 * `source` says it since Kong 3.6: `kong` for an answer of a plugin or an error, `upstream` for the service's. Before,
 * a request that was never sent on was answered by Kong, and the service answered what it is recorded to have answered.
 */
function answererOf(record: Json, status: number): 'gateway' | 'upstream' | undefined {
  const source = own(record, 'source');
  if (source === 'kong') return 'gateway';
  if (source === 'upstream') return 'upstream';
  const upstream = upstreamStatuses(str(record, 'upstream_status'));
  if (upstream.length === 0) return list(record, 'tries').length === 0 ? 'gateway' : undefined;
  return upstream.at(-1) === String(status) ? 'upstream' : undefined;
}

/** More attempts than any retry setting makes are not looked at. */
const MAX_UPSTREAM_STATUS = 256;

/** nginx `$upstream_status`: one for each server tried, `, ` between them and ` : ` between internal redirects. */
export function upstreamStatuses(text: string | undefined): readonly string[] {
  if (text === undefined) return [];
  return text
    .slice(0, MAX_UPSTREAM_STATUS)
    .split(/[,:]/)
    .map((part) => part.trim())
    .filter((part) => part !== '' && part !== '-');
}

/** A gRPC call is refused inside a 200: such an answer has no body, and its status is a header of the response. */
function grpcVerdict(status: number, response: Json): Verdict | undefined {
  const headers = own(response, 'headers');
  const written = isObject(headers) ? own(headers, 'grpc-status') : undefined;
  const code = typeof written === 'string' || typeof written === 'number' ? String(written) : '0';
  if (code === '0') return undefined;
  // PERMISSION_DENIED, UNAUTHENTICATED
  const denied = code === '7' || code === '16';
  return denied ? { outcome: 'denied', status, deniedBy: 'upstream' } : { outcome: 'failed', status };
}
