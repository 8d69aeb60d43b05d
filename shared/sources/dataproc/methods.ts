/**
 * Every audited method of Dataproc and of its resource manager, and what it means.
 * Source: https://cloud.google.com/dataproc/docs/guides/audit-logging and
 * https://cloud.google.com/dataproc-serverless/docs/guides/dataprocrm-audit-logging.
 */
import type { Action } from '../../model/event.ts';

/** The kind of thing a method is about; decides where the job id is read. */
export type Subject =
  | 'job'
  | 'batch'
  | 'session'
  | 'workflow'
  | 'workload'
  | 'cluster'
  | 'operation'
  | 'other';

export interface Method {
  /** RPC name without package and service: SubmitJob. */
  readonly name: string;
  readonly action: Action;
  readonly subject: Subject;
}

type Rpc = readonly [name: string, action: Action];

const reads = (...names: string[]): readonly Rpc[] => names.map((name): Rpc => [name, 'metadata.read']);
const templates = (...names: string[]): readonly Rpc[] => names.map((name): Rpc => [name, 'template.change']);
const clusterChanges = (...names: string[]): readonly Rpc[] =>
  names.map((name): Rpc => [name, 'cluster.update']);

/** Service → its RPCs, for every version of the API. */
const SERVICES: readonly (readonly [service: string, subject: Subject, rpcs: readonly Rpc[]])[] = [
  [
    'JobController',
    'job',
    [
      ['SubmitJob', 'job.submit'],
      ['SubmitJobAsOperation', 'job.submit'],
      ['UpdateJob', 'job.update'],
      ['CancelJob', 'job.cancel'],
      ['DeleteJob', 'job.delete'],
      ...reads('GetJob', 'ListJobs'),
    ],
  ],
  [
    'ClusterController',
    'cluster',
    [
      ['CreateCluster', 'cluster.create'],
      ['DeleteCluster', 'cluster.delete'],
      ['UpdateCluster', 'cluster.update'],
      ['RepairCluster', 'cluster.update'],
      ['StartCluster', 'cluster.start'],
      ['StopCluster', 'cluster.stop'],
      // Collects logs and configuration of the nodes into a bucket; the cluster stays as it is.
      ['DiagnoseCluster', 'telemetry.read'],
      ['InjectCredentials', 'credential.inject'],
      ...reads('GetCluster', 'ListClusters'),
    ],
  ],
  [
    'BatchController',
    'batch',
    [
      ['CreateBatch', 'job.submit'],
      ['DeleteBatch', 'job.delete'],
      ['WriteSparkApplicationContext', 'telemetry.write'],
      ...reads('GetBatch', 'ListBatches'),
    ],
  ],
  [
    'SessionController',
    'session',
    [
      ['CreateSession', 'session.create'],
      ['TerminateSession', 'session.terminate'],
      ['DeleteSession', 'session.delete'],
      ['WriteSessionSparkApplicationContext', 'telemetry.write'],
      ...reads('GetSession', 'ListSessions'),
    ],
  ],
  [
    'SessionTemplateController',
    'other',
    [
      ...templates('CreateSessionTemplate', 'UpdateSessionTemplate', 'DeleteSessionTemplate'),
      ...reads('GetSessionTemplate', 'ListSessionTemplates'),
    ],
  ],
  [
    'WorkflowTemplateService',
    'workflow',
    [
      ['InstantiateWorkflowTemplate', 'workflow.run'],
      ['InstantiateInlineWorkflowTemplate', 'workflow.run'],
      ...templates('CreateWorkflowTemplate', 'UpdateWorkflowTemplate', 'DeleteWorkflowTemplate'),
      ...reads('GetWorkflowTemplate', 'ListWorkflowTemplates'),
    ],
  ],
  [
    'AutoscalingPolicyService',
    'other',
    [
      // The policy is configuration of every cluster that names it, and grants nobody anything.
      ...clusterChanges('CreateAutoscalingPolicy', 'UpdateAutoscalingPolicy', 'DeleteAutoscalingPolicy'),
      ...reads('GetAutoscalingPolicy', 'ListAutoscalingPolicies'),
    ],
  ],
  [
    'NodeGroupController',
    'cluster',
    [...clusterChanges('CreateNodeGroup', 'ResizeNodeGroup', 'RepairNodeGroup'), ...reads('GetNodeGroup')],
  ],
  ['AnalysisService', 'batch', [['AnalyzeBatch', 'telemetry.read']]],
];

/** Mixed-in services, audited under the service they were called on. */
const SHARED: readonly (readonly [fullName: string, subject: Subject, action: Action])[] = [
  ['google.iam.v1.IAMPolicy.SetIamPolicy', 'other', 'iam.change'],
  ['google.iam.v1.IAMPolicy.GetIamPolicy', 'other', 'metadata.read'],
  ['google.iam.v1.IAMPolicy.TestIamPermissions', 'other', 'metadata.read'],
  ['google.longrunning.Operations.CancelOperation', 'operation', 'operation.cancel'],
  ['google.longrunning.Operations.DeleteOperation', 'operation', 'operation.delete'],
  ['google.longrunning.Operations.GetOperation', 'operation', 'metadata.read'],
  ['google.longrunning.Operations.ListOperations', 'operation', 'metadata.read'],
];

