/** Audit events of Databricks as its log delivery writes them: one JSON object a line, nested values as JSON in strings. */
import { DATABRICKS } from '../organisation/organisation.ts';
import type { Random } from '../random.ts';
import type { Json, Told } from '../told.ts';

const ACCOUNT = '7af234db-66d7-4db3-bbf0-956098224879';
/** Whom events of the platform itself name. */
export const SYSTEM_USER = 'System-User';
export const PATH = `databricks/${DATABRICKS}`;

export interface DatabricksEvent {
  readonly at: number;
  readonly mail: string;
  readonly ip?: string;
  /** `service.action`. */
  readonly method: string;
  readonly params: Json;
  readonly status?: number;
  readonly result?: Json;
  readonly runs?: { readonly by: string; readonly as: string };
}

export function databricksEvent(random: Random, event: DatabricksEvent): Told {
  const dot = event.method.indexOf('.');
  const { status = 200, result, runs } = event;
  return {
    at: event.at,
    path: PATH,
    form: 'record',
    text: JSON.stringify({
      version: '2.0',
      timestamp: Math.floor(event.at),
      workspaceId: DATABRICKS,
      sourceIPAddress: event.ip ?? '',
      userAgent: '',
      sessionId: null,
      userIdentity: { email: event.mail, subjectName: null },
      serviceName: event.method.slice(0, dot),
      actionName: event.method.slice(dot + 1),
      requestId: random.uuid(),
      requestParams: event.params,
      response: {
        statusCode: status,
        errorMessage: status < 400 ? null : 'PERMISSION_DENIED',
        result: result === undefined ? null : JSON.stringify(result),
      },
      auditLevel: 'WORKSPACE_LEVEL',
      accountId: ACCOUNT,
      ...(runs === undefined ? {} : { identityMetadata: { runBy: runs.by, runAs: runs.as } }),
    }),
  };
}

/** A run that somebody starts, and what the platform says of it. */
export function databricksRun(
  random: Random,
  run: {
    readonly at: number;
    readonly by: string;
    readonly job: string;
    readonly runId: string;
    readonly endsAt: number;
  },
): readonly Told[] {
  const params: Json = {
    jobId: run.job,
    runId: random.digits(15),
    multitaskParentRunId: run.runId,
    taskKey: 'main',
    jobTriggerType: 'ONE_TIME',
    jobTaskType: 'notebook',
    jobClusterType: 'new',
    orgId: '0',
  };
  const platform = (at: number, method: string, more: Json): Told =>
    databricksEvent(random, { at, mail: SYSTEM_USER, method, params: { ...params, ...more } });
  return [
    databricksEvent(random, {
      at: run.at,
      mail: run.by,
      ip: '198.51.100.17',
      method: 'jobs.runNow',
      params: { job_id: run.job },
      result: { run_id: Number(run.runId), number_in_job: Number(run.runId) },
      runs: { by: run.by, as: run.by },
    }),
    platform(run.at + 60_000, 'jobs.runStart', {}),
    platform(run.endsAt, 'jobs.runSucceeded', { idInJob: '41', jobTerminalState: 'Succeeded' }),
  ];
}
