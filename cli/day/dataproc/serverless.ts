/** Work without a cluster: batches and interactive sessions. */
import { REGION } from '../company.ts';
import type { Project } from '../company.ts';
import { TYPE, adminWrite, dataprocAudit, operation } from './audit.ts';
import type { Call, Ending } from './audit.ts';
import type { Draft, Json } from '../entry.ts';

const batchResource = (project: Project, batch: string): Json => ({
  type: 'cloud_dataproc_batch',
  labels: { project_id: project.id, location: REGION, batch_id: batch },
});

const sessionResource = (project: Project, session: string): Json => ({
  type: 'cloud_dataproc_session',
  labels: { project_id: project.id, location: REGION, session_id: session },
});

interface BatchSubmission {
  readonly id: string;
  readonly uuid: string;
  /** `pysparkBatch`, `sparkBatch` or `sparkSqlBatch` with its value. */
  readonly work: Json;
  readonly runAs: string;
  readonly labels?: Json;
  readonly requestId?: string;
  readonly properties?: Json;
}

export function createBatch(call: Call, batch: BatchSubmission, ending: Ending): readonly Draft[] {
  const parent = `projects/${call.project.id}/locations/${REGION}`;
  const name = `${parent}/batches/${batch.id}`;
  const content: Json = {
    ...batch.work,
    ...(batch.labels === undefined ? {} : { labels: batch.labels }),
    runtimeConfig: {
      version: '2.3',
      properties: { 'spark.dataproc.lineage.enabled': 'true', ...batch.properties },
    },
    environmentConfig: { executionConfig: { serviceAccount: batch.runAs, subnetworkUri: 'data-euw1' } },
  };
  const rest = {
    resource: batchResource(call.project, batch.id),
    resourceName: name,
    permissions: [adminWrite('dataproc.batches.create', name, 'Batch')],
    request: {
      '@type': `${TYPE}.CreateBatchRequest`,
      parent,
      batchId: batch.id,
      batch: content,
      ...(batch.requestId === undefined ? {} : { requestId: batch.requestId }),
    },
  };
  if (call.denied === true) return [dataprocAudit(call, 'BatchController.CreateBatch', rest)];
  const creator = call.caller.authenticationInfo['principalEmail'];
  const final: Json = {
    '@type': `${TYPE}.Batch`,
    name,
    uuid: batch.uuid,
    createTime: call.requestTime,
    ...content,
    state: 'SUCCEEDED',
    stateTime: ending.requestTime,
    ...(creator === undefined ? {} : { creator }),
    operation: `projects/${call.project.id}/regions/${REGION}/operations/${ending.operationId}`,
  };
  return operation(call, ending, 'BatchController.CreateBatch', rest, final);
}

interface SessionWork {
  readonly id: string;
  readonly uuid: string;
  readonly runAs: string;
  readonly displayName: string;
}

export function createSession(call: Call, session: SessionWork, ending: Ending): readonly Draft[] {
  const parent = `projects/${call.project.id}/locations/${REGION}`;
  const name = `${parent}/sessions/${session.id}`;
  const content: Json = {
    name,
    jupyterSession: { kernel: 'PYTHON', displayName: session.displayName },
    environmentConfig: { executionConfig: { serviceAccount: session.runAs, idleTtl: '3600s' } },
  };
  return operation(
    call,
    ending,
    'SessionController.CreateSession',
    {
      resource: sessionResource(call.project, session.id),
      resourceName: name,
      permissions: [adminWrite('dataproc.sessions.create', name, 'Session')],
      request: { '@type': `${TYPE}.CreateSessionRequest`, parent, sessionId: session.id, session: content },
    },
    { '@type': `${TYPE}.Session`, ...content, uuid: session.uuid, state: 'ACTIVE' },
  );
}

export function terminateSession(call: Call, session: SessionWork, ending: Ending): readonly Draft[] {
  const name = `projects/${call.project.id}/locations/${REGION}/sessions/${session.id}`;
  return operation(
    call,
    ending,
    'SessionController.TerminateSession',
    {
      resource: sessionResource(call.project, session.id),
      resourceName: name,
      permissions: [adminWrite('dataproc.sessions.terminate', name, 'Session')],
      request: { '@type': `${TYPE}.TerminateSessionRequest`, name },
    },
    { '@type': `${TYPE}.Session`, name, uuid: session.uuid, state: 'TERMINATED' },
  );
}
