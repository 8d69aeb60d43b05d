/** A job that an API listed, as an event: about the same job id that the engine's audit entries make. */
import type { JobApi, ObservedJob } from '../../../schemas/observed.ts';
import type { Claim, IdentityClaims } from '../../identity/claims.ts';
import type { AuditEventDraft } from '../../model/event.ts';
import { databricksJob, databricksRun, dataflowJob, dataprocJob, type JobId } from '../../model/job.ts';
import { str } from '../fields.ts';
import { claim, type Claims } from './claims.ts';
import { endOf } from './states.ts';

type Draft = { -readonly [K in keyof AuditEventDraft]: AuditEventDraft[K] };

/** Methods of the APIs that list jobs; one job has one method, whichever of an API's lists it came in. */
export const JOB_METHODS: Readonly<Record<JobApi, string>> = {
  'dataproc-jobs': 'dataproc.projects.regions.jobs.list',
  'dataproc-batches': 'dataproc.projects.locations.batches.list',
  'dataproc-sessions': 'dataproc.projects.locations.sessions.list',
  'dataflow-jobs': 'dataflow.projects.locations.jobs.list',
  'databricks-runs': 'databricks.jobs.runs.list',
};

/** The label in which a gateway leaves the id of the request that submitted the job. */
const REQUEST_ID = 'gw-request-id';
/** The label that Dataproc puts on the jobs of a workflow run; whoever submits may write it as well. */
const WORKFLOW_RUN = 'goog-dataproc-workflow-instance-id';
const MAX_WORKFLOW = 128;
/** Wider than the APIs document, narrower than what could forge another id. */
const ID = /^[A-Za-z0-9_-]{1,255}$/;
const DIGITS = /^[0-9]{1,20}$/;

export function jobEvent(job: ObservedJob): AuditEventDraft {
  const draft: Draft = {
    action: 'job.observe',
    outcome: endOf(job.api, job.state, job.result) ?? 'unknown',
    method: JOB_METHODS[job.api],
    identity: identityOf(job),
    via: 'direct',
    // The engine itself said so, to a caller of ours.
    provenance: 'provider',
    claims: claimsOf(job),
  };
  const id = jobIdOf(job);
  if (id !== undefined) draft.job = id;
  if (job.name !== undefined) draft.jobName = job.name;
  addParent(draft, job);
  const project = job.workspace === undefined ? job.project : `databricks/${job.workspace}`;
  if (project !== undefined) draft.project = project;
  if (job.location !== undefined) draft.location = job.location;
  const requestId = str(job.labels, REQUEST_ID);
  if (requestId !== undefined) draft.requestId = requestId;
  return draft;
}

/** Undefined for an id that no such API gives out; it stays among the claims. */
function jobIdOf({ api, project, location, workspace, id }: ObservedJob): JobId | undefined {
  if (!ID.test(id)) return undefined;
  switch (api) {
    case 'dataproc-jobs':
      return dataprocJob(project, location, 'job', id);
    case 'dataproc-batches':
      return dataprocJob(project, location, 'batch', id);
    case 'dataproc-sessions':
      return dataprocJob(project, location, 'session', id);
    case 'dataflow-jobs':
      return dataflowJob(project, location, id);
    case 'databricks-runs':
      return DIGITS.test(id) ? databricksRun(workspace, id) : undefined;
  }
}

function addParent(draft: Draft, job: ObservedJob): void {
  if (job.definition !== undefined && DIGITS.test(job.definition)) {
    draft.parentJob = databricksJob(job.workspace, job.definition);
    return;
  }
  if (job.replaces !== undefined && ID.test(job.replaces)) {
    draft.parentJob = dataflowJob(job.project, job.location, job.replaces);
    return;
  }
  const workflow = job.api === 'dataproc-jobs' ? str(job.labels, WORKFLOW_RUN) : undefined;
  if (workflow === undefined || workflow.length > MAX_WORKFLOW) return;
  draft.parentJob = dataprocJob(job.project, job.location, 'workflow', workflow);
  draft.parentStrength = 'declared';
}

/** Who created it, where the API states it; nobody is named by Dataproc's jobs and Dataflow. */
function identityOf({ api, creator, runAs }: ObservedJob): IdentityClaims {
  const named = (name: string): Claim =>
    api === 'databricks-runs'
      ? { kind: 'databricks', name, proof: 'oauth' }
      : { kind: 'google', email: name };
  return {
    ...(creator === undefined ? { absent: 'not-recorded' } : { caller: named(creator) }),
    ...(runAs === undefined ? undefined : { runAs: named(runAs) }),
  };
}

function claimsOf(job: ObservedJob): Claims {
  const claims: Claims = { api: job.api, id: job.id, state: job.state };
  claim(claims, 'result', job.result);
  claim(claims, 'states', job.history?.map(({ state }) => state).join(','));
  claim(claims, 'createTime', job.createTime);
  claim(claims, 'startTime', job.startTime);
  claim(claims, 'endTime', job.endTime);
  claim(claims, 'uuid', job.uuid);
  claim(claims, 'creator', job.creator);
  claim(claims, 'user', job.user);
  claim(claims, 'cluster', job.cluster);
  claim(claims, 'clusterUuid', job.clusterUuid);
  claim(claims, 'jobType', job.jobType);
  claim(claims, 'mainFile', job.mainFile);
  claim(claims, 'driverOutput', job.driverOutput);
  claim(claims, 'operation', job.operation);
  claim(claims, 'requestToken', job.requestToken);
  claim(claims, 'replaces', job.replaces);
  claim(claims, 'retries', job.retries);
  claim(claims, 'trigger', job.trigger);
  claim(claims, 'runType', job.runType);
  claim(claims, 'applications', job.applications?.join(','));
  return claims;
}
