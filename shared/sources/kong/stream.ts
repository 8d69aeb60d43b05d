/**
 * One proxied stream (TCP, TLS passed through, UDP): an interval in which anything may have been asked. Its outcome is
 * unknown unless nginx says that the session failed.
 */
import type { LogEntry } from '../../../schemas/log-entry.ts';
import { countClaim } from '../../audit/evidence.ts';
import type { AuditEventDraft, Normalised } from '../../model/event.ts';
import { num, obj, own, type Json } from '../fields.ts';
import type { Claims } from './claims.ts';
import { identityOfRequest } from './identity.ts';
import { putPlace } from './request.ts';

export function streamEvent(entry: LogEntry, record: Json): Normalised {
  const session = obj(record, 'session');
  const status = num(session, 'status');
  const claims: Claims = { grade: 'connection' };
  const event: { -readonly [K in keyof AuditEventDraft]: AuditEventDraft[K] } = {
    action: 'api.call',
    outcome: outcomeOf(status),
    method: 'TCP',
    identity: identityOfRequest(record),
    via: 'gateway',
    provenance: 'tenant',
    claims,
  };
  // ngx_stream writes statuses in the manner of HTTP: 200 for a session that ended well.
  if (status !== undefined && Number.isInteger(status) && status >= 100) event.status = status;
  putPlace(event, claims, entry, record);
  countClaim(claims, 'bytesSent', own(session, 'sent'));
  countClaim(claims, 'bytesReceived', own(session, 'received'));
  const port = num(session, 'server_port');
  if (port !== undefined) claims['serverPort'] = port;
  return { kind: 'event', event };
}

function outcomeOf(status: number | undefined): AuditEventDraft['outcome'] {
  if (status === undefined || status < 400) return 'unknown';
  return status === 403 ? 'denied' : 'failed';
}
