/**
 * The REST routes of the job APIs, as `google.api.http` annotations of the published protos write them, with the
 * method name the audit log records for the call. A template is literals and placeholders in turn; `{j}` marks the
 * place of a job, batch or session id. `:verb` closes a route as Google's custom methods do.
 *
 * Sources: googleapis google/cloud/dataproc/v1/*.proto and dataproc_v1.yaml (v1beta2 has a subset of the same
 * routes); the REST reference of Dataflow v1b3 and its discovery document.
 */
type Route = readonly [verb: string, template: string, method: string];

const regional = (base: 'regions' | 'locations'): readonly Route[] => {
  const at = `projects/{p}/${base}/{r}`;
  return [
    ['POST', `${at}/workflowTemplates`, 'CreateWorkflowTemplate'],
    ['GET', `${at}/workflowTemplates`, 'ListWorkflowTemplates'],
    ['POST', `${at}/workflowTemplates:instantiateInline`, 'InstantiateInlineWorkflowTemplate'],
    ['GET', `${at}/workflowTemplates/{x}`, 'GetWorkflowTemplate'],
    ['PUT', `${at}/workflowTemplates/{x}`, 'UpdateWorkflowTemplate'],
    ['DELETE', `${at}/workflowTemplates/{x}`, 'DeleteWorkflowTemplate'],
    ['POST', `${at}/workflowTemplates/{x}:instantiate`, 'InstantiateWorkflowTemplate'],
    ['POST', `${at}/autoscalingPolicies`, 'CreateAutoscalingPolicy'],
    ['GET', `${at}/autoscalingPolicies`, 'ListAutoscalingPolicies'],
    ['GET', `${at}/autoscalingPolicies/{x}`, 'GetAutoscalingPolicy'],
    ['PUT', `${at}/autoscalingPolicies/{x}`, 'UpdateAutoscalingPolicy'],
    ['DELETE', `${at}/autoscalingPolicies/{x}`, 'DeleteAutoscalingPolicy'],
    ['GET', `${at}/operations`, 'ListOperations'],
    ['GET', `${at}/operations/{x}`, 'GetOperation'],
    ['DELETE', `${at}/operations/{x}`, 'DeleteOperation'],
    ['POST', `${at}/operations/{x}:cancel`, 'CancelOperation'],
    ...iam(`${at}/operations/{x}`),
    ...iam(`${at}/workflowTemplates/{x}`),
    ...iam(`${at}/autoscalingPolicies/{x}`),
  ];
};

function iam(resource: string): readonly Route[] {
  return [
    ['POST', `${resource}:setIamPolicy`, 'SetIamPolicy'],
    ['POST', `${resource}:getIamPolicy`, 'GetIamPolicy'],
    ['POST', `${resource}:testIamPermissions`, 'TestIamPermissions'],
  ];
}

/** Suffixes of the Spark UI methods; the RPC is Access|Search|Summarize + [Session] + SparkApplication + suffix. */
const SPARK_UI: readonly (readonly [verb: string, suffix: string])[] = [
  ['access', ''],
  ['access', 'EnvironmentInfo'],
  ['access', 'Job'],
  ['access', 'NativeBuildInfo'],
  ['access', 'NativeSqlQuery'],
  ['access', 'SqlPlan'],
  ['access', 'SqlQuery'],
  ['access', 'StageAttempt'],
  ['access', 'StageRddGraph'],
  ['search', 'ExecutorStageSummary'],
  ['search', 'Executors'],
  ['search', 'Jobs'],
  ['search', 'NativeSqlQueries'],
  ['search', 'SqlQueries'],
  ['search', 'StageAttemptTasks'],
  ['search', 'StageAttempts'],
  ['search', 'Stages'],
  ['summarize', 'Executors'],
  ['summarize', 'Jobs'],
  ['summarize', 'StageAttemptTasks'],
  ['summarize', 'Stages'],
];

