/** One call of a Kubernetes API server, as GKE records it. */
import type { AuditLog, LogEntry } from '../../../schemas/log-entry.ts';
import { claim } from '../../audit/claims.ts';
import { auditEvent, finished, type Seen } from '../../audit/event.ts';
import { auditOutcome, withoutMethod } from '../../audit/payload.ts';
import type { Action, Normalised } from '../../model/event.ts';
import { label, resourceLabel, str } from '../fields.ts';
import { isWayIn, kindOf, type Kind } from './kinds.ts';
import { bookkeepingRule, isConsequence, isUpkeep } from './left-out.ts';
import { callOf, type Call } from './method.ts';
import { readObject, readSession } from './objects.ts';
import { addVersion } from './versions.ts';

const READS: ReadonlySet<string> = new Set(['get', 'list', 'watch']);
const DRY_RUN = 'command.gke.io/dryRun';
const DECISION = 'authorization.k8s.io/decision';
const REASON = 'authorization.k8s.io/reason';

export function normaliseApiCall(entry: LogEntry, payload: AuditLog): Normalised {
  const method = payload.methodName;
  if (method === undefined || method === '') return withoutMethod('a Kubernetes API server');
  const call = callOf(method, payload.resourceName);
  if (call === undefined) {
    return {
      kind: 'event',
      event: finished(eventOf(entry, payload, method, 'unclassified')),
      unknownMethod: method,
    };
  }
  const meant = meaningOf(entry, payload, call);
  if (typeof meant === 'string') return { kind: 'filtered', rule: meant };
  const seen = eventOf(entry, payload, method, meant.action);
  callClaims(seen, call);
  const dryRun = label(entry, DRY_RUN);
  if (dryRun !== undefined) {
    // Nothing came of it: the server only said what would have.
    claim(seen.claims, 'dryRun', dryRun);
    seen.claims['wouldBe'] = meant.action;
    seen.draft.action = 'metadata.read';
  }
  if (meant.kind !== undefined) {
    readObject(seen, call, meant.kind.reads);
    if (dryRun === undefined) addVersion(seen, call, meant.kind);
  }
  if (meant.action === 'exec.interactive') readSession(seen);
  if (meant.action === 'credential.mint') speaksFor(seen, call);
  return { kind: 'event', event: finished(seen) };
}

interface Meaning {
  readonly action: Action;
  /** Read the object that was changed. */
  readonly kind?: Kind;
}

/** What a call is, or the rule that leaves it out. */
function meaningOf(entry: LogEntry, payload: AuditLog, call: Call): Meaning | string {
  const user = str(payload.authenticationInfo, 'principalEmail') ?? '';
  const { plural, subresource, verb } = call;
  if (isWayIn(plural, subresource)) return { action: 'exec.interactive' };
  if (subresource === 'status' || subresource === 'finalize') return 'kubernetes-status';
  if (isUpkeep(call, user)) return 'kubernetes-upkeep';
  if (READS.has(verb)) {
    if (plural === 'secrets' && call.group === 'core') return { action: 'secret.read' };
    if (subresource === 'log') return { action: 'telemetry.read' };
    // Reads are many and harmless; one that was refused tells of somebody trying doors.
    return isRefused(entry, payload) ? { action: 'metadata.read' } : 'kubernetes-read';
  }
  if (plural === 'serviceaccounts' && subresource === 'token') return { action: 'credential.mint' };
  const kind = kindOf(call.group, plural, call.name);
  if (kind === undefined) return bookkeepingRule(plural);
  if (kind.reads === 'workload' && isConsequence(call, user)) return 'kubernetes-controller';
  if (subresource !== '' && !CHANGING.has(subresource)) return 'kubernetes-out-of-scope';
  if (kind.reads === 'secret' && verb.startsWith('delete')) return { action: 'credential.revoke', kind };
  return { action: kind.action, kind };
}

/** Subresources through which an object is changed. */
const CHANGING: ReadonlySet<string> = new Set(['scale', 'approval', 'rollback', 'resize']);

const isRefused = (entry: LogEntry, payload: AuditLog): boolean =>
  auditOutcome(payload).outcome === 'denied' || label(entry, DECISION) === 'forbid';

function eventOf(entry: LogEntry, payload: AuditLog, method: string, action: Action): Seen {
  const project = resourceLabel(entry, 'project_id');
  const location = resourceLabel(entry, 'location');
  const name = resourceLabel(entry, 'cluster_name');
  const cluster = name === undefined ? undefined : `${project ?? '-'}/${location ?? '-'}/${name}`;
  const seen = auditEvent(entry, payload, method, action, cluster);
  claim(seen.claims, 'cluster', cluster);
  if (label(entry, DECISION) === 'forbid') seen.draft.outcome = 'denied';
  claim(seen.claims, 'rbacReason', label(entry, REASON));
  return seen;
}

function callClaims({ claims }: Seen, call: Call): void {
  claim(claims, 'kind', `${call.group}/${call.plural}`);
  claim(claims, 'verb', call.verb);
  claim(claims, 'subresource', call.subresource);
  claim(claims, 'namespace', call.namespace);
  claim(claims, 'name', call.name);
}

/** `serviceaccounts/token`: a token that speaks for the account. */
function speaksFor({ draft, claims }: Seen, { namespace, name }: Call): void {
  if (namespace === undefined || name === undefined) return;
  const cluster = claims['cluster'];
  const user = `system:serviceaccount:${namespace}:${name}`;
  draft.identity = {
    ...draft.identity,
    runAs:
      typeof cluster === 'string'
        ? { kind: 'kubernetes', name: user, cluster }
        : { kind: 'kubernetes', name: user },
  };
}
