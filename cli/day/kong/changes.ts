/**
 * Who changed the gateway: its Admin API's audit (a request, and the objects it changed, joined by the request id; times in
 * seconds, objects as JSON in a string), and Konnect's audit log, as its webhook's bridge publishes the records.
 */
import { CONSUMERS, GATEWAY, PROJECTS } from '../company.ts';
import { logNameOf } from '../entry.ts';
import type { Draft, Json, RecordDraft, Told } from '../entry.ts';
import { clock, sceneOf } from '../scene.ts';
import type { Scene } from '../scene.ts';
import { ENTITY_TIMES, SERVICES } from './entities.ts';
import { gatewayContainer } from './record.ts';

const TTL = 2_592_000;
/** The rate limit of agents. */
const PLUGIN = '6be1c0f2-91d7-4d4a-a6f3-0c7e2b9d5f12';
const ADMIN = { id: '2d8e5a17-4c60-4f9b-93e2-b7a1c5d08e31', name: 'chiara' } as const;

interface AdminCall {
  readonly time: string;
  readonly method: string;
  readonly path: string;
  readonly payload: Json;
  readonly operation: 'create' | 'update' | 'delete';
  readonly dao: string;
  readonly entity: Json;
  /** What was left out of the record because it is secret. */
  readonly removed?: string;
}

function logged(at: number, payload: Json): Draft {
  return {
    at,
    to: 'kong',
    logName: logNameOf(PROJECTS.mesh.id, 'kong-admin-audit'),
    resource: gatewayContainer,
    payload: { jsonPayload: payload },
    severity: 'INFO',
  };
}

function adminChange(scene: Scene, call: AdminCall): readonly Draft[] {
  const at = clock(call.time);
  const seconds = Math.floor((scene.midnight + at) / 1000);
  const requestId = scene.random.hex(32);
  const id = call.entity['id'] ?? '';
  return [
    logged(at, {
      client_ip: '10.132.0.77',
      method: call.method,
      path: call.path,
      payload: JSON.stringify(call.payload),
      rbac_user_id: ADMIN.id,
      rbac_user_name: ADMIN.name,
      removed_from_payload: call.removed ?? null,
      request_id: requestId,
      request_source: 'kong-manager',
      request_timestamp: seconds,
      signature: null,
      status: call.operation === 'create' ? 201 : call.operation === 'delete' ? 204 : 200,
      ttl: TTL,
      workspace: GATEWAY.workspace,
    }),
    logged(at + 12, {
      dao_name: call.dao,
      entity: JSON.stringify(call.entity),
      entity_key: id,
      expire: seconds + TTL,
      id: scene.random.uuid(),
      operation: call.operation,
      rbac_user_id: ADMIN.id,
      request_id: requestId,
      request_timestamp: seconds,
      signature: null,
      ttl: TTL,
    }),
  ];
}

function adminChanges(scene: Scene): readonly Draft[] {
  const limit = {
    id: PLUGIN,
    name: 'rate-limiting',
    consumer: { id: CONSUMERS.catalogAgent.id },
    service: { id: SERVICES.dataproc.id },
    config: { minute: 2, policy: 'local' },
    enabled: true,
    ...ENTITY_TIMES,
  };
  const key: Json = {
    id: '7f03b9d8-5a2e-4c17-8e60-d4a9f1c3b6e7',
    consumer: { id: CONSUMERS.partnerSync.id },
    algorithm: 'RS256',
    created_at: ENTITY_TIMES.created_at,
  };
  return [
    ...adminChange(scene, {
      time: '12:41:07',
      method: 'PUT',
      path: `/data-jobs/plugins/${PLUGIN}`,
      payload: { name: 'rate-limiting', config: { minute: 2 } },
      operation: 'update',
      dao: 'plugins',
      entity: limit,
    }),
    ...adminChange(scene, {
      time: '17:30:22',
      method: 'POST',
      path: `/data-jobs/consumers/${CONSUMERS.partnerSync.username}/jwt`,
      payload: { algorithm: 'RS256' },
      operation: 'create',
      dao: 'jwt_secrets',
      entity: key,
      removed: 'secret',
    }),
  ];
}

/** Konnect's numbers are text in some fields and numbers in others; its trace ids are numbers of 64 bits. */
function konnect(scene: Scene, time: string, rest: Json): RecordDraft {
  const { random } = scene;
  const at = clock(time);
  const traceId = random.digits(19);
  const text = JSON.stringify({
    cef_version: 0,
    event_product: 'Konnect',
    event_ts: new Date(scene.midnight + at + 900).toISOString().replace(/\.\d+Z$/, 'Z'),
    event_vendor: 'KongInc',
    event_version: '1.0',
    org_id: GATEWAY.organisation,
    principal_id: '87655c36-8d63-48fe-9a1e-53b28dfbc19b',
    rt: String(scene.midnight + at),
    sig: `${random.hex(40)}_${random.hex(45)}`,
    src: '198.51.100.52',
    user_agent: 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
    ...rest,
  });
  // Above 2^53: no number of JavaScript's prints it.
  return { at, to: 'kong', text: `${text.slice(0, -1)},"trace_id":${traceId}}` };
}

function konnectAudit(scene: Scene): readonly RecordDraft[] {
  const plane = `/konnect-api/api/control_planes/${scene.random.uuid()}`;
  const signIn = { event_class_id: 'AUTHENTICATION_TYPE_SSO', request: '/api/v1/authenticate' };
  return [
    konnect(scene, '12:39:50', {
      ...signIn,
      name: 'AUTHENTICATION_OUTCOME_SUCCESS',
      severity: 0,
      success: 'true',
    }),
    konnect(scene, '12:40:58', {
      event_class_id: 'konnect',
      name: 'Authz.plugins',
      action: 'edit',
      granted: true,
      severity: 1,
    }),
    konnect(scene, '12:41:06', {
      event_class_id: 'KongGateway',
      name: 'Ingress',
      act: 'PUT',
      request: `${plane}/core-entities/plugins/${PLUGIN}`,
      query: '{}',
      status: 200,
      severity: 1,
    }),
    konnect(scene, '20:12:13', {
      event_class_id: 'AUTHENTICATION_TYPE_BASIC',
      request: '/api/v1/authenticate',
      name: 'AUTHENTICATION_OUTCOME_INVALID_PASSWORD',
      severity: 6,
      success: 'false',
      src: '203.0.113.90',
    }),
    konnect(scene, '20:14:40', {
      event_class_id: 'konnect',
      name: 'Authz.consumers',
      action: 'delete',
      granted: false,
      severity: 6,
      src: '203.0.113.90',
    }),
  ];
}

export const gatewayChanges = (scene: Scene): readonly Told[] => [
  ...adminChanges(sceneOf(scene, 'gateway-admin')),
  ...konnectAudit(sceneOf(scene, 'konnect')),
];
