/**
 * Privileged Access Manager: the person on call asks for what the push of the night needs, somebody else approves, the
 * privilege appears and disappears with the policy that carries it. And Access Approval: Google's own staff asks.
 */
import { atLaptop, serviceAgent } from '../callers.ts';
import type { Caller } from '../callers.ts';
import { PROJECTS } from '../company.ts';
import type { Draft, Json } from '../entry.ts';
import { sceneOf } from '../scene.ts';
import type { Scene } from '../scene.ts';
import { change } from './change.ts';
import { projectPolicy } from './iam.ts';

const PAM = 'privilegedaccessmanager.googleapis.com';
const V1 = 'google.cloud.privilegedaccessmanager.v1';
const { prod } = PROJECTS;
const PARENT = `projects/${prod.id}/locations/global/entitlements/partner-exchange-writer`;
const ROLE = 'roles/storage.objectUser';
const CONDITION = 'resource.name.startsWith("projects/_/buckets/acme-partner-exchange/objects/refunds/")';
const SECONDS = 1500;

/** System events name no caller but Google. */
const SYSTEM: Caller = {
  authenticationInfo: { principalEmail: 'system@google.com' },
  ip: 'private',
  userAgent: '',
};

/** Calls about a grant, with the permission that each takes. */
const PERMISSION_OF = { CreateGrant: 'create', ApproveGrant: 'approve', DenyGrant: 'deny' } as const;
type Rpc = keyof typeof PERMISSION_OF;

interface GrantCall {
  readonly at: string;
  readonly by: Caller;
  readonly rpc: Rpc;
  readonly request: Json;
  readonly response: Json;
}

function grantCall(scene: Scene, name: string, { at, by, rpc, request, response }: GrantCall): Draft {
  return change(scene, {
    at,
    to: 'iam',
    by,
    project: prod,
    service: PAM,
    method: `${V1}.PrivilegedAccessManager.${rpc}`,
    resourceName: rpc === 'CreateGrant' ? PARENT : name,
    permission: `privilegedaccessmanager.grants.${PERMISSION_OF[rpc]}`,
    request: { '@type': `type.googleapis.com/${V1}.${rpc}Request`, ...request },
    response,
  });
}

function pushOfTheNight(scene: Scene): readonly Draft[] {
  const name = `${PARENT}/grants/${scene.random.uuid()}`;
  const goran = atLaptop('goran', '198.51.100.44');
  const chiara = atLaptop('chiara', '198.51.100.52');
  const agent = serviceAgent(`service-${prod.number}@gcp-sa-pam.iam.gserviceaccount.com`);
  const asked: Json = {
    requestedDuration: `${String(SECONDS)}s`,
    justification: { unstructuredJustification: 'CHG-2231: partner needs the corrected refunds tonight' },
  };
  const grant = (state: string): Json => ({
    '@type': `type.googleapis.com/${V1}.Grant`,
    name,
    requester: 'goran@example.com',
    ...asked,
    state,
    privilegedAccess: {
      gcpIamAccess: {
        resourceType: 'cloudresourcemanager.googleapis.com/Project',
        resource: `//cloudresourcemanager.googleapis.com/projects/${prod.id}`,
        roleBindings: [{ role: ROLE, conditionExpression: CONDITION }],
      },
    },
  });
  const call = (at: string, by: Caller, rpc: Rpc, request: Json, state: string): Draft =>
    grantCall(scene, name, { at, by, rpc, request, response: grant(state) });
  const happened = (at: string, method: string, state: string): Draft =>
    change(scene, {
      at,
      to: 'iam',
      by: SYSTEM,
      project: prod,
      log: 'system_event',
      service: PAM,
      method,
      resourceName: name,
      permission: 'privilegedaccessmanager.grants.activate',
      metadata: { grant: grant(state) },
    });
  const bound = {
    role: ROLE,
    member: 'user:goran@example.com',
    condition: { title: `Created by: PAM`, expression: CONDITION },
  };
  return [
    call('23:31:09', goran, 'CreateGrant', { parent: PARENT, grant: asked }, 'APPROVAL_AWAITED'),
    call('23:33:46', chiara, 'ApproveGrant', { name, reason: 'CHG-2231 reviewed' }, 'SCHEDULED'),
    happened('23:33:51', 'PAMActivateGrant', 'ACTIVE'),
    projectPolicy(scene, '23:33:50', agent, prod, [{ action: 'ADD', ...bound }]),
    happened('23:58:51', 'PAMEndGrant', 'ENDED'),
    projectPolicy(scene, '23:58:50', agent, prod, [{ action: 'REMOVE', ...bound }]),
  ];
}

/** Refused by the approver: nothing was activated. */
function denied(scene: Scene): readonly Draft[] {
  const name = `${PARENT}/grants/${scene.random.uuid()}`;
  const call = (at: string, by: Caller, rpc: Rpc, request: Json, state: string): Draft =>
    grantCall(scene, name, {
      at,
      by,
      rpc,
      request,
      response: { '@type': `type.googleapis.com/${V1}.Grant`, name, requester: 'ivo@example.com', state },
    });
  const asked: Json = {
    requestedDuration: '28800s',
    justification: { unstructuredJustification: 'need it' },
  };
  return [
    call(
      '20:28:02',
      atLaptop('ivo', '203.0.113.90'),
      'CreateGrant',
      { parent: PARENT, grant: asked },
      'APPROVAL_AWAITED',
    ),
    call(
      '20:41:30',
      atLaptop('chiara', '198.51.100.52'),
      'DenyGrant',
      { name, reason: 'no ticket' },
      'DENIED',
    ),
  ];
}

function accessApproval(scene: Scene): readonly Draft[] {
  const name = `projects/${prod.number}/approvalRequests/${scene.random.base36(14)}`;
  return [
    change(scene, {
      at: '16:48:12',
      to: 'iam',
      by: atLaptop('goran', '198.51.100.44'),
      project: prod,
      service: 'accessapproval.googleapis.com',
      method: 'google.cloud.accessapproval.v1.AccessApproval.ApproveApprovalRequest',
      resourceName: name,
      permission: 'accessapproval.requests.approve',
      request: {
        '@type': 'type.googleapis.com/google.cloud.accessapproval.v1.ApproveApprovalRequestMessage',
        name,
        expireTime: `${scene.date}T22:00:00Z`,
      },
      response: {
        '@type': 'type.googleapis.com/google.cloud.accessapproval.v1.ApprovalRequest',
        name,
        requestedResourceName: `projects/${prod.number}`,
        requestedReason: { type: 'CUSTOMER_INITIATED_SUPPORT', detail: 'Case number: 58120933' },
        requestTime: `${scene.date}T16:31:05Z`,
        approve: { approveTime: `${scene.date}T16:48:12Z`, expireTime: `${scene.date}T22:00:00Z` },
      },
    }),
  ];
}

export const grantsDay = (scene: Scene): readonly Draft[] => [
  ...pushOfTheNight(sceneOf(scene, 'grant-of-the-night')),
  ...denied(sceneOf(scene, 'grant-denied')),
  ...accessApproval(sceneOf(scene, 'access-approval')),
];
