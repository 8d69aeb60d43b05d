/** What an audit event is about: workspace, job or run, resource. */
import { databricksJob, databricksRun, type JobId } from '../../model/job.ts';
import { anyOf, firstOf, scalar, type AuditRecord } from './record.ts';

const WORKSPACE = /^[A-Za-z0-9_-]{1,64}$/;
/** Ids of jobs and runs. */
const ID = /^[0-9]{1,20}$/;
/** The account itself stands where a workspace would. */
const ACCOUNT = '0';

/**
 * The workspace of the action. Unity Catalog logs at account level and names in its parameters the workspace that asked.
 */
export function workspaceOf(record: AuditRecord): string | undefined {
  const asked =
    record.service.toLowerCase() === 'unitycatalog' ? scalar(record.params, 'workspace_id') : undefined;
  for (const workspace of [asked, record.workspace]) {
    if (workspace !== undefined && WORKSPACE.test(workspace)) return workspace;
  }
  return record.level === 'ACCOUNT_LEVEL' ? ACCOUNT : undefined;
}

export interface JobTarget {
  readonly job?: JobId;
  /** The definition that the run was made from, or the run that started it. */
  readonly parent?: JobId;
  /** Run of one task within the job's run. */
  readonly taskRun?: string;
}

const NO_JOB: JobTarget = {};

/**
 * The run of the whole job where a run is told (`multitaskParentRunId`, else `runId`), the definition otherwise.
 * @param name `service.action` in lower case.
 */
export function jobTarget(record: AuditRecord, name: string, workspace: string | undefined): JobTarget {
  if (!name.startsWith('jobs.')) return NO_JOB;
  const { params, result } = record;
  const definition = id(anyOf(params, 'job_id', 'jobId') ?? anyOf(result, 'job_id') ?? aclTarget(record));
  const task = id(anyOf(params, 'runId'));
  const run =
    id(anyOf(params, 'multitaskParentRunId')) ??
    task ??
    id(anyOf(params, 'run_id') ?? anyOf(result, 'run_id'));
  if (run === undefined) {
    return definition === undefined ? NO_JOB : { job: databricksJob(workspace, definition) };
  }
  const caller = id(anyOf(params, 'parentRunId'));
  const parent =
    caller !== undefined && caller !== run
      ? databricksRun(workspace, caller)
      : definition === undefined
        ? undefined
        : databricksJob(workspace, definition);
  return {
    job: databricksRun(workspace, run),
    ...(parent === undefined ? undefined : { parent }),
    ...(task === undefined || task === run ? undefined : { taskRun: task }),
  };
}

/** Changes of permissions call the job `resourceId`, in some versions with its path before. */
function aclTarget(record: AuditRecord): string | undefined {
  const resource = anyOf(record.params, 'resourceId');
  return resource?.slice(resource.lastIndexOf('/') + 1);
}

const id = (text: string | undefined): string | undefined =>
  text !== undefined && ID.test(text) ? text : undefined;

/** Parameters that name what an action is done to, the most telling first. */
const NAMES = [
  'full_name_arg',
  'table_full_name',
  'volume_full_name',
  'securable_full_name',
  'cluster_id',
  'clusterId',
  'policy_id',
  'script_id',
  'pipeline_id',
  'notebookId',
  'resourceId',
  'request_object_id',
  'aclChangeResourceName',
  'name_arg',
  'share',
  'recipient_name',
  'name',
  'path',
  'url',
  'mountPoint',
  'scope',
  'targetGroupName',
  'targetUserName',
  'endpoint_id',
  'experimentId',
  'id',
] as const;

/** `service/…`, with the name of the thing where the event has one. */
export function resourceOf(record: AuditRecord, target: JobTarget): string {
  if (target.job !== undefined) {
    return `${record.service}/${target.job.slice(target.job.indexOf('/') + 1)}`;
  }
  const { params, result } = record;
  const full = fullName(record);
  const name = full ?? firstOf(params, NAMES) ?? anyOf(result, 'cluster_id', 'instance_pool_id', 'id');
  if (name === undefined) return record.service;
  return name.startsWith('/') ? `${record.service}${name}` : `${record.service}/${name}`;
}

/** What is created in a schema or catalog names them apart from itself. */
export function fullName(record: AuditRecord): string | undefined {
  const { params } = record;
  const catalog = scalar(params, 'catalog_name');
  const name = scalar(params, 'name');
  if (catalog === undefined || name === undefined) return undefined;
  const schema = scalar(params, 'schema_name');
  return schema === undefined ? `${catalog}.${name}` : `${catalog}.${schema}.${name}`;
}