/** Below a batch or session, serverless work is placed by this service. A workload is no job of its own. */
const RESOURCE_MANAGER = 'google.cloud.dataproc.rm.v1.DataprocResourceManager.';
const WORKLOADS: readonly Rpc[] = [
  ['CreateWorkload', 'job.start'],
  ['CancelWorkload', 'job.cancel'],
  ['DeleteWorkload', 'job.delete'],
  ['CreateNodePool', 'cluster.create'],
  ['DeleteNodePool', 'cluster.delete'],
  ...clusterChanges('ResizeNodePool', 'DeleteNodes'),
  ...reads('GetNode', 'GetNodePool', 'GetWorkload', 'ListNodePools', 'ListNodes', 'ListWorkloads'),
];

/** Spark UI data of a batch or session: families of methods that differ by what they show. */
const FAMILIES: readonly (readonly [service: string, prefix: string, subject: Subject])[] = [
  ['BatchController', 'AccessSparkApplication', 'batch'],
  ['BatchController', 'SearchSparkApplication', 'batch'],
  ['BatchController', 'SummarizeSparkApplication', 'batch'],
  ['SessionController', 'AccessSessionSparkApplication', 'session'],
  ['SessionController', 'SearchSessionSparkApplication', 'session'],
  ['SessionController', 'SummarizeSessionSparkApplication', 'session'],
];

const DATAPROC = 'google.cloud.dataproc.';
/** Agents on the cluster's own machines talking to the control plane. */
const INTERNAL = 'google.cloud.dataproc.control.';

/** What v1beta2 has of these two; of the services in BETA_WHOLE it has everything. */
const BETA: Readonly<Record<string, string>> = {
  JobController: 'SubmitJob SubmitJobAsOperation CancelJob DeleteJob GetJob ListJobs',
  ClusterController:
    'CreateCluster DeleteCluster DiagnoseCluster StartCluster StopCluster UpdateCluster GetCluster ListClusters',
};
const BETA_WHOLE = new Set(['AutoscalingPolicyService', 'WorkflowTemplateService']);

/** `Service.Method` → method, for any API version; full names for the shared ones. */
const BY_NAME = new Map<string, Method>();
/** Full names as the documentation lists them; a family is listed with a `*`. */
const listed: string[] = [];

for (const [service, subject, rpcs] of SERVICES) {
  for (const [name, action] of rpcs) {
    const method: Method = { name, action, subject };
    BY_NAME.set(`${service}.${name}`, method);
    BY_NAME.set(`${DATAPROC}v1.${service}.${name}`, method);
    // Some entries carry the bare verb (SubmitJob).
    BY_NAME.set(name, method);
    listed.push(`${DATAPROC}v1.${service}.${name}`);
    const beta = BETA_WHOLE.has(service) || (BETA[service] ?? '').split(' ').includes(name);
    if (beta) listed.push(`${DATAPROC}v1beta2.${service}.${name}`);
  }
}
for (const [fullName, subject, action] of SHARED) {
  const name = fullName.slice(fullName.lastIndexOf('.') + 1);
  const method: Method = { name, action, subject };
  BY_NAME.set(fullName, method);
  BY_NAME.set(name, method);
  listed.push(fullName);
}
for (const [name, action] of WORKLOADS) {
  BY_NAME.set(RESOURCE_MANAGER + name, { name, action, subject: 'workload' });
  listed.push(RESOURCE_MANAGER + name);
}
for (const [service, prefix] of FAMILIES) listed.push(`${DATAPROC}v1.${service}.${prefix}*`);

export const METHODS: readonly string[] = listed;

/** True for calls that no user makes. */
export function isInternal(methodName: string): boolean {
  return methodName.startsWith(INTERNAL);
}

/** What an audited method means; undefined for one that no list here names. */
export function methodOf(methodName: string): Method | undefined {
  const known = BY_NAME.get(methodName);
  if (known !== undefined || !methodName.startsWith(DATAPROC)) return known;
  // `v1.` or `v1beta2.`: the versions differ in which methods they have, not in what these mean.
  const version = methodName.indexOf('.', DATAPROC.length);
  if (version < 0) return undefined;
  const name = methodName.slice(version + 1);
  return BY_NAME.get(name) ?? familyOf(name);
}

function familyOf(serviceAndName: string): Method | undefined {
  const dot = serviceAndName.indexOf('.');
  if (dot < 0) return undefined;
  const service = serviceAndName.slice(0, dot);
  const name = serviceAndName.slice(dot + 1);
  const family = FAMILIES.find(([owner, prefix]) => owner === service && name.startsWith(prefix));
  return family === undefined ? undefined : { name, action: 'telemetry.read', subject: family[2] };
}
