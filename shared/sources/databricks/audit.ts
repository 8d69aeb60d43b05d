/** Audit events of Databricks as events of ours. */
import type { LogEntry } from '../../../schemas/log-entry.ts';
import type { Action, ApiCall, AuditEventDraft, Normalised } from '../../model/event.ts';
import { claimsOf } from './claims.ts';
import { datasetsOf } from './datasets.ts';
import { identityOf } from './identity.ts';
import { methodOf, type Method } from './methods.ts';
import { outcomeOf } from './outcome.ts';
import { readRecord, scalar, type AuditRecord } from './record.ts';
import { jobTarget, resourceOf, workspaceOf } from './target.ts';

type Draft = { -readonly [K in keyof AuditEventDraft]: AuditEventDraft[K] };

/** Logged for every API call that carries an OAuth token; the call itself has an event of its own. */
const TOKEN_CHECK = 'accounts.oidctokenauthorization';
/** Written by the scheduler or the cluster, not for a call of the API. */
const NO_CALL = new Set(['jobs.runtriggered', 'jobs.runstart', 'jobs.runsucceeded', 'jobs.runfailed']);

const isCall = (name: string): boolean =>
  name === 'clusters.create' || (name.startsWith('jobs.') && !NO_CALL.has(name));

export function normaliseAudit(entry: LogEntry): Normalised {
  const record = entry.jsonPayload === undefined ? undefined : readRecord(entry.jsonPayload);
  if (record === undefined) {
    return {
      kind: 'refused',
      code: 'payload-shape',
      reason: 'The Databricks audit event names no service or no action.',
    };
  }
  const name = `${record.service}.${record.action}`.toLowerCase();
  const outcome = outcomeOf(record, name);
  if (name === TOKEN_CHECK && outcome === 'allowed') {
    return { kind: 'filtered', rule: 'databricks-oauth-token-check' };
  }
  const method = methodOf(record.service, record.action);
  const draft = draftOf(record, name, method, outcome);
  return method === undefined
    ? { kind: 'event', event: draft, unknownMethod: draft.method }
    : { kind: 'event', event: draft };
}

function draftOf(
  record: AuditRecord,
  name: string,
  method: Method | undefined,
  outcome: AuditEventDraft['outcome'],
): Draft {
  const workspace = workspaceOf(record);
  const target = jobTarget(record, name, workspace);
  const action = actionOf(record, name, method);
  const draft: Draft = {
    action,
    outcome,
    method: method?.name ?? `${record.service}.${record.action}`,
    identity: identityOf(record, action, outcome),
    via: 'direct',
    // Databricks writes it into a bucket of the customer's, which the function is told by its configuration.
    provenance: 'declared-writer',
    resource: resourceOf(record, target),
    claims: claimsOf(record, target),
  };
  if (record.status !== undefined) draft.status = record.status;
  if (workspace !== undefined) draft.project = `databricks/${workspace}`;
  if (target.job !== undefined) draft.job = target.job;
  if (target.parent !== undefined && target.parent !== target.job) draft.parentJob = target.parent;
  const jobName = jobNameOf(record, name);
  if (jobName !== undefined) draft.jobName = jobName;
  if (record.requestId !== undefined) draft.requestId = record.requestId;
  if (method === undefined) return draft;
  if (isCall(name)) draft.call = callOf(method, workspace);
  const datasets = datasetsOf(record, method, workspace);
  if (datasets.length > 0) draft.datasets = datasets;
  return draft;
}

/** Verbose audit logs are switched by a workspace setting like any other. */
function actionOf(record: AuditRecord, name: string, method: Method | undefined): Action {
  if (name === 'workspace.workspaceconfedit') {
    const keys = scalar(record.params, 'workspaceConfKeys') ?? '';
    if (keys.toLowerCase().includes('auditlog')) return 'log.change';
  }
  return method?.action ?? 'unclassified';
}

function jobNameOf(record: AuditRecord, name: string): string | undefined {
  if (!name.startsWith('jobs.')) return undefined;
  return (
    scalar(record.params, 'run_name') ?? (name === 'jobs.create' ? scalar(record.params, 'name') : undefined)
  );
}

function callOf(method: Method, workspace: string | undefined): ApiCall {
  return workspace === undefined
    ? { engine: 'databricks', method: method.name }
    : { engine: 'databricks', method: method.name, project: `databricks/${workspace}` };
}
