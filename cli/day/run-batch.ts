/** A serverless batch: mesh, audit at both ends of its operation, a look at it now and then. */
import { CALLERS } from './callers.ts';
import type { Caller } from './callers.ts';
import { PROJECTS, REGION, workAccount } from './company.ts';
import { readAccess } from './dataproc-admin.ts';
import { createBatch } from './dataproc-serverless.ts';
import { DATAPROC } from './dataproc.ts';
import { MINUTE, logNameOf } from './entry.ts';
import type { Draft } from './entry.ts';
import type { BatchPlan } from './plan.ts';
import { apiInMesh, callOf, clock, endingOf } from './scene.ts';
import type { Scene } from './scene.ts';

function request(scene: Scene, plan: BatchPlan, caller: Caller, requestId: string): readonly Draft[] {
  if (plan.via === 'direct') return [];
  const grpc = plan.via === 'mesh-grpc';
  const parent = `v1/projects/${PROJECTS[plan.project].id}/locations/${REGION}`;
  const create = apiInMesh(scene, caller, {
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
  const poll = apiInMesh(scene, caller, {
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

export function runBatch(scene: Scene, plan: BatchPlan): readonly Draft[] {
  const caller: Caller = CALLERS[plan.caller];
  const requestId = scene.random.uuid();
  const at = clock(plan.at);
  const lasts = plan.minutes * MINUTE;
  const call = callOf(scene, at, caller, plan.project);
  const batch = {
    id: plan.id,
    uuid: scene.random.uuid(),
    work: plan.work,
    runAs: workAccount(PROJECTS[plan.project]),
    ...(plan.labels === undefined ? {} : { labels: plan.labels }),
    ...(plan.via === 'direct' ? {} : { requestId }),
  };
  const look = callOf(scene, at + lasts * 0.5, 'goranAtLaptop', plan.project);
  return [
    ...request(scene, plan, caller, requestId),
    ...createBatch(call, batch, endingOf(scene, at, lasts)),
    output(scene, plan, at + lasts - 3000, 'Batch work finished, stopping the session'),
    ...(plan.minutes > 10
      ? [readAccess(look, { method: 'BatchController.SearchSparkApplications', id: plan.id })]
      : []),
  ];
}
