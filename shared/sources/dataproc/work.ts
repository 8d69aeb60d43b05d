/** The work an audited call asks for: engine, main file, datasets, and the workflow it belongs to. */
import type { AuditLog } from '../../../schemas/log-entry.ts';
import { listClaim } from '../../audit/claims.ts';
import { UseSet } from '../../datasets/uses.ts';
import { datasetId } from '../../model/dataset.ts';
import type { DatasetUse } from '../../model/event.ts';
import { dataprocJob } from '../../model/job.ts';
import { specDigest } from '../../jobapi/spec-digest.ts';
import { isObject, list, obj, str, type Json } from '../fields.ts';
import { claim, short, type Claims, type Draft } from './draft.ts';
import { addDatasets, jobSpecOf } from './job-spec.ts';
import type { Method } from './methods.ts';
import { librariesOf, runtimeOrigins, workOrigins } from './origins.ts';

/** Dataset uses kept of one entry; how many there were beyond is a claim. */
const MAX_DATASETS = 64;
/** Labels the service puts on the jobs of a workflow run; the first is the id of the run's operation. */
const WORKFLOW_RUN = 'goog-dataproc-workflow-instance-id';
const WORKFLOW_STEP = 'goog-dataproc-workflow-step-id';

export function addWork(draft: Draft, claims: Claims, payload: AuditLog, method: Method): void {
  const request = payload.request;
  const uses = new UseSet();
  switch (method.subject) {
    case 'job': {
      const job = obj(request, 'job');
      const cluster = claims['cluster'];
      describe(claims, uses, job, typeof cluster === 'string' ? cluster : undefined);
      if (method.action === 'job.submit') {
        addParent(draft, claims, obj(payload.response, 'labels') ?? obj(job, 'labels'));
        addSpecDigest(claims, job);
      }
      break;
    }
    case 'batch':
      describe(claims, uses, obj(request, 'batch'), undefined);
      if (method.action === 'job.submit') addSpecDigest(claims, obj(request, 'batch'));
      break;
    case 'session':
      addSession(draft, claims, obj(request, 'session'));
      return;
    case 'workflow':
      addSteps(claims, uses, request);
      break;
    case 'cluster':
    case 'workload':
    case 'operation':
    case 'other':
      return;
  }
  // A template or an update names data, but nothing reads or writes it yet.
  const runs = method.action === 'job.submit' || method.action === 'workflow.run';
  const found = runs ? qualified(uses.list(), claims['cluster']) : [];
  if (found.length === 0) return;
  draft.datasets = found.length > MAX_DATASETS ? found.slice(0, MAX_DATASETS) : found;
  if (found.length > MAX_DATASETS) claims['datasetsBeyondLimit'] = found.length - MAX_DATASETS;
}

const DEFAULT_HDFS = 'hdfs:///';

/** A path on the cluster's own file system is a dataset of that cluster; without its name it is none that can be told. */
function qualified(uses: readonly DatasetUse[], cluster: Claims[string] | undefined): readonly DatasetUse[] {
  if (!uses.some(({ dataset }) => dataset.startsWith(DEFAULT_HDFS))) return uses;
  return uses.flatMap((use) => {
    if (!use.dataset.startsWith(DEFAULT_HDFS)) return [use];
    const dataset =
      typeof cluster === 'string'
        ? datasetId(`hdfs://${cluster}/${use.dataset.slice(DEFAULT_HDFS.length)}`)
        : undefined;
    return dataset === undefined ? [] : [{ ...use, dataset }];
  });
}

function describe(claims: Claims, uses: UseSet, job: Json | undefined, cluster: string | undefined): void {
  const spec = jobSpecOf(job);
  if (spec === undefined) return;
  claim(claims, 'jobType', spec.type);
  claim(claims, 'mainFile', spec.main);
  workOrigins(claims, spec.body, obj(job, 'runtimeConfig'));
  addDatasets(uses, spec, job, cluster);
}

/** What an approval names a submission by (docs/sources/approvals.md); a request without a job tells no specification. */
function addSpecDigest(claims: Claims, spec: Json | undefined): void {
  if (jobSpecOf(spec) !== undefined && spec !== undefined) claims['specDigest'] = specDigest(spec);
}

/** Labels can be written by whoever submits: the parent is what the entry claims, and says so. */
function addParent(draft: Draft, claims: Claims, labels: Json | undefined): void {
  const run = str(labels, WORKFLOW_RUN);
  if (run === undefined || run.length > 128) return;
  draft.parentJob = dataprocJob(draft.project, draft.location, 'workflow', run);
  draft.parentStrength = 'declared';
  claims['parentRecordedBy'] = 'label';
  claim(claims, 'workflowStep', str(labels, WORKFLOW_STEP));
}

function addSession(draft: Draft, claims: Claims, session: Json | undefined): void {
  const jupyter = obj(session, 'jupyterSession');
  runtimeOrigins(claims, obj(session, 'runtimeConfig'));
  const name = str(jupyter, 'displayName');
  if (name !== undefined) draft.jobName = short(name);
  claim(claims, 'kernel', str(jupyter, 'kernel'));
  if (jupyter !== undefined) claims['jobType'] = 'jupyter';
  else if (obj(session, 'sparkConnectSession') !== undefined) claims['jobType'] = 'spark-connect';
  claim(claims, 'sessionTemplate', str(session, 'sessionTemplate'));
  claim(claims, 'sessionUser', str(session, 'user'));
}

/** Steps of a template that came with the request; those of a stored one are in no entry of its run. */
function addSteps(claims: Claims, uses: UseSet, request: Json | undefined): void {
  const template = obj(request, 'template');
  const steps = list(template, 'jobs');
  if (steps.length > 0) claims['steps'] = steps.length;
  const cluster = claims['cluster'];
  const files: string[] = [];
  for (const step of steps) {
    const spec = isObject(step) ? jobSpecOf(step) : undefined;
    if (spec === undefined) continue;
    if (spec.main !== undefined) files.push(spec.main);
    files.push(...librariesOf(spec.body));
    addDatasets(uses, spec, undefined, typeof cluster === 'string' ? cluster : undefined);
  }
  listClaim(claims, 'stepFiles', files);
}
