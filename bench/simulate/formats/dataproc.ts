/**
 * Audit entries of dataproc.googleapis.com with request and response in the JSON form of google.cloud.dataproc.v1, and what the
 * machines of a cluster write. A long-running operation is told twice under one operation id, a refused call once.
 */
import { REGION, type Cluster, type Project } from '../organisation/organisation.ts';
import type { Random } from '../random.ts';
import { entry, logNameOf, type Json, type Told } from '../told.ts';
import { audit, type AuditCall, type Caller } from './audit.ts';

const DATAPROC = 'dataproc.googleapis.com';
const V1 = 'google.cloud.dataproc.v1';
const TYPE = `type.googleapis.com/${V1}`;
export const PATH = 'dataproc';

export interface Call {
  readonly at: number;
  readonly caller: Caller;
  readonly denied?: boolean;
  readonly lateMs?: number;
}

type Rest = Pick<AuditCall, 'resource' | 'resourceName' | 'permissions' | 'request' | 'response'>;

function operation(
  random: Random,
  { at, caller, denied, lateMs }: Call,
  project: Project,
  method: string,
  rest: Rest,
  afterMs: number,
): readonly Told[] {
  const common = {
    path: PATH,
    project: project.id,
    service: DATAPROC,
    method: `${V1}.${method}`,
    ...(lateMs === undefined ? {} : { lateMs }),
  };
  if (denied === true) {
    const { response: _, ...asked } = rest;
    return [audit(random, { ...common, ...asked, at, caller, denied })];
  }
  const id = `projects/${project.id}/regions/${REGION}/operations/${random.uuid()}`;
  const first = audit(random, {
    ...common,
    ...rest,
    at,
    caller,
    operation: { id, producer: DATAPROC, first: true },
  });
  const { request: _, ...ended } = rest;
  const last = audit(random, {
    ...common,
    ...ended,
    at: at + afterMs,
    permissions: [],
    operation: { id, producer: DATAPROC, last: true },
    // Services differ: the entry that ends an operation need not say who began it.
    ...(random.chance(0.6) ? { caller } : {}),
  });
  return [first, last];
}

export interface ClusterJob {
  readonly id: string;
  readonly uuid: string;
  readonly cluster: Cluster;
  readonly script: string;
  readonly args: readonly string[];
  readonly labels?: Json;
  readonly requestId?: string;
}

export function submitJob(random: Random, call: Call, job: ClusterJob): readonly Told[] {
  const { cluster, id } = job;
  const { project } = cluster;
  const parent = `projects/${project.id}/regions/${REGION}`;
  const work: Json = {
    pysparkJob: { mainPythonFileUri: job.script, args: [...job.args] },
    ...(job.labels === undefined ? {} : { labels: job.labels }),
  };
  const reference: Json = { projectId: project.id, jobId: id };
  return operation(
    random,
    call,
    project,
    'JobController.SubmitJob',
    {
      resource: clusterResource(cluster),
      resourceName: `${parent}/jobs/${id}`,
      permissions: [
        ['dataproc.jobs.create', `${parent}/jobs/${id}`],
        ['dataproc.clusters.use', `${parent}/clusters/${cluster.name}`],
      ],
      request: {
        '@type': `${TYPE}.SubmitJobRequest`,
        projectId: project.id,
        region: REGION,
        job: { reference, placement: { clusterName: cluster.name }, ...work },
        ...(job.requestId === undefined ? {} : { requestId: job.requestId }),
      },
      response: {
        '@type': `${TYPE}.Job`,
        reference,
        placement: { clusterName: cluster.name, clusterUuid: cluster.uuid },
        ...work,
        status: { state: 'PENDING' },
        jobUuid: job.uuid,
      },
    },
    random.int(900, 2600),
  );
}

export interface Batch {
  readonly id: string;
  readonly uuid: string;
  readonly project: Project;
  readonly runAs: string;
  readonly script: string;
  readonly args: readonly string[];
  readonly labels?: Json;
  readonly requestId?: string;
}

