/** A job on a cluster from the request to its end: mesh, audit, YARN, driver, the polls of whoever waits for it. */
import {
  applicationAccepted,
  applicationId,
  applicationSummary,
  containerLog,
  driverLog,
} from '../dataproc/cluster-logs.ts';
import type { Application, Node } from '../dataproc/cluster-logs.ts';
import { CALLERS } from '../callers.ts';
import type { Caller } from '../callers.ts';
import { CLUSTERS, PROJECTS, REGION } from '../company.ts';
import { submitJob, submitJobAsOperation } from '../dataproc/jobs.ts';
import type { JobSubmission } from '../dataproc/jobs.ts';
import { DATAPROC } from '../dataproc/audit.ts';
import { MINUTE } from '../entry.ts';
import type { Draft, Told } from '../entry.ts';
import { namedInStorage, taskOf } from './plan.ts';
import type { ClusterJobPlan } from './plan.ts';
import { apiRequest, handsRequestIdOn } from './request.ts';
import { touchedBy } from './touched.ts';
import { dataOfClusterJob } from '../data/of-job.ts';
import { airflowTask } from '../lineage/airflow.ts';
import { sparkEvents } from '../lineage/spark.ts';
import { callOf, clock, endingOf, sceneOf } from '../scene.ts';
import type { Scene } from '../scene.ts';

/** The policy in front of the egress gateway that names who may submit where. */
const SUBMIT_POLICY = { policy: 'istio-egress.deny-restricted-data-jobs', rule: '0' } as const;

/** Applications of a cluster are numbered as they come. */
const sequenceOf = ({ at, application }: ClusterJobPlan): number =>
  application ?? 100 + Math.floor(clock(at) / MINUTE);

const outcomeStatus = (plan: ClusterJobPlan): number =>
  plan.end === 'denied' || plan.end === 'refused-by-mesh' ? 403 : 200;

function request(scene: Scene, plan: ClusterJobPlan, requestId: string): readonly Draft[] {
  const project = PROJECTS[plan.project].id;
  const grpc = plan.via === 'mesh-grpc';
  const verb = plan.asOperation === true ? 'submitAsOperation' : 'submit';
  return apiRequest(scene, plan.caller, plan.via, {
    at: clock(plan.at) - 240,
    method: 'POST',
    url: grpc
      ? `http://${DATAPROC}/google.cloud.dataproc.v1.JobController/SubmitJob`
      : `http://${DATAPROC}/v1/projects/${project}/regions/${REGION}/jobs:${verb}`,
    status: grpc && plan.end === 'denied' ? 200 : outcomeStatus(plan),
    requestId,
    protocol: grpc ? 'grpc' : 'http',
    ...(plan.end === 'refused-by-mesh' ? { refusedBy: SUBMIT_POLICY } : {}),
    ...(plan.gatewayLateMs === undefined ? {} : { gatewayLateMs: plan.gatewayLateMs }),
  });
}

function polls(scene: Scene, plan: ClusterJobPlan): readonly Draft[] {
  const project = PROJECTS[plan.project].id;
  const count = Math.min(5, Math.ceil(plan.minutes / 4));
  return Array.from({ length: count }, (_, i) =>
    apiRequest(scene, plan.caller, plan.via, {
      at: clock(plan.at) + ((i + 0.8) / count) * plan.minutes * MINUTE,
      method: plan.via === 'mesh-grpc' ? 'POST' : 'GET',
      url:
        plan.via === 'mesh-grpc'
          ? `http://${DATAPROC}/google.cloud.dataproc.v1.JobController/GetJob`
          : `http://${DATAPROC}/v1/projects/${project}/regions/${REGION}/jobs/${plan.id}`,
      status: 200,
      protocol: plan.via === 'mesh-grpc' ? 'grpc' : 'http',
    }),
  ).flat();
}

const DRIVER = {
  start: ['org.apache.spark.SparkContext', 'Running Spark version 3.5.3'],
  connect: ['org.apache.hadoop.yarn.client.RMProxy', 'Connecting to ResourceManager at'],
  done: ['org.apache.spark.SparkContext', 'Successfully stopped SparkContext'],
  failed: [
    'org.apache.spark.deploy.yarn.ApplicationMaster',
    'Job aborted due to stage failure: Task 3 in stage 7.0 failed 4 times, most recent failure: java.io.IOException: No such file or directory',
  ],
} as const;

