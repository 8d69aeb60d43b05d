/** Entries that are stored already: deleted, copied out, read (google/logging/v2/logging.proto). */
import { claim, expressionClaim, listClaim } from '../../audit/claims.ts';
import type { Seen } from '../../audit/event.ts';
import { num, str, strings } from '../fields.ts';

export function readLog({ payload, claims }: Seen): void {
  claim(claims, 'log', str(payload.request, 'logName') ?? payload.resourceName, 1024);
}

export function readCopy({ payload, claims }: Seen): void {
  const { request, resourceName } = payload;
  claim(claims, 'from', str(request, 'name') ?? resourceName, 1024);
  claim(claims, 'destination', str(request, 'destination'), 1024);
  expressionClaim(claims, 'filter', str(request, 'filter'));
}

/** Which logs somebody looked through, and for what: a search tells what its author knew. */
export function readQuery({ payload, claims }: Seen): void {
  const { request } = payload;
  listClaim(claims, 'resourceNames', strings(request, 'resourceNames'));
  expressionClaim(claims, 'filter', str(request, 'filter'));
  const entries = payload.numResponseItems;
  if (entries !== undefined) claim(claims, 'entries', num({ entries }, 'entries'));
}