export function createBatch(random: Random, call: Call, batch: Batch, afterMs: number): readonly Told[] {
  const { project } = batch;
  const parent = `projects/${project.id}/locations/${REGION}`;
  const name = `${parent}/batches/${batch.id}`;
  const content: Json = {
    pysparkBatch: { mainPythonFileUri: batch.script, args: [...batch.args] },
    ...(batch.labels === undefined ? {} : { labels: batch.labels }),
    runtimeConfig: { version: '2.3' },
    environmentConfig: { executionConfig: { serviceAccount: batch.runAs, subnetworkUri: 'data-euw1' } },
  };
  return operation(
    random,
    call,
    project,
    'BatchController.CreateBatch',
    {
      resource: {
        type: 'cloud_dataproc_batch',
        labels: { project_id: project.id, location: REGION, batch_id: batch.id },
      },
      resourceName: name,
      permissions: [['dataproc.batches.create', name]],
      request: {
        '@type': `${TYPE}.CreateBatchRequest`,
        parent,
        batchId: batch.id,
        batch: content,
        ...(batch.requestId === undefined ? {} : { requestId: batch.requestId }),
      },
      response: { '@type': `${TYPE}.Batch`, name, uuid: batch.uuid, ...content, state: 'SUCCEEDED' },
    },
    afterMs,
  );
}

/** One method of a cluster or template that answers at once. */
export function simpleCall(
  random: Random,
  { at, caller, denied }: Call,
  target: {
    readonly project: Project;
    readonly method: string;
    readonly name: string;
    readonly permission: string;
    readonly request: Json;
    readonly cluster?: Cluster;
  },
): Told {
  const method = target.method.startsWith('google.') ? target.method : `${V1}.${target.method}`;
  return audit(random, {
    at,
    path: PATH,
    project: target.project.id,
    service: DATAPROC,
    method,
    caller,
    ...(denied === undefined ? {} : { denied }),
    resource:
      target.cluster === undefined
        ? {
            type: 'audited_resource',
            labels: { project_id: target.project.id, service: DATAPROC, method },
          }
        : clusterResource(target.cluster),
    resourceName: target.name,
    permissions: [[target.permission, target.name]],
    request: target.request,
  });
}

/** Creation or deletion of a cluster: an operation about no job. Either half can be left out. */
export function clusterOperation(
  random: Random,
  call: Call,
  verb: 'Create' | 'Delete',
  cluster: Cluster,
  halves: { readonly first: boolean; readonly last: boolean },
): readonly Told[] {
  const { project, name } = cluster;
  const resourceName = `projects/${project.id}/regions/${REGION}/clusters/${name}`;
  const told = operation(
    random,
    call,
    project,
    `ClusterController.${verb}Cluster`,
    {
      resource: clusterResource(cluster),
      resourceName,
      permissions: [[`dataproc.clusters.${verb.toLowerCase()}`, resourceName]],
      request: {
        '@type': `${TYPE}.${verb}ClusterRequest`,
        projectId: project.id,
        region: REGION,
        ...(verb === 'Delete'
          ? { clusterName: name }
          : {
              cluster: {
                projectId: project.id,
                clusterName: name,
                config: { gceClusterConfig: { internalIpOnly: true, serviceAccount: cluster.runAs } },
              },
            }),
      },
      response: {
        '@type': `${TYPE}.Cluster`,
        projectId: project.id,
        clusterName: name,
        clusterUuid: cluster.uuid,
      },
    },
    random.int(90_000, 200_000),
  );
  return told.filter((_, i) => (i === 0 ? halves.first : halves.last));
}

function clusterResource({ project, name, uuid }: Cluster): Json {
  return {
    type: 'cloud_dataproc_cluster',
    labels: { project_id: project.id, cluster_name: name, cluster_uuid: uuid, region: REGION },
  };
}

