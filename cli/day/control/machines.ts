/** Machines of clusters, the ways into them, and what a person changes about both. */
import { atLaptop, serviceAgent } from '../callers.ts';
import { PROJECTS, REGION, workAccount } from '../company.ts';
import type { Draft, Json } from '../entry.ts';
import { sceneOf } from '../scene.ts';
import type { Scene } from '../scene.ts';
import { platformCall as tell } from './change.ts';
import type { Change } from './change.ts';

const { prod } = PROJECTS;
const BEN = atLaptop('ben', '198.51.100.61');

/** Machines of clusters: made by the engine's own agent, and changed by a person, whose startup script would run as root. */
function machines(scene: Scene): readonly Draft[] {
  const zone = `${REGION}-b`;
  const compute = (at: string, by: Change['by'], verb: string, name: string, request: Json): Draft =>
    tell(scene, {
      at,
      by,
      service: 'compute.googleapis.com',
      method: `v1.compute.${verb}`,
      resourceName: `projects/${prod.id}/zones/${zone}/instances/${name}`,
      permission: `compute.${verb}`,
      resource: {
        type: 'gce_instance',
        labels: { project_id: prod.id, zone, instance_id: scene.random.digits(19) },
      },
      request: { '@type': `type.googleapis.com/compute.${verb}`, ...request },
    });
  const agent = serviceAgent(`service-${prod.number}@dataproc-accounts.iam.gserviceaccount.com`);
  const nodes = ['m', 'w-0', 'w-1'].map((suffix, i) =>
    compute(`06:20:1${String(i)}`, agent, 'instances.insert', `month-end-${suffix}`, {
      name: `month-end-${suffix}`,
      serviceAccounts: [{ email: workAccount(prod) }],
      labels: [
        { key: 'goog-dataproc-cluster-name', value: 'month-end' },
        { key: 'goog-dataproc-location', value: REGION },
      ],
    }),
  );
  return [
    ...nodes,
    compute('22:44:18', BEN, 'instances.setMetadata', 'etl-prod-m', {
      fingerprint: scene.random.base36(11),
      items: [{ key: 'startup-script-url', value: 'gs://ivo-tmp/boot.sh' }],
    }),
    tell(scene, {
      at: '22:46:05',
      by: BEN,
      service: 'compute.googleapis.com',
      method: 'v1.compute.firewalls.insert',
      resourceName: `projects/${prod.id}/global/firewalls/allow-ssh-anywhere`,
      permission: 'compute.firewalls.create',
      resource: {
        type: 'gce_firewall_rule',
        labels: { project_id: prod.id, firewall_rule_id: scene.random.digits(19) },
      },
      request: {
        '@type': 'type.googleapis.com/compute.firewalls.insert',
        name: 'allow-ssh-anywhere',
        direction: 'INGRESS',
        sourceRanges: ['0.0.0.0/0'],
        alloweds: [{ IPProtocol: 'tcp', ports: ['22'] }],
      },
    }),
  ];
}

/** How anybody gets to a machine: through the tunnel, with an identity. */
function waysIn(scene: Scene): readonly Draft[] {
  return [
    tell(scene, {
      at: '22:43:40',
      by: BEN,
      log: 'data_access',
      service: 'iap.googleapis.com',
      method: 'AuthorizeUser',
      resourceName: 'etl-prod-m',
      permission: 'iap.tunnelInstances.accessViaIAP',
      permissionType: 'DATA_READ',
      resource: {
        type: 'gce_instance',
        labels: { project_id: prod.id, zone: `${REGION}-b`, instance_id: scene.random.digits(19) },
      },
      metadata: { '@type': 'type.googleapis.com/google.cloud.audit.IAPMetadata', device_state: 'Unknown' },
    }),
  ];
}

export const machineChanges = (scene: Scene): readonly Draft[] => [
  ...machines(sceneOf(scene, 'machines')),
  ...waysIn(sceneOf(scene, 'ways-in')),
];
