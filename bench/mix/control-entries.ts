/** Control plane: credentials and IAM policy, log routing, platform services. */
import { REGION, workAccount } from '../../cli/day/company.ts';
import type { Random } from '../../cli/day/random.ts';
import { callOf, operationOf, told } from './audited.ts';
import { mark } from './fresh.ts';
import type { Population } from './population.ts';

function accessToken(random: Random, people: Population): readonly string[] {
  const { of, ...common } = callOf(random, people);
  const email = workAccount(of);
  const unique = `1148851469368551${random.digits(5)}`;
  const account = `projects/-/serviceAccounts/${unique}`;
  return told({
    ...common,
    log: 'data_access',
    service: 'iamcredentials.googleapis.com',
    method: 'GenerateAccessToken',
    resourceName: account,
    permissions: [
      { permission: 'iam.serviceAccounts.getAccessToken', resource: account, permissionType: 'DATA_READ' },
    ],
    request: {
      '@type': 'type.googleapis.com/google.iam.credentials.v1.GenerateAccessTokenRequest',
      name: `projects/-/serviceAccounts/${email}`,
      scope: ['https://www.googleapis.com/auth/cloud-platform'],
      lifetime: '3600s',
    },
    metadata: { identityDelegationChain: [account] },
    resource: {
      type: 'service_account',
      labels: { project_id: common.project, unique_id: unique, email_id: email },
    },
    operation: operationOf('iamcredentials.googleapis.com'),
  });
}

function projectPolicy(random: Random, people: Population): readonly string[] {
  const { of, ...common } = callOf(random, people);
  const name = `projects/${of.id}`;
  const member = `serviceAccount:${workAccount(random.pick(people.projects))}`;
  return told({
    ...common,
    service: 'cloudresourcemanager.googleapis.com',
    method: 'SetIamPolicy',
    resourceName: name,
    permissions: [
      { permission: 'resourcemanager.projects.setIamPolicy', resource: name, permissionType: 'ADMIN_WRITE' },
    ],
    request: {
      '@type': 'type.googleapis.com/google.iam.v1.SetIamPolicyRequest',
      resource: of.id,
      policy: {
        etag: 'BwYjQ2p0c3Q=',
        bindings: [
          { role: 'roles/dataproc.worker', members: [member] },
          { role: 'roles/bigquery.dataEditor', members: [member, 'group:data-platform@example.com'] },
        ],
      },
    },
    response: { '@type': 'type.googleapis.com/google.iam.v1.Policy', etag: 'BwYjQ2p1AAA=' },
    resource: { type: 'project', labels: { project_id: of.id } },
    serviceData: {
      '@type': 'type.googleapis.com/google.iam.v1.logging.AuditData',
      policyDelta: {
        bindingDeltas: [{ action: 'ADD', role: 'roles/bigquery.dataEditor', member }],
      },
    },
  });
}

export function iamEntries(random: Random, people: Population): readonly string[] {
  return random.chance(0.95) ? accessToken(random, people) : projectPolicy(random, people);
}

export function loggingEntries(random: Random, people: Population): readonly string[] {
  const { of, ...common } = callOf(random, people);
  const name = `jobtrail-${random.pick(['dataproc', 'dataflow', 'istio'])}`;
  const sink = {
    name,
    destination: `pubsub.googleapis.com/projects/${of.id}/topics/${name}`,
    filter: 'protoPayload.serviceName="dataproc.googleapis.com"',
    writerIdentity: `serviceAccount:service-${of.number}@gcp-sa-logging.iam.gserviceaccount.com`,
  };
  const resourceName = `projects/${of.id}/sinks/${name}`;
  return told({
    ...common,
    service: 'logging.googleapis.com',
    method: 'google.logging.v2.ConfigServiceV2.UpdateSink',
    resourceName,
    permissions: [
      { permission: 'logging.sinks.update', resource: resourceName, permissionType: 'ADMIN_WRITE' },
    ],
    request: {
      '@type': 'type.googleapis.com/google.logging.v2.UpdateSinkRequest',
      sinkName: resourceName,
      updateMask: 'exclusions',
      sink: { ...sink, exclusions: [{ name: 'quiet', filter: 'sample(insertId, 0.99)' }] },
    },
    response: { '@type': 'type.googleapis.com/google.logging.v2.LogSink', ...sink },
    resource: { type: 'logging_sink', labels: { name, project_id: of.id, destination: '' } },
  });
}

export function platformEntries(random: Random, people: Population): readonly string[] {
  const { of, ...common } = callOf(random, people);
  if (random.chance(0.6)) {
    const service = 'secretmanager.googleapis.com';
    const method = 'google.cloud.secretmanager.v1.SecretManagerService.AccessSecretVersion';
    const secret = `projects/${of.number}/secrets/warehouse-dsn-${String(random.int(1, 40))}`;
    return told({
      ...common,
      log: 'data_access',
      service,
      method,
      resourceName: `${secret}/versions/latest`,
      permissions: [
        { permission: 'secretmanager.versions.access', resource: secret, permissionType: 'DATA_READ' },
      ],
      request: {
        '@type': 'type.googleapis.com/google.cloud.secretmanager.v1.AccessSecretVersionRequest',
        name: `${secret}/versions/latest`,
      },
      resource: { type: 'audited_resource', labels: { project_id: of.id, service, method } },
    });
  }
  const name = `etl-w-${String(random.int(0, 90))}`;
  const resourceName = `projects/${of.id}/zones/${REGION}-b/instances/${name}`;
  return told({
    ...common,
    service: 'compute.googleapis.com',
    method: 'v1.compute.instances.insert',
    resourceName,
    permissions: [
      { permission: 'compute.instances.create', resource: resourceName, permissionType: 'ADMIN_WRITE' },
    ],
    request: {
      '@type': 'type.googleapis.com/compute.instances.insert',
      name,
      machineType: `projects/${of.id}/zones/${REGION}-b/machineTypes/n2-highmem-8`,
      serviceAccounts: [
        { email: workAccount(of), scopes: ['https://www.googleapis.com/auth/cloud-platform'] },
      ],
      networkInterfaces: [{ subnetwork: `projects/${of.id}/regions/${REGION}/subnetworks/data-euw1` }],
      disks: [{ type: 'PERSISTENT', boot: true, autoDelete: true }],
      labels: [{ key: 'goog-dataproc-cluster-name', value: random.pick(people.clusters).name }],
      metadata: { items: [{ key: 'dataproc-region', value: REGION }] },
    },
    response: {
      '@type': 'type.googleapis.com/operation',
      id: mark('number'),
      name: `operation-${mark('uuid')}`,
      operationType: 'insert',
      targetLink: `https://www.googleapis.com/compute/v1/${resourceName}`,
      status: 'RUNNING',
      progress: '0',
    },
    resource: {
      type: 'gce_instance',
      labels: { project_id: of.id, instance_id: random.digits(19), zone: `${REGION}-b` },
    },
    operation: operationOf('compute.googleapis.com'),
  });
}
