/** Work on a cluster: SubmitJob, SubmitJobAsOperation, InstantiateWorkflowTemplate. */
import { REGION } from '../company.ts';
import type { Cluster } from '../company.ts';
import { DATAPROC, TYPE, V1, adminWrite, clusterResource, dataprocAudit, operation } from './audit.ts';
import type { Call, Ending } from './audit.ts';
import type { Draft, Json } from '../entry.ts';

export interface JobSubmission {
  readonly id: string;
  readonly uuid: string;
  readonly cluster: Cluster;
  /** One of `pysparkJob`, `sparkSqlJob`, `hiveJob`, … with its value. */
  readonly work: Json;
  readonly labels?: Json;
  readonly requestId?: string;
}

function jobMessage(call: Call, job: JobSubmission, state: string): Json {
  const staging = `gs://dataproc-staging-${REGION}-${call.project.number}/google-cloud-dataproc-metainfo/${job.cluster.uuid}/jobs/${job.id}`;
  return {
    '@type': `${TYPE}.Job`,
    reference: { projectId: call.project.id, jobId: job.id },
    placement: { clusterName: job.cluster.name, clusterUuid: job.cluster.uuid },
    ...job.work,
    status: { state, stateStartTime: call.requestTime },
    ...(job.labels === undefined ? {} : { labels: job.labels }),
    driverControlFilesUri: `${staging}/`,
    driverOutputResourceUri: `${staging}/driveroutput`,
    jobUuid: job.uuid,
  };
}

function submission(call: Call, job: JobSubmission): Parameters<typeof dataprocAudit>[2] {
  const parent = `projects/${call.project.id}/regions/${REGION}`;
  const cluster = `${parent}/clusters/${job.cluster.name}`;
  return {
    resource: clusterResource(call.project, job.cluster),
    resourceName: `${parent}/jobs/${job.id}`,
    permissions: [
      adminWrite('dataproc.jobs.create', `${parent}/jobs/${job.id}`, 'Job'),
      adminWrite('dataproc.clusters.use', cluster, 'Cluster'),
    ],
    request: {
      '@type': `${TYPE}.SubmitJobRequest`,
      projectId: call.project.id,
      region: REGION,
      job: {
        reference: { projectId: call.project.id, jobId: job.id },
        placement: { clusterName: job.cluster.name },
        ...job.work,
        ...(job.labels === undefined ? {} : { labels: job.labels }),
      },
      ...(job.requestId === undefined ? {} : { requestId: job.requestId }),
    },
  };
}

export function submitJob(call: Call, job: JobSubmission, ending: Ending): readonly Draft[] {
  const rest = submission(call, job);
  if (call.denied === true) return [dataprocAudit(call, 'JobController.SubmitJob', rest)];
  const pending = jobMessage(call, job, 'PENDING');
  return operation(call, ending, 'JobController.SubmitJob', { ...rest, response: pending }, pending);
}

/** Its operation lasts as long as the job. */
export function submitJobAsOperation(call: Call, job: JobSubmission, ending: Ending): readonly Draft[] {
  const started: Json = {
    '@type': 'type.googleapis.com/google.longrunning.Operation',
    name: `projects/${call.project.id}/regions/${REGION}/operations/${ending.operationId}`,
    metadata: {
      '@type': `${TYPE}.JobMetadata`,
      jobId: job.id,
      status: { state: 'PENDING', stateStartTime: call.requestTime },
      operationType: 'SubmitJobAsOperation',
      startTime: call.requestTime,
    },
  };
  return operation(
    call,
    ending,
    'JobController.SubmitJobAsOperation',
    { ...submission(call, job), response: started },
    jobMessage(call, job, ending.error === undefined ? 'DONE' : 'ERROR'),
  );
}

export function instantiateTemplate(
  call: Call,
  template: string,
  parameters: Json,
  ending: Ending,
): readonly Draft[] {
  const name = `projects/${call.project.id}/regions/${REGION}/workflowTemplates/${template}`;
  return operation(
    call,
    ending,
    'WorkflowTemplateService.InstantiateWorkflowTemplate',
    {
      resource: {
        type: 'audited_resource',
        labels: {
          project_id: call.project.id,
          service: DATAPROC,
          method: `${V1}.WorkflowTemplateService.InstantiateWorkflowTemplate`,
        },
      },
      resourceName: name,
      permissions: [adminWrite('dataproc.workflowTemplates.instantiate', name, 'WorkflowTemplate')],
      request: { '@type': `${TYPE}.InstantiateWorkflowTemplateRequest`, name, version: 7, parameters },
    },
    { '@type': 'type.googleapis.com/google.protobuf.Empty' },
  );
}
