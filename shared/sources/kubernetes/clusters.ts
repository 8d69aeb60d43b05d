/**
 * Clusters and node pools as Google Cloud resources (google/container/v1/cluster_service.proto), and fleet features, one
 * of which is the managed mesh (google/cloud/gkehub).
 */
import { claim, listClaim } from '../../audit/claims.ts';
import type { Seen } from '../../audit/event.ts';
import type { ServiceMethods } from '../../audit/methods.ts';
import { segmentAfter } from '../../audit/payload.ts';
import { obj, own, resourceLabel, str, strings } from '../fields.ts';

export const CLUSTER_METHODS: readonly ServiceMethods<'cluster' | 'feature'>[] = [
  {
    services: ['container.googleapis.com'],
    by: 'rpc',
    lines: [
      ['CreateCluster UpdateCluster DeleteCluster UpdateMaster', 'compute.change', 'cluster'],
      ['SetLegacyAbac SetMasterAuth SetNetworkPolicy', 'policy.change', 'cluster'],
      ['SetLoggingService', 'log.change', 'cluster'],
      [
        'SetMonitoringService SetLocations SetAddonsConfig SetLabels SetMaintenancePolicy StartIPRotation CompleteIPRotation',
        'compute.change',
        'cluster',
      ],
      [
        'CreateNodePool UpdateNodePool DeleteNodePool SetNodePoolSize SetNodePoolAutoscaling SetNodePoolManagement RollbackNodePoolUpgrade CompleteNodePoolUpgrade',
        'compute.change',
        'cluster',
      ],
      ['CancelOperation', 'operation.cancel'],
      ['CheckAutopilotCompatibility', 'metadata.read'],
    ],
  },
  {
    services: ['gkehub.googleapis.com'],
    by: 'rpc',
    lines: [
      ['CreateFeature UpdateFeature DeleteFeature', 'policy.change', 'feature'],
      ['CreateMembership UpdateMembership DeleteMembership', 'compute.change', 'feature'],
      ['GenerateConnectManifest', 'metadata.read'],
    ],
  },
];

/** Field names of `ClusterUpdate`: what was asked to change. */
const FIELD = /^[A-Za-z0-9]{1,64}$/;

export function readCluster({ entry, payload, draft, claims }: Seen): void {
  const { request, resourceName } = payload;
  const cluster = obj(request, 'cluster');
  claim(
    claims,
    'cluster',
    resourceLabel(entry, 'cluster_name') ??
      segmentAfter(resourceName, 'clusters') ??
      str(cluster, 'name') ??
      segmentAfter(str(request, 'name'), 'clusters'),
  );
  claim(
    claims,
    'nodePool',
    resourceLabel(entry, 'nodepool_name') ??
      segmentAfter(resourceName, 'nodePools') ??
      str(obj(request, 'nodePool'), 'name'),
  );
  claim(claims, 'operationType', str(payload.metadata, 'operationType'));
  const update = obj(request, 'update');
  if (update !== undefined) {
    const fields = Object.keys(update).filter((field) => FIELD.test(field));
    listClaim(claims, 'fields', fields.toSorted());
    if (fields.some((field) => field.startsWith('desiredLogging'))) draft.action = 'log.change';
  }
  const logging =
    str(cluster, 'loggingService') ?? str(update, 'desiredLoggingService') ?? str(request, 'loggingService');
  claim(claims, 'loggingService', logging);
  const config = obj(obj(update, 'desiredLoggingConfig') ?? obj(cluster, 'loggingConfig'), 'componentConfig');
  listClaim(claims, 'loggingComponents', strings(config, 'enableComponents'));
  claim(claims, 'workloadPool', str(obj(cluster, 'workloadIdentityConfig'), 'workloadPool'));
  const abac = own(obj(cluster, 'legacyAbac') ?? request, 'enabled');
  if (typeof abac === 'boolean' && draft.method.endsWith('Abac')) claims['legacyAbac'] = abac;
  claim(claims, 'nodeServiceAccount', str(nodeConfig(request), 'serviceAccount'));
}

function nodeConfig(request: Seen['payload']['request']): ReturnType<typeof obj> {
  return obj(obj(request, 'nodePool'), 'config') ?? obj(obj(request, 'cluster'), 'nodeConfig');
}

export function readFeature({ payload, claims }: Seen): void {
  const { request, resourceName } = payload;
  const name = str(request, 'name') ?? resourceName;
  claim(claims, 'feature', str(request, 'featureId') ?? segmentAfter(name, 'features'));
  claim(claims, 'membership', str(request, 'membershipId') ?? segmentAfter(name, 'memberships'));
  claim(claims, 'updateMask', str(request, 'updateMask'));
}
