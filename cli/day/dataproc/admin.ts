/** What changes the platform itself (clusters, policies, templates, IAM), and what only looks (ADMIN_READ, DATA_READ). */
import { REGION } from '../company.ts';
import type { Cluster, Project } from '../company.ts';
import { DATAPROC, TYPE, V1, adminWrite, clusterResource, dataprocAudit, operation } from './audit.ts';
import type { Call, Ending } from './audit.ts';
import type { Draft, Json } from '../entry.ts';

interface NewCluster {
  readonly cluster: Cluster;
  readonly runAs: string;
  readonly workers: number;
  readonly machineType: string;
}

function clusterConfig({ runAs, workers, machineType }: NewCluster): Json {
  const disk: Json = { bootDiskType: 'pd-ssd', bootDiskSizeGb: 500 };
  return {
    gceClusterConfig: {
      subnetworkUri: 'data-euw1',
      internalIpOnly: true,
      serviceAccount: runAs,
      serviceAccountScopes: ['https://www.googleapis.com/auth/cloud-platform'],
      tags: ['dataproc'],
    },
    masterConfig: { numInstances: 1, machineTypeUri: machineType, diskConfig: disk },
    workerConfig: { numInstances: workers, machineTypeUri: machineType, diskConfig: disk },
    softwareConfig: {
      imageVersion: '2.3-debian12',
      properties: {
        'dataproc:dataproc.logging.stackdriver.job.driver.enable': 'true',
        'dataproc:dataproc.lineage.enabled': 'true',
        'spark:spark.sql.adaptive.enabled': 'true',
      },
      optionalComponents: ['JUPYTER'],
    },
    lifecycleConfig: { idleDeleteTtl: '7200s' },
  };
}

/** A create that quota refuses ends with an error and an empty `cluster_uuid`. */
export function createCluster(call: Call, wanted: NewCluster, ending: Ending): readonly Draft[] {
  const { cluster } = wanted;
  const parent = `projects/${call.project.id}/regions/${REGION}`;
  const name = `${parent}/clusters/${cluster.name}`;
  const content: Json = {
    projectId: call.project.id,
    clusterName: cluster.name,
    config: clusterConfig(wanted),
  };
  const uuid = ending.error === undefined ? cluster.uuid : '';
  return operation(
    call,
    ending,
    'ClusterController.CreateCluster',
    {
      resource: clusterResource(call.project, { name: cluster.name, uuid }),
      resourceName: name,
      permissions: [adminWrite('dataproc.clusters.create', name, 'Cluster')],
      request: {
        '@type': `${TYPE}.CreateClusterRequest`,
        projectId: call.project.id,
        region: REGION,
        cluster: content,
      },
    },
    { '@type': `${TYPE}.Cluster`, ...content, clusterUuid: cluster.uuid, status: { state: 'RUNNING' } },
  );
}

/** DeleteCluster, StartCluster, StopCluster, DiagnoseCluster, RepairCluster, InjectCredentials, UpdateCluster. */
export function changeCluster(
  call: Call,
  verb: 'Delete' | 'Start' | 'Stop' | 'Diagnose' | 'Repair' | 'Update',
  cluster: Cluster,
  extra: Json,
  ending: Ending,
): readonly Draft[] {
  const name = `projects/${call.project.id}/regions/${REGION}/clusters/${cluster.name}`;
  const permission = verb === 'Diagnose' || verb === 'Repair' ? 'update' : verb.toLowerCase();
  return operation(
    call,
    ending,
    `ClusterController.${verb}Cluster`,
    {
      resource: clusterResource(call.project, cluster),
      resourceName: name,
      permissions: [adminWrite(`dataproc.clusters.${permission}`, name, 'Cluster')],
      request: {
        '@type': `${TYPE}.${verb}ClusterRequest`,
        projectId: call.project.id,
        region: REGION,
        clusterName: cluster.name,
        ...extra,
      },
    },
    { '@type': 'type.googleapis.com/google.protobuf.Empty' },
  );
}