function sparkUi(parent: string, infix: '' | 'Session'): readonly Route[] {
  const at = `${parent}/sparkApplications`;
  const name = (verb: string): string =>
    `${verb.charAt(0).toUpperCase()}${verb.slice(1)}${infix}SparkApplication`;
  return [
    ['GET', `${at}:search`, `${name('search')}s`],
    ['POST', `${at}/{x}:write`, `${name('write')}Context`],
    ...SPARK_UI.map(([verb, suffix]): Route => [
      'GET',
      `${at}/{x}:${verb}${suffix}`,
      `${name(verb)}${suffix}`,
    ]),
  ];
}

const REGION = 'projects/{p}/regions/{r}';
const LOCATION = 'projects/{p}/locations/{r}';

export const DATAPROC_ROUTES: readonly Route[] = [
  ['POST', `${REGION}/jobs:submit`, 'SubmitJob'],
  ['POST', `${REGION}/jobs:submitAsOperation`, 'SubmitJobAsOperation'],
  ['GET', `${REGION}/jobs`, 'ListJobs'],
  ['GET', `${REGION}/jobs/{j}`, 'GetJob'],
  ['PATCH', `${REGION}/jobs/{j}`, 'UpdateJob'],
  ['DELETE', `${REGION}/jobs/{j}`, 'DeleteJob'],
  ['POST', `${REGION}/jobs/{j}:cancel`, 'CancelJob'],
  ...iam(`${REGION}/jobs/{j}`),
  ['POST', `${REGION}/clusters`, 'CreateCluster'],
  ['GET', `${REGION}/clusters`, 'ListClusters'],
  ['GET', `${REGION}/clusters/{x}`, 'GetCluster'],
  ['PATCH', `${REGION}/clusters/{x}`, 'UpdateCluster'],
  ['DELETE', `${REGION}/clusters/{x}`, 'DeleteCluster'],
  ['POST', `${REGION}/clusters/{x}:start`, 'StartCluster'],
  ['POST', `${REGION}/clusters/{x}:stop`, 'StopCluster'],
  ['POST', `${REGION}/clusters/{x}:repair`, 'RepairCluster'],
  ['POST', `${REGION}/clusters/{x}:diagnose`, 'DiagnoseCluster'],
  ['POST', `${REGION}/clusters/{x}:injectCredentials`, 'InjectCredentials'],
  ...iam(`${REGION}/clusters/{x}`),
  ['POST', `${REGION}/clusters/{x}/nodeGroups`, 'CreateNodeGroup'],
  ['GET', `${REGION}/clusters/{x}/nodeGroups/{x}`, 'GetNodeGroup'],
  ['POST', `${REGION}/clusters/{x}/nodeGroups/{x}:resize`, 'ResizeNodeGroup'],
  ['POST', `${REGION}/clusters/{x}/nodeGroups/{x}:repair`, 'RepairNodeGroup'],
  ['POST', `${LOCATION}/batches`, 'CreateBatch'],
  ['GET', `${LOCATION}/batches`, 'ListBatches'],
  ['GET', `${LOCATION}/batches/{j}`, 'GetBatch'],
  ['DELETE', `${LOCATION}/batches/{j}`, 'DeleteBatch'],
  ['POST', `${LOCATION}/batches/{j}:analyze`, 'AnalyzeBatch'],
  ...sparkUi(`${LOCATION}/batches/{j}`, ''),
  ['POST', `${LOCATION}/sessions`, 'CreateSession'],
  ['GET', `${LOCATION}/sessions`, 'ListSessions'],
  ['GET', `${LOCATION}/sessions/{j}`, 'GetSession'],
  ['DELETE', `${LOCATION}/sessions/{j}`, 'DeleteSession'],
  ['POST', `${LOCATION}/sessions/{j}:terminate`, 'TerminateSession'],
  ...sparkUi(`${LOCATION}/sessions/{j}`, 'Session'),
  ['POST', `${LOCATION}/sessionTemplates`, 'CreateSessionTemplate'],
  ['GET', `${LOCATION}/sessionTemplates`, 'ListSessionTemplates'],
  ['GET', `${LOCATION}/sessionTemplates/{x}`, 'GetSessionTemplate'],
  ['PATCH', `${LOCATION}/sessionTemplates/{x}`, 'UpdateSessionTemplate'],
  ['DELETE', `${LOCATION}/sessionTemplates/{x}`, 'DeleteSessionTemplate'],
  ...regional('regions'),
  ...regional('locations'),
];

