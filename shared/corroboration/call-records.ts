/**
 * Records of calls that start work, as sides of a pair: the API's own records (`starts`), and those of the hops that a call
 * came through. What they are compared by: who, where, when, and the ids that name the call itself.
 */
import { textOf } from '../detections/evidence.ts';
import { isStartCall } from '../detections/kinds.ts';
import { createdJob } from '../jobapi/index.ts';
import type { TrailEvent } from '../model/trail-event.ts';
import { callFamilyOf, callGroup } from './call-family.ts';
import { gradeOf } from './cite.ts';
import type { Side } from './matching.ts';
import { doersOf, writtenAs } from './same-identity.ts';

export const HOP_KINDS = ['gateway', 'mesh'] as const;
export type HopKind = (typeof HOP_KINDS)[number];

export interface Place {
  readonly project: string;
  readonly region: string;
}

/** One record. */
export interface CallRecord extends Side {
  readonly event: TrailEvent;
  readonly place: Place;
}

/** Group of the calls that a record is one of; undefined where it is about none. */
export function groupOf(event: TrailEvent): string | undefined {
  if (event.action !== 'api.call' && !isStartCall(event)) return undefined;
  const call = callFamilyOf(event.callKey);
  return call === undefined ? undefined : callGroup(call);
}

/** The API's own record, whatever came of the call. What a tenant could have written is none. */
export const isApiRecord = (event: TrailEvent): boolean =>
  event.action !== 'api.call' && event.provenance !== 'tenant' && groupOf(event) !== undefined;

/** Work was begun. */
export const isStart = (event: TrailEvent): boolean => isApiRecord(event) && event.outcome === 'allowed';

/** A hop let the request through and saw it answered: what counts as evidence. */
export const isPassed = (event: TrailEvent): boolean =>
  isHopOfCall(event) && event.outcome === 'allowed' && isOk(event.status) && event.provenance !== 'tenant';

/** A hop that let the request through and did not see what became of it: the work may have begun. */
export const isUnanswered = (event: TrailEvent): boolean =>
  isHopOfCall(event) &&
  event.provenance !== 'tenant' &&
  (event.outcome === 'unknown' || (event.outcome === 'failed' && TIMED_OUT.has(event.status ?? 0)));

/** It says that a hop let the request through, and anybody may have written it. */
export const isForgeable = (event: TrailEvent): boolean =>
  isHopOfCall(event) && event.outcome === 'allowed' && event.provenance === 'tenant';

const isHopOfCall = (event: TrailEvent): boolean =>
  event.action === 'api.call' && groupOf(event) !== undefined && gradeOf(event) === 'request';

/** Bad gateway and gateway timeout. */
const TIMED_OUT: ReadonlySet<number> = new Set([502, 504]);
const isOk = (status: number | undefined): boolean => status !== undefined && status >= 200 && status < 300;

export const hopKindOf = ({ via }: TrailEvent): HopKind | undefined => HOP_KINDS.find((kind) => kind === via);

export function recordOf(event: TrailEvent): CallRecord {
  const call = callFamilyOf(event.callKey);
  return {
    id: event.id,
    at: Date.parse(event.time),
    identities: identitiesOfCall(event),
    keys: event.action === 'api.call' ? keysOfHop(event) : keysOfStart(event),
    event,
    place: { project: call?.project ?? '', region: call?.region ?? '' },
  };
}

/** Everybody the record names, under every name. A placeholder for somebody who is not named is nobody. */
const identitiesOfCall = (event: TrailEvent): ReadonlySet<string> =>
  new Set(doersOf(event).flatMap((id) => (UNNAMED.has(id) ? [] : writtenAs(id))));

const UNNAMED: ReadonlySet<string> = new Set(['unknown:unnamed:-']);

/** Ids that the request has at the hop: its own, and the one that it was handed. */
export const requestIdsOf = ({ requestId, claims }: TrailEvent): readonly string[] =>
  [requestId, textOf(claims, 'correlationId')].filter((id) => id !== undefined);

/** The job that the call names itself, where it does. */
export function createdJobOf({ callKey, claims }: TrailEvent): string | undefined {
  const job = textOf(claims, 'callJob');
  const [engine, method = '', project = '', region = ''] = callKey?.split('|') ?? [];
  if (job === undefined || engine !== 'dataproc' || project === '' || region === '') return undefined;
  return createdJob({ engine, method, project, region, job });
}

function keysOfHop(event: TrailEvent): Side['keys'] {
  const job = createdJobOf(event);
  return { 'request-id': requestIdsOf(event), 'job-id': job === undefined ? [] : [job] };
}

/** The label that the gateway put on the job, and the token that the caller chose for the request. */
function keysOfStart({ claims, job }: TrailEvent): Side['keys'] {
  const ids = [textOf(claims, 'gatewayRequestId'), textOf(claims, 'requestToken')];
  return {
    'request-id': ids.filter((id) => id !== undefined),
    'job-id': job === undefined ? [] : [job],
  };
}

/** Whether two records may be about one place: what one of them does not tell does not part them. */
export const samePlace = (a: Place, b: Place): boolean =>
  same(a.project, b.project, NUMBER.test(a.project) || NUMBER.test(b.project)) &&
  same(a.region, b.region, false);

/** A project's number is another name of it. */
const NUMBER = /^[0-9]{1,20}$/;

const same = (a: string, b: string, otherwiseNamed: boolean): boolean =>
  a === b || a === '' || b === '' || otherwiseNamed;
