/**
 * What Kong Gateway logs of a request: the object of `kong.log.serialize()` that file-log writes to standard output, one
 * JSON line which the container runtime hands to Cloud Logging. `token_claims` is a custom field, set from the token that
 * the authentication plugin has verified; `correlation_id` is the correlation-id plugin's, under `x-request-id`.
 */
import { GATEWAY, GKE, PROJECTS, WORKLOADS } from '../company.ts';
import { logNameOf } from '../entry.ts';
import type { Draft, Json } from '../entry.ts';
import { ENTITY_TIMES, consumerEntity, serviceEntity } from './entities.ts';
import type { Consumer, Service } from './entities.ts';

export interface GatewayCall {
  readonly at: number;
  /** Epoch milliseconds of `at`. */
  readonly startedAt: number;
  readonly method: string;
  readonly service: Service;
  /** What the client asked for, with its query. */
  readonly uri: string;
  readonly status: number;
  /** Refused by a plugin: never sent on. */
  readonly refused?: true;
  readonly clientIp: string;
  readonly userAgent: string;
  /** 32 hexadecimal digits, Kong's own. */
  readonly requestId: string;
  readonly correlationId?: string;
  readonly consumer?: Consumer;
  readonly credential?: string;
  readonly tokenClaims?: Json;
  readonly headers?: Json;
  readonly latencyMs: number;
}

/** The gateway's container, as GKE labels it. */
export const gatewayContainer: Json = {
  type: 'k8s_container',
  labels: {
    project_id: PROJECTS.mesh.id,
    location: GKE.location,
    cluster_name: GKE.cluster,
    namespace_name: WORKLOADS.kong.namespace,
    pod_name: WORKLOADS.kong.pod,
    container_name: 'proxy',
  },
};

function request(call: GatewayCall): Json {
  const [path = '', query] = call.uri.split('?');
  const pairs = (query ?? '').split('&').filter((pair) => pair !== '');
  return {
    id: call.requestId,
    method: call.method,
    uri: call.uri,
    url: `https://${GATEWAY.host}:443${path}${query === undefined ? '' : `?${query}`}`,
    querystring: Object.fromEntries(
      pairs.map((pair): [string, string] => {
        const [key = '', value = ''] = pair.split('=');
        return [key, decodeURIComponent(value)];
      }),
    ),
    size: 780 + call.uri.length,
    headers: {
      accept: '*/*',
      'user-agent': call.userAgent,
      host: GATEWAY.host,
      'x-forwarded-for': call.clientIp,
      ...(call.correlationId === undefined ? {} : { 'x-request-id': call.correlationId }),
      ...(call.refused === true && call.consumer === undefined ? {} : { authorization: 'REDACTED' }),
      ...(call.consumer === undefined
        ? {}
        : { 'x-consumer-id': call.consumer.id, 'x-consumer-username': call.consumer.username }),
      ...call.headers,
    },
    tls: { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', client_verify: 'NONE' },
  };
}

function answer(call: GatewayCall): Json {
  const headers: Json = {
    'content-type': 'application/json; charset=UTF-8',
    via: '1.1 kong/3.10-enterprise-edition',
    'x-kong-request-id': call.requestId,
    ...(call.status === 429 ? { 'retry-after': '41', 'x-ratelimit-remaining-minute': '0' } : {}),
  };
  return { status: call.status, size: call.refused === true ? 214 : 1320, headers };
}

/** Where the request went: once, and at once; nowhere where a plugin answered. */
function upstream(call: GatewayCall): Json {
  const { startedAt, latencyMs, service } = call;
  if (call.refused === true) {
    return {
      source: 'kong',
      upstream_status: '',
      latencies: { kong: 2, proxy: -1, request: 2, receive: 0 },
    };
  }
  return {
    source: 'upstream',
    upstream_status: String(call.status),
    latencies: { kong: 3, proxy: latencyMs, request: latencyMs + 4, receive: 1 },
    tries: [
      {
        balancer_start: startedAt + 3,
        balancer_start_ns: (startedAt + 3) * 1e6,
        ip: service.address,
        port: service.port,
        balancer_latency: 0,
        balancer_latency_ns: 27_904,
      },
    ],
  };
}

export function gatewayRecord(call: GatewayCall): Draft {
  const { service, consumer } = call;
  const path = call.uri.split('?')[0] ?? '';
  return {
    at: call.at,
    to: 'kong',
    logName: logNameOf(PROJECTS.mesh.id, 'stdout'),
    resource: gatewayContainer,
    payload: {
      jsonPayload: {
        request: request(call),
        response: answer(call),
        ...upstream(call),
        upstream_uri: service.stripPath ? path.slice(service.path.length) : path,
        client_ip: call.clientIp,
        started_at: call.startedAt,
        workspace: GATEWAY.workspace,
        workspace_name: GATEWAY.workspaceName,
        service: serviceEntity(service),
        route: {
          ...ENTITY_TIMES,
          id: service.routeId,
          name: service.name,
          paths: [service.path],
          protocols: ['https'],
          strip_path: service.stripPath,
          preserve_host: false,
          regex_priority: 0,
          https_redirect_status_code: 426,
          path_handling: 'v0',
          service: { id: service.id },
          ws_id: GATEWAY.workspace,
        },
        ...(consumer === undefined ? {} : { consumer: consumerEntity(consumer) }),
        ...(call.credential === undefined || consumer === undefined
          ? {}
          : { authenticated_entity: { id: call.credential, consumer_id: consumer.id } }),
        ...(call.correlationId === undefined ? {} : { correlation_id: call.correlationId }),
        ...(call.tokenClaims === undefined ? {} : { token_claims: call.tokenClaims }),
      },
    },
    severity: 'INFO',
    labels: { 'k8s-pod/app_kubernetes_io/name': 'kong', 'k8s-pod/app_kubernetes_io/component': 'app' },
  };
}
