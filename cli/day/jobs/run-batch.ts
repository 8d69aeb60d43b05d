/** A serverless batch: mesh, audit at both ends of its operation, a look at it now and then. */
import { CALLERS } from '../callers.ts';
import type { Caller } from '../callers.ts';
import { PROJECTS, REGION, workAccount } from '../company.ts';
import { readAccess } from '../dataproc/admin.ts';
import { createBatch } from '../dataproc/serverless.ts';
import { DATAPROC } from '../dataproc/audit.ts';
import { MINUTE, logNameOf } from '../entry.ts';
import type { Draft, Told } from '../entry.ts';
import { auditHeader, taskOf } from './plan.ts';
import type { BatchPlan } from './plan.ts';
import { apiRequest, handsRequestIdOn } from './request.ts';
import { touchedBy } from './touched.ts';
import { dataOfBatch } from '../data/of-job.ts';
import { airflowTask } from '../lineage/airflow.ts';
import { sparkEvents } from '../lineage/spark.ts';
import { callOf, clock, endingOf, sceneOf } from '../scene.ts';
import type { Scene } from '../scene.ts';

function request(scene: Scene, plan: BatchPlan, requestId: string): readonly Draft[] {
  const grpc = plan.via === 'mesh-grpc';
  const parent = `v1/projects/${PROJECTS[plan.project].id}/locations/${REGION}`;
  const create = apiRequest(scene, plan.caller, plan.via, {
    at: clock(plan.at) - 310,
    method: 'POST',
    url: grpc
      ? `http://${DATAPROC}/google.cloud.dataproc.v1.BatchController/CreateBatch`
      : `http://${DATAPROC}/${parent}/batches?batchId=${plan.id}&requestId=${requestId}`,
    status: 200,
    requestId,
    protocol: grpc ? 'grpc' : 'http',
  });
  if (grpc) return create;
  const poll = apiRequest(scene, plan.caller, plan.via, {
    at: clock(plan.at) + plan.minutes * MINUTE * 0.7,
    method: 'GET',
    url: `http://${DATAPROC}/${parent}/batches/${plan.id}`,
    status: 200,
  });
  return [...create, ...poll];
}

/** Output of the driver, as the serverless runtime writes it. */
function output(scene: Scene, plan: BatchPlan, at: number, message: string): Draft {
  const project = PROJECTS[plan.project].id;
  return {
    at,
    to: 'dataproc',
    logName: logNameOf(project, `${DATAPROC}/output`),
    resource: {
      type: 'cloud_dataproc_batch',
      labels: { project_id: project, location: REGION, batch_id: plan.id },
    },
    payload: { jsonPayload: { message, component: 'driver' } },
    severity: 'INFO',
    labels: { 'dataproc.googleapis.com/resource_uuid': scene.random.uuid() },
  };
}

function lineage(scene: Scene, plan: BatchPlan, uuid: string): readonly Told[] {
  const at = clock(plan.at);
  const endsAt = at + plan.minutes * MINUTE;
  const task =
    plan.caller === 'scheduler'
      ? airflowTask(scene, { ...taskOf(plan), at: at - 1500, endsAt: endsAt + 4100, failed: false })
      : undefined;
  // Spark's listener is off for short runs: it would cost them more than they do.
  if (plan.minutes < 5) return task?.events ?? [];
  const spark = sparkEvents(scene, {
    project: PROJECTS[plan.project],
    on: { batch: plan.id, uuid },
    name: plan.id,
    at: at + 64_000,
    endsAt: endsAt - 4000,
    touched: touchedBy(plan.work),
    failed: false,
    ...(task === undefined ? {} : { parent: task.run }),
  });
  return [...(task?.events ?? []), ...spark];
}

export function runBatch(scene: Scene, plan: BatchPlan): readonly Told[] {
  const caller: Caller = CALLERS[plan.caller];
  const requestId = scene.random.uuid();
  const at = clock(plan.at);
  const lasts = plan.minutes * MINUTE;
  const project = PROJECTS[plan.project];
  const call = callOf(scene, at, caller, plan.project);
  const named = plan.named === true ? `dataproc:${project.id}/${REGION}/batch/${plan.id}` : undefined;
  const batch = {
    id: plan.id,
    uuid: scene.random.uuid(),
    work: plan.work,
    runAs: workAccount(project),
    ...(named === undefined ? {} : { properties: auditHeader(named) }),
    ...(plan.labels === undefined ? {} : { labels: plan.labels }),
    ...(handsRequestIdOn(plan.via) ? { requestId } : {}),
  };
  const look = callOf(scene, at + lasts * 0.5, 'goranAtLaptop', plan.project);
  return [
    ...request(scene, plan, requestId),
    ...createBatch(call, batch, endingOf(scene, at, lasts)),
    output(scene, plan, at + lasts - 3000, 'Batch work finished, stopping the session'),
    ...(plan.minutes > 10
      ? [readAccess(look, { method: 'BatchController.SearchSparkApplications', id: plan.id })]
      : []),
    ...dataOfBatch(sceneOf(scene, 'data'), plan, project, named),
    ...lineage(sceneOf(scene, 'lineage'), plan, batch.uuid),
  ];
}
