/**
 * Audit entries of dataproc.googleapis.com, request and response in the JSON form of google.cloud.dataproc.v1. A
 * long-running operation is told twice under one operation id; a call that is refused is told once.
 */
import { audit } from '../audit.ts';
import type { AuditCall, Permission } from '../audit.ts';
import type { Caller } from '../callers.ts';
import { REGION } from '../company.ts';
import type { Project } from '../company.ts';
import type { Draft, Json } from '../entry.ts';

export const DATAPROC = 'dataproc.googleapis.com';
export const V1 = 'google.cloud.dataproc.v1';
export const TYPE = `type.googleapis.com/${V1}`;

export interface Call {
  readonly at: number;
  readonly requestTime: string;
  readonly caller: Caller;
  readonly project: Project;
  readonly denied?: boolean;
  readonly lateByMs?: number;
}

/** The second half of an operation: when it ended, how, and whether the entry repeats who called. */
export interface Ending {
  readonly operationId: string;
  readonly afterMs: number;
  readonly requestTime: string;
  readonly namesCaller: boolean;
  readonly error?: string;
}

const PERMISSION_DENIED = 7;
const INTERNAL = 13;

export const clusterResource = (
  project: Project,
  cluster: { readonly name: string; readonly uuid: string },
): Json => ({
  type: 'cloud_dataproc_cluster',
  labels: { project_id: project.id, cluster_name: cluster.name, cluster_uuid: cluster.uuid, region: REGION },
});

export const adminWrite = (permission: string, resource: string, type?: string): Permission => ({
  permission,
  resource,
  permissionType: 'ADMIN_WRITE',
  ...(type === undefined
    ? {}
    : { resourceAttributes: { service: DATAPROC, name: resource, type: `${DATAPROC}/${type}` } }),
});

/** What every Dataproc call has; `method` with the RPC service, without the package. */
export function dataprocAudit(
  call: Call,
  method: string,
  rest: Pick<AuditCall, 'resource' | 'permissions' | 'resourceName'> & Partial<AuditCall>,
): Draft {
  const denied =
    call.denied === true
      ? {
          status: {
            code: PERMISSION_DENIED,
            message: `Permission '${rest.permissions?.[0]?.permission ?? ''}' denied on resource '//${DATAPROC}/${rest.resourceName ?? ''}' (or it may not exist).`,
          },
        }
      : {};
  return audit({
    at: call.at,
    to: 'dataproc',
    project: call.project.id,
    service: DATAPROC,
    method: method.startsWith('google.') ? method : `${V1}.${method}`,
    caller: call.caller,
    location: REGION,
    requestTime: call.requestTime,
    ...(call.lateByMs === undefined ? {} : { lateByMs: call.lateByMs }),
    ...denied,
    ...rest,
  });
}

/** The two entries of an operation from the one that starts it. */
export function operation(
  call: Call,
  ending: Ending,
  method: string,
  rest: Parameters<typeof dataprocAudit>[2],
  finalResponse: Json,
): readonly Draft[] {
  const id = `projects/${call.project.id}/regions/${REGION}/operations/${ending.operationId}`;
  const { permissions, request, ...common } = rest;
  const first = dataprocAudit(call, method, { ...rest, operation: { id, producer: DATAPROC, first: true } });
  const last = audit({
    ...common,
    at: call.at + ending.afterMs,
    to: 'dataproc',
    project: call.project.id,
    service: DATAPROC,
    method: `${V1}.${method}`,
    location: REGION,
    requestTime: ending.requestTime,
    operation: { id, producer: DATAPROC, last: true },
    ...(ending.namesCaller ? { caller: call.caller, ...(request === undefined ? {} : { request }) } : {}),
    ...(ending.error === undefined
      ? { response: finalResponse }
      : { status: { code: INTERNAL, message: ending.error } }),
    ...(permissions !== undefined && ending.namesCaller ? { permissions } : {}),
  });
  return [first, last];
}