/**
 * What the audit log writes for a call: launches of templates surface as `dataflow.jobs.create`; update, drain and
 * cancel are all `dataflow.jobs.updateContents`. Calls that are never audited keep their RPC name.
 */
export const DATAFLOW_AUDIT_NAMES: ReadonlyMap<string, string> = new Map([
  ['CreateJob', 'dataflow.jobs.create'],
  ['CreateJobFromTemplate', 'dataflow.jobs.create'],
  ['LaunchTemplate', 'dataflow.jobs.create'],
  ['LaunchFlexTemplate', 'dataflow.jobs.create'],
  ['UpdateJob', 'dataflow.jobs.updateContents'],
]);

const dataflowAt = (at: string): readonly Route[] => [
  ['POST', `${at}/jobs`, 'CreateJob'],
  ['GET', `${at}/jobs`, 'ListJobs'],
  ['GET', `${at}/jobs/{j}`, 'GetJob'],
  ['PUT', `${at}/jobs/{j}`, 'UpdateJob'],
  ['POST', `${at}/jobs/{j}:snapshot`, 'SnapshotJob'],
  ['GET', `${at}/jobs/{j}/metrics`, 'GetJobMetrics'],
  ['GET', `${at}/jobs/{j}/messages`, 'ListJobMessages'],
  ['GET', `${at}/jobs/{j}/executionDetails`, 'GetJobExecutionDetails'],
  ['GET', `${at}/jobs/{j}/stages/{x}/executionDetails`, 'GetStageExecutionDetails'],
  ['POST', `${at}/jobs/{j}/workItems:lease`, 'LeaseWorkItem'],
  ['POST', `${at}/jobs/{j}/workItems:reportStatus`, 'ReportWorkItemStatus'],
  ['POST', `${at}/jobs/{j}/debug/getConfig`, 'GetConfig'],
  ['POST', `${at}/jobs/{j}/debug/sendCapture`, 'SendCapture'],
  ['GET', `${at}/jobs/{j}/snapshots`, 'ListSnapshots'],
  ['GET', `${at}/snapshots`, 'ListSnapshots'],
  ['DELETE', `${at}/snapshots`, 'DeleteSnapshot'],
  ['GET', `${at}/snapshots/{x}`, 'GetSnapshot'],
  ['DELETE', `${at}/snapshots/{x}`, 'DeleteSnapshot'],
  ['POST', `${at}/WorkerMessages`, 'SendWorkerMessages'],
  ['POST', `${at}/templates`, 'CreateJobFromTemplate'],
  ['POST', `${at}/templates:launch`, 'LaunchTemplate'],
  ['GET', `${at}/templates:get`, 'GetTemplate'],
];

const DATAFLOW_RPCS: readonly Route[] = [
  ...dataflowAt('projects/{p}'),
  ...dataflowAt(LOCATION),
  ['GET', 'projects/{p}/jobs:aggregated', 'AggregatedListJobs'],
  ['POST', `${LOCATION}/flexTemplates:launch`, 'LaunchFlexTemplate'],
];

export const DATAFLOW_ROUTES: readonly Route[] = DATAFLOW_RPCS.map(([verb, template, rpc]) => [
  verb,
  template,
  DATAFLOW_AUDIT_NAMES.get(rpc) ?? rpc,
]);

/** Routes by what a request shows of them: verb, literals with `*` for each placeholder. */
export function routeIndex(routes: readonly Route[]): ReadonlyMap<string, string> {
  return new Map(
    routes.map(([verb, template, method]) => [`${verb} ${template.replaceAll(/\{[a-z]\}/g, '*')}`, method]),
  );
}
