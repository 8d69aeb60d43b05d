/** Declared evidence fields of an audit entry: short scalars, no arguments, no labels, no SQL, no credentials. */
import type { AuditLog, LogEntry } from '../../../schemas/log-entry.ts';
import { lastSegment, segmentAfter } from '../../audit/payload.ts';
import { obj, resourceLabel, str, type Json } from '../fields.ts';
import { claim, type Claims } from './draft.ts';
import type { Method } from './methods.ts';
import { clusterOrigins, meshMarks } from './origins.ts';
import { operationMetadata } from './target.ts';

export function auditClaims(entry: LogEntry, payload: AuditLog, method: Method | undefined): Claims {
  const claims: Claims = {};
  const { request, response } = payload;
  switch (method?.subject) {
    case 'job':
      jobClaims(claims, request, response);
      break;
    case 'batch':
    case 'session':
      serverlessClaims(claims, payload, method.subject);
      break;
    case 'cluster':
      clusterClaims(claims, payload);
      break;
    case 'workflow':
      workflowClaims(claims, payload);
      break;
    case 'workload':
      claim(
        claims,
        'workload',
        str(request, 'workloadId') ??
          segmentAfter(str(request, 'name'), 'workloads') ??
          segmentAfter(payload.resourceName, 'workloads'),
      );
      break;
    case 'operation':
      claim(
        claims,
        'targetOperation',
        segmentAfter(str(request, 'name'), 'operations') ?? segmentAfter(payload.resourceName, 'operations'),
      );
      break;
    case 'other':
      // What is made is named apart from where.
      claim(claims, 'template', lastSegment(str(obj(request, 'sessionTemplate'), 'name')));
      break;
    case undefined:
      break;
  }
  if (claims['cluster'] === undefined) claim(claims, 'cluster', resourceLabel(entry, 'cluster_name'));
  if (claims['clusterUuid'] === undefined) claim(claims, 'clusterUuid', resourceLabel(entry, 'cluster_uuid'));
  claim(claims, 'updateMask', str(request, 'updateMask'));
  claim(claims, 'requestToken', str(request, 'requestId'));
  if (method !== undefined) gatewayRequest(claims, request, method);
  return claims;
}

/** The label in which a gateway leaves the id of the request, on what the request makes. */
const GATEWAY_REQUEST = 'gw-request-id';
const MAX_REQUEST_ID = 128;
const MADE: ReadonlyMap<Method['subject'], string> = new Map([
  ['job', 'job'],
  ['batch', 'batch'],
  ['session', 'session'],
  ['cluster', 'cluster'],
  ['workflow', 'template'],
]);

/** A cut id could be another request's: too long is none. */
function gatewayRequest(claims: Claims, request: Json | undefined, { subject }: Method): void {
  const id = str(obj(obj(request, MADE.get(subject) ?? ''), 'labels'), GATEWAY_REQUEST);
  if (id !== undefined && id.length <= MAX_REQUEST_ID) claims['gatewayRequestId'] = id;
}

function jobClaims(claims: Claims, request: Json | undefined, response: Json | undefined): void {
  const placed = obj(response, 'placement');
  const asked = obj(obj(request, 'job'), 'placement');
  claim(claims, 'cluster', str(placed, 'clusterName') ?? str(asked, 'clusterName'));
  claim(claims, 'clusterUuid', str(placed, 'clusterUuid'));
  if (obj(asked, 'clusterLabels') !== undefined) claims['placedByLabels'] = true;
  claim(claims, 'jobUuid', str(response, 'jobUuid'));
  claim(claims, 'state', str(obj(response, 'status'), 'state'));
}

function serverlessClaims(claims: Claims, payload: AuditLog, kind: 'batch' | 'session'): void {
  const { request, response } = payload;
  claim(claims, `${kind}Uuid`, str(response, 'uuid') ?? str(operationMetadata(payload), `${kind}Uuid`));
  claim(claims, 'state', str(response, 'state'));
  // Written by the service for the one who created it; the second entry of an operation may name nobody else.
  claim(claims, 'creator', str(response, 'creator'));
  const execution = obj(obj(obj(request, kind), 'environmentConfig'), 'executionConfig');
  claim(
    claims,
    'workloadAuthentication',
    str(obj(execution, 'authenticationConfig'), 'userWorkloadAuthenticationType'),
  );
}

function clusterClaims(claims: Claims, payload: AuditLog): void {
  const { request, response, resourceName } = payload;
  const cluster = obj(request, 'cluster');
  claim(
    claims,
    'cluster',
    str(cluster, 'clusterName') ??
      str(request, 'clusterName') ??
      // InjectCredentials names it `clusters/C`, node groups below `…/clusters/C`.
      lastSegment(str(request, 'cluster')) ??
      segmentAfter(resourceName, 'clusters') ??
      segmentAfter(str(request, 'parent'), 'clusters') ??
      segmentAfter(str(request, 'name'), 'clusters'),
  );
  claim(claims, 'clusterUuid', str(response, 'clusterUuid') ?? str(request, 'clusterUuid'));
  claim(
    claims,
    'nodeGroup',
    str(request, 'nodeGroupId') ??
      segmentAfter(str(request, 'name'), 'nodeGroups') ??
      segmentAfter(resourceName, 'nodeGroups'),
  );
  // On Kubernetes its pods may leave the mesh by annotations, which stand in its properties.
  const virtual = obj(cluster, 'virtualClusterConfig');
  if (virtual !== undefined) {
    claims['virtualCluster'] = true;
    const software = obj(obj(virtual, 'kubernetesClusterConfig'), 'kubernetesSoftwareConfig');
    meshMarks(claims, obj(software, 'properties') ?? {});
  }
  const config = obj(cluster, 'config');
  clusterOrigins(claims, config);
  claim(claims, 'imageVersion', str(obj(config, 'softwareConfig'), 'imageVersion'));
  // Users whose work on the cluster runs under accounts of their own.
  const mapping = obj(obj(obj(config, 'securityConfig'), 'identityConfig'), 'userServiceAccountMapping');
  if (mapping !== undefined) claims['mappedUsers'] = Object.keys(mapping).length;
}

function workflowClaims(claims: Claims, payload: AuditLog): void {
  const { request } = payload;
  const template = obj(request, 'template');
  claim(
    claims,
    'template',
    segmentAfter(str(request, 'name'), 'workflowTemplates') ??
      segmentAfter(payload.resourceName, 'workflowTemplates') ??
      str(template, 'id'),
  );
  const placement = obj(template, 'placement');
  clusterOrigins(claims, obj(obj(placement, 'managedCluster'), 'config'));
  claim(
    claims,
    'cluster',
    str(obj(placement, 'managedCluster'), 'clusterName') ??
      str(obj(obj(placement, 'clusterSelector'), 'clusterLabels'), 'goog-dataproc-cluster-name'),
  );
  const parameters = obj(request, 'parameters');
  if (parameters !== undefined) claims['parameters'] = Object.keys(parameters).length;
}