/** A method that answers at once: one entry. `kind` is the resource's name in the API, e.g. `AutoscalingPolicy`. */
export function simpleChange(
  call: Call,
  method: string,
  target: { readonly name: string; readonly kind: string; readonly permission: string },
  request: Json,
  cluster?: Cluster,
): Draft {
  const full = method.startsWith('google.') ? method : `${V1}.${method}`;
  const rpc = method.slice(method.lastIndexOf('.') + 1);
  const type = full.startsWith('google.iam.') ? 'type.googleapis.com/google.iam.v1' : TYPE;
  return dataprocAudit(call, method, {
    resource:
      cluster === undefined
        ? {
            type: 'audited_resource',
            labels: { project_id: call.project.id, service: DATAPROC, method: full },
          }
        : clusterResource(call.project, cluster),
    resourceName: target.name,
    permissions: [adminWrite(target.permission, target.name, target.kind)],
    request: { '@type': `${type}.${rpc}Request`, ...request },
  });
}

export type Read =
  | { readonly method: 'JobController.GetJob'; readonly cluster: Cluster; readonly id: string }
  | { readonly method: 'JobController.ListJobs'; readonly cluster: Cluster; readonly items: string }
  | { readonly method: 'ClusterController.GetCluster'; readonly cluster: Cluster }
  | { readonly method: 'BatchController.GetBatch'; readonly id: string }
  | { readonly method: 'BatchController.SearchSparkApplications'; readonly id: string }
  | { readonly method: 'BatchController.AccessSparkApplication'; readonly id: string; readonly app: string };

const READ_PERMISSIONS: Record<Read['method'], string> = {
  'JobController.GetJob': 'dataproc.jobs.get',
  'JobController.ListJobs': 'dataproc.jobs.list',
  'ClusterController.GetCluster': 'dataproc.clusters.get',
  'BatchController.GetBatch': 'dataproc.batches.get',
  'BatchController.SearchSparkApplications': 'dataproc.batches.sparkApplicationRead',
  'BatchController.AccessSparkApplication': 'dataproc.batches.sparkApplicationRead',
};

function readTarget(read: Read, project: Project): { name: string; request: Json } {
  const region = `projects/${project.id}/regions/${REGION}`;
  const location = `projects/${project.id}/locations/${REGION}`;
  const common = { projectId: project.id, region: REGION };
  switch (read.method) {
    case 'JobController.GetJob':
      return { name: `${region}/jobs/${read.id}`, request: { ...common, jobId: read.id } };
    case 'JobController.ListJobs':
      return {
        name: region,
        request: { ...common, pageSize: 100, clusterName: read.cluster.name, jobStateMatcher: 'ACTIVE' },
      };
    case 'ClusterController.GetCluster':
      return {
        name: `${region}/clusters/${read.cluster.name}`,
        request: { ...common, clusterName: read.cluster.name },
      };
    case 'BatchController.GetBatch':
      return { name: `${location}/batches/${read.id}`, request: { name: `${location}/batches/${read.id}` } };
    case 'BatchController.SearchSparkApplications':
      return {
        name: `${location}/batches/${read.id}`,
        request: {
          parent: `${location}/batches/${read.id}`,
          pageSize: 20,
          applicationStatus: 'APPLICATION_STATUS_RUNNING',
        },
      };
    case 'BatchController.AccessSparkApplication': {
      const name = `${location}/batches/${read.id}/sparkApplications/${read.app}`;
      return { name, request: { name, parent: `${location}/batches/${read.id}` } };
    }
  }
}

/** Data Access entries: written only where the project has turned them on. */
export function readAccess(call: Call, read: Read): Draft {
  const { name, request } = readTarget(read, call.project);
  const rpc = read.method.slice(read.method.indexOf('.') + 1);
  return dataprocAudit(call, read.method, {
    log: 'data_access',
    resource:
      'cluster' in read
        ? clusterResource(call.project, read.cluster)
        : {
            type: 'cloud_dataproc_batch',
            labels: { project_id: call.project.id, location: REGION, batch_id: read.id },
          },
    resourceName: name,
    permissions: [
      {
        permission: READ_PERMISSIONS[read.method],
        resource: name,
        permissionType: rpc.includes('Spark') ? 'DATA_READ' : 'ADMIN_READ',
        resourceAttributes: { service: DATAPROC, name },
      },
    ],
    request: { '@type': `${TYPE}.${rpc}Request`, ...request },
    ...(read.method === 'JobController.ListJobs'
      ? { response: { '@type': `${TYPE}.ListJobsResponse` } }
      : {}),
  });
}
