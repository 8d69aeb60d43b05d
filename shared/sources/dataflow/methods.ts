/**
 * Method names of dataflow.googleapis.com and datapipelines.googleapis.com as audit entries may spell them.
 *
 * The audit log names Dataflow calls by the permission they check (`dataflow.jobs.create`); the RPC names of the public
 * protos (google/dataflow/v1beta3/*.proto) are not documented to occur there and are kept as aliases, so that a change of
 * dialect is a known method and not a gap. Sources: docs.cloud.google.com/dataflow/docs/audit-logging,
 * google/cloud/datapipelines/v1/data_pipelines.proto.
 */
import type { Action } from '../../model/event.ts';

export interface Method {
  readonly action: Action;
  /** One name for all spellings of a call, the match key of corroboration: the audit log's where it has one. */
  readonly call: string;
  /** What the request decides: `update` may be a cancellation; `template-check` and `launch` may start no job. */
  readonly reads?: 'update' | 'template-check' | 'launch';
}

const CREATE: Method = { action: 'job.submit', call: 'dataflow.jobs.create' };
const LAUNCH: Method = { ...CREATE, reads: 'launch' };
const UPDATE: Method = { action: 'job.update', call: 'dataflow.jobs.updateContents', reads: 'update' };
const CANCEL: Method = { action: 'job.cancel', call: 'dataflow.jobs.updateContents' };
/** A snapshot is a copy of a streaming pipeline's state, and of its Pub/Sub backlog where asked for. */
const SNAPSHOT: Method = { action: 'data.write', call: 'SnapshotJob' };
const SNAPSHOT_DELETE: Method = { action: 'data.delete', call: 'DeleteSnapshot' };
const metadata = (call: string): Method => ({ action: 'metadata.read', call });
const telemetry = (call: string): Method => ({ action: 'telemetry.read', call });
const schedule = (call: string): Method => ({ action: 'schedule.change', call });

/** The check that the template services leave in the data access log; another service's method by its name. */
const TEMPLATE_CHECK = 'resourcemanager.projects.get';

const METHODS: ReadonlyMap<string, Method> = new Map([
  ['dataflow.jobs.create', CREATE],
  ['dataflow.jobs.updateContents', UPDATE],
  ['dataflow.jobs.cancel', CANCEL],
  [TEMPLATE_CHECK, { action: 'metadata.read', call: TEMPLATE_CHECK, reads: 'template-check' }],

  ['dataflow.jobs.get', metadata('GetJob')],
  ['dataflow.jobs.list', metadata('ListJobs')],
  ['dataflow.jobs.snapshot', SNAPSHOT],
  ['dataflow.snapshots.get', metadata('GetSnapshot')],
  ['dataflow.snapshots.list', metadata('ListSnapshots')],
  ['dataflow.snapshots.delete', SNAPSHOT_DELETE],
  ['dataflow.messages.list', telemetry('ListJobMessages')],
  ['dataflow.metrics.get', telemetry('GetJobMetrics')],
  ['dataflow.workItems.lease', { action: 'job.run', call: 'LeaseWorkItem' }],
  ['dataflow.workItems.update', { action: 'job.run', call: 'ReportWorkItemStatus' }],
  ['dataflow.workItems.sendMessage', { action: 'telemetry.write', call: 'SendWorkerMessages' }],

  ['google.dataflow.v1beta3.JobsV1Beta3.CreateJob', CREATE],
  ['google.dataflow.v1beta3.JobsV1Beta3.UpdateJob', UPDATE],
  ['google.dataflow.v1beta3.JobsV1Beta3.GetJob', metadata('GetJob')],
  ['google.dataflow.v1beta3.JobsV1Beta3.ListJobs', metadata('ListJobs')],
  ['google.dataflow.v1beta3.JobsV1Beta3.AggregatedListJobs', metadata('AggregatedListJobs')],
  ['google.dataflow.v1beta3.JobsV1Beta3.CheckActiveJobs', metadata('CheckActiveJobs')],
  ['google.dataflow.v1beta3.JobsV1Beta3.SnapshotJob', SNAPSHOT],
  ['google.dataflow.v1beta3.TemplatesService.CreateJobFromTemplate', LAUNCH],
  ['google.dataflow.v1beta3.TemplatesService.LaunchTemplate', LAUNCH],
  ['google.dataflow.v1beta3.TemplatesService.GetTemplate', metadata('GetTemplate')],
  ['google.dataflow.v1beta3.FlexTemplatesService.LaunchFlexTemplate', LAUNCH],
  ['google.dataflow.v1beta3.SnapshotsV1Beta3.GetSnapshot', metadata('GetSnapshot')],
  ['google.dataflow.v1beta3.SnapshotsV1Beta3.ListSnapshots', metadata('ListSnapshots')],
  ['google.dataflow.v1beta3.SnapshotsV1Beta3.DeleteSnapshot', SNAPSHOT_DELETE],
  ['google.dataflow.v1beta3.MessagesV1Beta3.ListJobMessages', telemetry('ListJobMessages')],
  ['google.dataflow.v1beta3.MetricsV1Beta3.GetJobMetrics', telemetry('GetJobMetrics')],
  ['google.dataflow.v1beta3.MetricsV1Beta3.GetJobExecutionDetails', telemetry('GetJobExecutionDetails')],
  ['google.dataflow.v1beta3.MetricsV1Beta3.GetStageExecutionDetails', telemetry('GetStageExecutionDetails')],

  ['google.cloud.datapipelines.v1.Pipelines.CreatePipeline', schedule('CreatePipeline')],
  ['google.cloud.datapipelines.v1.Pipelines.UpdatePipeline', schedule('UpdatePipeline')],
  ['google.cloud.datapipelines.v1.Pipelines.StopPipeline', schedule('StopPipeline')],
  ['google.cloud.datapipelines.v1.Pipelines.DeletePipeline', schedule('DeletePipeline')],
  ['google.cloud.datapipelines.v1.Pipelines.RunPipeline', { action: 'job.submit', call: 'RunPipeline' }],
  ['google.cloud.datapipelines.v1.Pipelines.GetPipeline', metadata('GetPipeline')],
  ['google.cloud.datapipelines.v1.Pipelines.ListPipelines', metadata('ListPipelines')],
  ['google.cloud.datapipelines.v1.Pipelines.ListJobs', metadata('ListPipelineJobs')],
]);

/** Services that workers and their tooling call; the public protos do not list their RPCs. */
const WORKER_SERVICES: readonly (readonly [prefix: string, action: Action])[] = [
  ['google.dataflow.v1beta3.DebugCaptureV1Beta3.', 'telemetry.write'],
  ['google.dataflow.v1beta3.WorkItemsV1Beta3.', 'job.run'],
  ['google.dataflow.v1beta3.WorkerMessagesV1Beta3.', 'telemetry.write'],
];

/** `…*` stands for every method of a service. */
export const METHOD_NAMES: readonly string[] = [
  ...METHODS.keys(),
  ...WORKER_SERVICES.map(([prefix]) => `${prefix}*`),
];

export function methodOf(name: string): Method | undefined {
  const method = METHODS.get(name);
  if (method !== undefined) return method;
  for (const [prefix, action] of WORKER_SERVICES) {
    if (name.startsWith(prefix)) return { action, call: name.slice(prefix.length) };
  }
  return undefined;
}
