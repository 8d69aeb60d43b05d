/**
 * What Kong Gateway logs of a request: the object of `kong.log.serialize()`, which the container runtime hands to Cloud Logging.
 * `token_claims` is a custom field set from the verified token; `correlation_id` is the correlation-id plugin's.
 */
import { KONG, MESH, REGION, WORKSPACE, type Consumer } from '../organisation/organisation.ts';
import type { Random } from '../random.ts';
import { entry, logNameOf, type Json, type Told } from '../told.ts';

export interface KongCall {
  readonly at: number;
  /** Cluster of the gateway. */
  readonly cluster: string;
  readonly service: 'dataproc' | 'dataflow';
  /** Of the route, which is taken off before the request is sent on; the service's name unless told. */
  readonly prefix?: string;
  readonly verb: 'POST' | 'GET';
  /** Below the route's prefix, with its query. */
  readonly uri: string;
  readonly status: number;
  /** A plugin answered: nothing was sent on. */
  readonly refused?: boolean;
  readonly clientIp: string;
  readonly consumer?: Consumer;
  readonly tokenClaims?: Json;
  readonly correlationId?: string;
  readonly tries?: number;
  readonly skewMs?: number;
  /** Project whose log it is in; the mesh's unless somebody forges it. */
  readonly project?: string;
}

export const kongPath = (cluster: string): string => `kong/${cluster}`;
const HOST = 'jobs.sim.example.com';

export function kongCall(random: Random, call: KongCall): Told {
  const { service, consumer, uri, status, tries = 1, refused = false } = call;
  const requestId = random.hex(32);
  const at = call.at + (call.skewMs ?? 0);
  const asked = `${call.prefix ?? `/${service}`}${uri}`;
  const [path = '', query = ''] = uri.split('?');
  return entry(random, {
    at,
    path: kongPath(call.cluster),
    logName: logNameOf(call.project ?? MESH.id, 'stdout'),
    resource: {
      type: 'k8s_container',
      labels: {
        project_id: call.project ?? MESH.id,
        location: REGION,
        cluster_name: call.cluster,
        namespace_name: KONG.namespace,
        pod_name: KONG.pod,
        container_name: 'proxy',
      },
    },
    payload: {
      jsonPayload: {
        request: {
          id: requestId,
          method: call.verb,
          uri: asked,
          url: `https://${HOST}:443${asked}`,
          querystring: Object.fromEntries(
            query
              .split('&')
              .filter((pair) => pair !== '')
              .map((pair): [string, string] => [pair.split('=')[0] ?? '', pair.split('=')[1] ?? '']),
          ),
          size: 780 + asked.length,
          headers: {
            accept: '*/*',
            host: HOST,
            'x-forwarded-for': call.clientIp,
            ...(call.correlationId === undefined ? {} : { 'x-request-id': call.correlationId }),
            authorization: 'REDACTED',
          },
          tls: { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', client_verify: 'NONE' },
        },
        response: {
          status,
          size: refused ? 214 : 1320,
          headers: { via: '1.1 kong/3.10', 'x-kong-request-id': requestId },
        },
        ...(refused
          ? {
              source: 'kong',
              upstream_status: '',
              latencies: { kong: 2, proxy: -1, request: 2, receive: 0 },
            }
          : {
              source: 'upstream',
              upstream_status: [...Array.from({ length: tries - 1 }, () => '503'), String(status)].join(', '),
              latencies: { kong: 3, proxy: 180, request: 184, receive: 1 },
              tries: Array.from({ length: tries }, (_, i) => ({
                balancer_start: Math.floor(at) + 3 + i * 40,
                ip: '192.0.2.95',
                port: 443,
                balancer_latency: 0,
              })),
            }),
        upstream_uri: path,
        client_ip: call.clientIp,
        started_at: Math.floor(at),
        workspace: WORKSPACE,
        workspace_name: 'data-jobs',
        service: {
          id: service === 'dataproc' ? SERVICE_IDS[0] : SERVICE_IDS[1],
          name: service,
          host: `${service}.googleapis.com`,
          port: 443,
          protocol: 'https',
        },
        route: { id: SERVICE_IDS[2], name: service, paths: [`/${service}`], strip_path: true },
        ...(consumer === undefined
          ? {}
          : {
              consumer: { id: consumer.id, username: consumer.username, tags: ['data-jobs'] },
              authenticated_entity: { id: consumer.credential, consumer_id: consumer.id },
            }),
        ...(call.correlationId === undefined ? {} : { correlation_id: call.correlationId }),
        ...(call.tokenClaims === undefined ? {} : { token_claims: call.tokenClaims }),
      },
    },
    severity: 'INFO',
  });
}

const SERVICE_IDS = [
  'a4eecf80-dec2-40ef-b779-16de7e2384c7',
  'b57f0d55-92c4-4a61-8e0b-c5d1f2a36e77',
  'c61a4101-3327-4274-b1e4-484a4ab0c030',
] as const;