/** A workflow started from a template. */
export function instantiateTemplate(
  random: Random,
  call: Call,
  project: Project,
  template: string,
): readonly Told[] {
  const name = `projects/${project.id}/regions/${REGION}/workflowTemplates/${template}`;
  const method = 'WorkflowTemplateService.InstantiateWorkflowTemplate';
  return operation(
    random,
    call,
    project,
    method,
    {
      resource: {
        type: 'audited_resource',
        labels: { project_id: project.id, service: DATAPROC, method: `${V1}.${method}` },
      },
      resourceName: name,
      permissions: [['dataproc.workflowTemplates.instantiate', name]],
      request: { '@type': `${TYPE}.InstantiateWorkflowTemplateRequest`, name, version: 7 },
      response: { '@type': 'type.googleapis.com/google.protobuf.Empty' },
    },
    random.int(5, 20) * 60_000,
  );
}

/** A line of a job's driver, which whoever runs code on the cluster can write. */
export function driverLine(
  random: Random,
  at: number,
  job: { readonly id: string; readonly uuid: string; readonly cluster: Cluster },
  message: string,
): Told {
  const { cluster } = job;
  return entry(random, {
    at,
    path: PATH,
    logName: logNameOf(cluster.project.id, 'dataproc.job.driver'),
    resource: {
      type: 'cloud_dataproc_job',
      labels: { project_id: cluster.project.id, region: REGION, job_id: job.id, job_uuid: job.uuid },
    },
    payload: { jsonPayload: { class: 'org.apache.spark.SparkContext', message } },
    severity: 'INFO',
    labels: {
      'dataproc.googleapis.com/cluster_name': cluster.name,
      'dataproc.googleapis.com/cluster_uuid': cluster.uuid,
    },
  });
}

/** Output of a batch's driver. */
export function batchLine(
  random: Random,
  at: number,
  project: Project,
  batch: string,
  message: string,
): Told {
  return entry(random, {
    at,
    path: PATH,
    logName: logNameOf(project.id, `${DATAPROC}/output`),
    resource: {
      type: 'cloud_dataproc_batch',
      labels: { project_id: project.id, location: REGION, batch_id: batch },
    },
    payload: { jsonPayload: { message, component: 'driver' } },
    severity: 'INFO',
  });
}

export const applicationId = ({ startedMs }: Cluster, sequence: number): string =>
  `application_${startedMs}_${String(sequence).padStart(4, '0')}`;

/** The resource manager's summary of an application that ended; without `job` nobody submitted it by the job API. */
export function applicationSummary(
  random: Random,
  at: number,
  cluster: Cluster,
  application: {
    readonly sequence: number;
    readonly startedAt: number;
    readonly job?: { readonly id: string; readonly uuid: string };
  },
): Told {
  const id = applicationId(cluster, application.sequence);
  const { job, startedAt } = application;
  const tags = job === undefined ? '' : `dataproc_job_${job.id},dataproc_uuid_${job.uuid}`;
  return entry(random, {
    at,
    path: PATH,
    logName: logNameOf(cluster.project.id, 'hadoop-yarn-resourcemanager'),
    resource: clusterResource(cluster),
    payload: {
      jsonPayload: {
        class: 'org.apache.hadoop.yarn.server.resourcemanager.RMAppManager$ApplicationSummary',
        filename: `hadoop-yarn-resourcemanager-${cluster.name}-m.log`,
        message:
          `appId=${id},name=${job?.id ?? 'spark-shell'},user=root,queue=default,state=FINISHED,` +
          `trackingUrl=http://${cluster.name}-m:8088/proxy/${id}/,appMasterHost=${cluster.name}-w-0,` +
          `submitTime=${String(Math.floor(startedAt))},startTime=${String(Math.floor(startedAt) + 84)},finishTime=${String(Math.floor(at))},` +
          `finalStatus=SUCCEEDED,memorySeconds=1804312,vcoreSeconds=441,applicationType=SPARK,applicationTags=${tags}`,
      },
    },
    severity: 'INFO',
    labels: { 'compute.googleapis.com/resource_name': `${cluster.name}-m` },
  });
}
