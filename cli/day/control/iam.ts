/** Who may do what: policies with their deltas, accounts and their keys. */
import { CALLERS, atLaptop } from '../callers.ts';
import type { Caller } from '../callers.ts';
import { ACCOUNTS, PROJECTS } from '../company.ts';
import type { Project } from '../company.ts';
import type { Draft, Json } from '../entry.ts';
import { sceneOf } from '../scene.ts';
import type { Scene } from '../scene.ts';
import { change, projectResource } from './change.ts';
import { accountResource, credentials, UNIQUE } from './credentials.ts';

const RESOURCE_MANAGER = 'cloudresourcemanager.googleapis.com';
const ADMIN = 'google.iam.admin.v1';

export interface Delta {
  readonly action: 'ADD' | 'REMOVE';
  readonly role: string;
  readonly member: string;
  readonly condition?: Json;
}

/** SetIamPolicy of a project, with what it changed. */
export function projectPolicy(
  scene: Scene,
  at: string,
  by: Caller,
  project: Project,
  deltas: readonly Delta[],
  auditConfigDeltas: readonly Json[] = [],
): Draft {
  return change(scene, {
    at,
    to: 'iam',
    by,
    project,
    service: RESOURCE_MANAGER,
    method: 'SetIamPolicy',
    resourceName: `projects/${project.id}`,
    permission: 'resourcemanager.projects.setIamPolicy',
    resource: projectResource(project),
    request: {
      '@type': 'type.googleapis.com/google.iam.v1.SetIamPolicyRequest',
      resource: project.id,
      policy: {
        etag: 'BwZDZ2p2k1M=',
        bindings: deltas
          .filter(({ action }) => action === 'ADD')
          .map(({ role, member, condition }) => ({
            role,
            members: [member],
            ...(condition === undefined ? {} : { condition }),
          })),
      },
    },
    response: { '@type': 'type.googleapis.com/google.iam.v1.Policy', etag: 'BwZDZ2p2k1Q=' },
    serviceData: {
      '@type': 'type.googleapis.com/google.iam.v1.logging.AuditData',
      policyDelta: {
        ...(deltas.length === 0 ? {} : { bindingDeltas: deltas.map((delta): Json => ({ ...delta })) }),
        ...(auditConfigDeltas.length === 0 ? {} : { auditConfigDeltas }),
      },
    },
  });
}

function policies(scene: Scene): readonly Draft[] {
  const goran = CALLERS.goranAtLaptop;
  return [
    projectPolicy(scene, '11:14:50', goran, PROJECTS.dev, [
      { action: 'ADD', role: 'roles/dataproc.editor', member: 'user:ivo@example.com' },
      { action: 'REMOVE', role: 'roles/dataproc.viewer', member: 'user:ivo@example.com' },
    ]),
    projectPolicy(scene, '06:11:20', CALLERS.deployer, PROJECTS.prod, [
      {
        action: 'ADD',
        role: 'roles/bigquery.dataViewer',
        member: 'group:data-scientists@example.com',
        condition: {
          title: 'until-year-end',
          expression: 'request.time < timestamp("2027-01-01T00:00:00Z")',
        },
      },
    ]),
    // Reads of Cloud Storage by one account are exempted from logging: an addition that takes evidence away.
    projectPolicy(
      scene,
      '22:55:07',
      atLaptop('ben', '198.51.100.61'),
      PROJECTS.prod,
      [],
      [
        {
          action: 'ADD',
          service: 'storage.googleapis.com',
          exemptedMember: `serviceAccount:${ACCOUNTS.breakGlass}`,
          logType: 'DATA_READ',
        },
      ],
    ),
  ];
}

function accounts(scene: Scene): readonly Draft[] {
  const { prod } = PROJECTS;
  const key = scene.random.hex(40);
  const keyOf = ACCOUNTS.partnerSync;
  return [
    change(scene, {
      at: '17:28:40',
      to: 'iam',
      by: atLaptop('chiara', '198.51.100.52'),
      project: prod,
      service: 'iam.googleapis.com',
      method: `${ADMIN}.CreateServiceAccountKey`,
      resourceName: `projects/-/serviceAccounts/${UNIQUE.partnerSync}`,
      permission: 'iam.serviceAccountKeys.create',
      resource: accountResource(prod, keyOf, UNIQUE.partnerSync),
      request: {
        '@type': `type.googleapis.com/${ADMIN}.CreateServiceAccountKeyRequest`,
        name: `projects/-/serviceAccounts/${keyOf}`,
        privateKeyType: 2,
      },
      response: {
        '@type': `type.googleapis.com/${ADMIN}.ServiceAccountKey`,
        name: `projects/${prod.id}/serviceAccounts/${keyOf}/keys/${key}`,
        keyType: 1,
        keyOrigin: 2,
        keyAlgorithm: 2,
        validBeforeTime: { seconds: '253402300799' },
      },
    }),
    change(scene, {
      at: '09:41:15',
      to: 'iam',
      by: 'deployer',
      project: prod,
      service: 'iam.googleapis.com',
      method: `${ADMIN}.SetIAMPolicy`,
      resourceName: `projects/-/serviceAccounts/${UNIQUE.churnTrainer}`,
      permission: 'iam.serviceAccounts.setIamPolicy',
      resource: accountResource(prod, ACCOUNTS.churnTrainer, UNIQUE.churnTrainer),
      request: {
        '@type': 'type.googleapis.com/google.iam.v1.SetIamPolicyRequest',
        resource: `projects/${prod.id}/serviceAccounts/${ACCOUNTS.churnTrainer}`,
        policy: {
          bindings: [
            { role: 'roles/iam.serviceAccountUser', members: ['group:data-scientists@example.com'] },
          ],
        },
      },
      serviceData: {
        '@type': 'type.googleapis.com/google.iam.v1.logging.AuditData',
        policyDelta: {
          bindingDeltas: [
            {
              action: 'ADD',
              role: 'roles/iam.serviceAccountUser',
              member: 'group:data-scientists@example.com',
            },
          ],
        },
      },
    }),
  ];
}

export const iamDay = (scene: Scene): readonly Draft[] => [
  ...policies(sceneOf(scene, 'iam-policies')),
  ...accounts(sceneOf(scene, 'service-accounts')),
  ...credentials(scene),
];