function work(scene: Scene, plan: ClusterJobPlan, job: JobSubmission): readonly Draft[] {
  const at = clock(plan.at);
  const end = at + plan.minutes * MINUTE;
  const failed = plan.end === 'failed' || plan.end === 'cancelled';
  const node: Node = {
    project: PROJECTS[plan.project],
    cluster: job.cluster,
    suffix: 'm',
    instanceId: scene.random.digits(19),
  };
  const worker: Node = { ...node, suffix: 'w-0', instanceId: scene.random.digits(19) };
  const app: Application = {
    id: applicationId(job.cluster, sequenceOf(plan)),
    name: plan.id,
    user: 'root',
    type: 'hiveJob' in plan.work ? 'TEZ' : 'SPARK',
    submitMs: scene.midnight + at + 9000,
    endMs: scene.midnight + end,
    succeeded: !failed,
    tags: `dataproc_job_${job.id},dataproc_uuid_${job.uuid},dataproc_job_attempt_timestamp_${String(scene.midnight + at + 4000)}`,
  };
  const [lastClass, lastMessage] = failed ? DRIVER.failed : DRIVER.done;
  return [
    driverLog(at + 6200, node, job, { className: DRIVER.start[0], message: DRIVER.start[1] }),
    driverLog(at + 8400, node, job, {
      className: DRIVER.connect[0],
      message: `${DRIVER.connect[1]} ${job.cluster.name}-m/10.132.0.12:8032`,
    }),
    applicationAccepted(at + 9300, node, app),
    containerLog(at + 21_000, worker, app.id, {
      stream: 'stderr',
      message: `INFO ApplicationMaster: ApplicationAttemptId: ${app.id.replace('application', 'appattempt')}_000001`,
    }),
    containerLog(end - 4000, worker, app.id, {
      stream: 'stderr',
      message: failed
        ? 'ERROR ApplicationMaster: Final app status: FAILED, exitCode: 13'
        : 'INFO ApplicationMaster: Final app status: SUCCEEDED, exitCode: 0',
    }),
    applicationSummary(end, node, app),
    driverLog(end + 1500, node, job, {
      className: lastClass,
      message: lastMessage,
      ...(failed ? { severity: 'ERROR' } : {}),
    }),
  ];
}

/** What lineage clients tell of it: Spark's listener, and Airflow where it started the job. */
function lineage(scene: Scene, plan: ClusterJobPlan, job: JobSubmission): readonly Told[] {
  if (!('pysparkJob' in plan.work)) return [];
  const at = clock(plan.at);
  const endsAt = at + plan.minutes * MINUTE;
  const failed = plan.end === 'failed' || plan.end === 'cancelled';
  const task =
    plan.caller === 'scheduler'
      ? airflowTask(scene, { ...taskOf(plan), at: at - 1800, endsAt: endsAt + 5200, failed })
      : undefined;
  const spark = sparkEvents(scene, {
    project: PROJECTS[plan.project],
    on: {
      cluster: job.cluster,
      job: job.id,
      uuid: job.uuid,
      application: applicationId(job.cluster, sequenceOf(plan)),
    },
    name: plan.id,
    at: at + 11_000,
    endsAt: endsAt - 2500,
    touched: touchedBy(plan.work, plan.alsoReads),
    failed,
    ...(task === undefined ? {} : { parent: task.run }),
  });
  return [...(task?.events ?? []), ...spark];
}

export function runClusterJob(scene: Scene, plan: ClusterJobPlan): readonly Told[] {
  const caller: Caller = CALLERS[plan.caller];
  const requestId = scene.random.uuid();
  const asked = request(scene, plan, requestId);
  if (plan.end === 'refused-by-mesh') return asked;
  const at = clock(plan.at);
  const project = PROJECTS[plan.project];
  const named = plan.named === true ? `dataproc:${project.id}/${REGION}/job/${plan.id}` : undefined;
  const job: JobSubmission = {
    id: plan.id,
    uuid: scene.random.uuid(),
    cluster: CLUSTERS[plan.project],
    work: named === undefined ? plan.work : namedInStorage(plan.work, named),
    ...(plan.labels === undefined && plan.tagged === undefined
      ? {}
      : { labels: { ...plan.labels, ...(plan.tagged === undefined ? {} : { 'gw-request-id': requestId }) } }),
    // Clients that take part hand the request id on, so that both records of the call can be joined by it.
    ...(handsRequestIdOn(plan.via) ? { requestId } : {}),
  };
  const call = callOf(scene, at, caller, plan.project, { denied: plan.end === 'denied' });
  if (plan.end === 'denied') return [...asked, ...submitJob(call, job, endingOf(scene, at, 0))];
  const submitted =
    plan.asOperation === true
      ? submitJobAsOperation(call, job, endingOf(scene, at, plan.minutes * MINUTE + 2500))
      : submitJob(call, job, endingOf(scene, at, scene.random.int(900, 2600)));
  return [
    ...asked,
    ...submitted,
    ...work(scene, plan, job),
    ...polls(scene, plan),
    ...dataOfClusterJob(sceneOf(scene, 'data'), plan, project, named),
    ...lineage(sceneOf(scene, 'lineage'), plan, job),
  ];
}
