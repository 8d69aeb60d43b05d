/**
 * Access logs of the gateway: the record of Kong's log plugins (file-log to stdout, on GKE), most for services, some for
 * job APIs. https://developer.konghq.com/gateway/log-serializer/
 */
import { GKE, PROJECTS, REGION } from '../../cli/day/company.ts';
import type { Workload } from '../../cli/day/company.ts';
import { logNameOf } from '../../cli/day/entry.ts';
import type { Json } from '../../cli/day/entry.ts';
import type { Random } from '../../cli/day/random.ts';
import { bare, mark, stamped } from './fresh.ts';
import type { Population } from './population.ts';

/** The workspace, and what was configured when: the same in every record of an installation. */
const WORKSPACE = '1065b6d6-219f-4002-b3e9-334fc3eff46c';
const CREATED = 1_726_782_477;

interface Asked {
  readonly method: string;
  readonly host: string;
  readonly port: number;
  readonly prefix: string;
  readonly path: string;
}

function jobApi(random: Random, people: Population): Asked {
  const project = random.pick(people.projects).id;
  const jobs = `/v1/projects/${project}/regions/${REGION}/jobs`;
  return {
    host: 'dataproc.googleapis.com',
    port: 443,
    prefix: '/dataproc',
    ...(random.chance(0.7)
      ? { method: 'GET', path: `${jobs}/${mark('job')}` }
      : { method: 'POST', path: `${jobs}:submit` }),
  };
}

function service(random: Random, people: Population): Asked {
  const to = random.pick(people.workloads);
  return {
    method: random.chance(0.7) ? 'GET' : 'POST',
    host: `${to.name}.${to.namespace}.svc.cluster.local`,
    port: 8080,
    prefix: `/${to.namespace}`,
    path: `/v1/items/${String(random.int(1, 9000))}?page=${String(random.int(1, 40))}`,
  };
}

function response(status: number, upstreamMs: number, size: number): Json {
  return {
    size,
    headers: {
      'content-length': String(size - 389),
      date: 'Thu, 19 Nov 2026 08:10:39 GMT',
      'content-type': 'application/json; charset=utf-8',
      via: '1.1 kong/3.12.0.0-enterprise-edition',
      connection: 'close',
      server: 'ESF',
      'x-kong-upstream-latency': String(upstreamMs),
      'x-kong-proxy-latency': '1',
      'x-kong-request-id': mark('traceId'),
    },
    status,
  };
}

function routed({ host, port, prefix }: Asked, id: string): { route: Json; service: Json } {
  return {
    route: {
      updated_at: CREATED,
      tags: [],
      response_buffering: true,
      path_handling: 'v0',
      protocols: ['http', 'https'],
      service: { id: `fb4eecf8-dec2-40ef-b779-${id}` },
      https_redirect_status_code: 426,
      regex_priority: 0,
      name: `${prefix.slice(1)}-route`,
      id: `0f1a4101-3327-4274-b1e4-${id}`,
      strip_path: true,
      preserve_host: false,
      created_at: CREATED,
      request_buffering: true,
      ws_id: WORKSPACE,
      paths: [prefix],
    },
    service: {
      write_timeout: 60_000,
      read_timeout: 60_000,
      updated_at: CREATED,
      host,
      name: `${prefix.slice(1)}-api`,
      id: `fb4eecf8-dec2-40ef-b779-${id}`,
      port,
      enabled: true,
      created_at: CREATED,
      protocol: port === 443 ? 'https' : 'http',
      ws_id: WORKSPACE,
      connect_timeout: 60_000,
      retries: 5,
    },
  };
}

/** A consumer and its credential: a key, or a token that the OpenID Connect plugin read. */
function authenticated(from: Workload, random: Random, index: string): Json {
  const id = `5d0c3f0a-4f6e-4b53-9d3c-${index}`;
  return {
    consumer: {
      id,
      username: from.name,
      custom_id: `svc-${from.name}`,
      tags: [from.namespace],
      created_at: CREATED,
    },
    authenticated_entity: random.chance(0.5)
      ? { id: `0a7d3c52-8a5b-4d4e-9f53-${index}`, consumer_id: id }
      : { id: `${from.serviceAccount}@${PROJECTS.mesh.id}.iam.gserviceaccount.com` },
  };
}

/** The one entry of a request. */
export function gatewayEntries(random: Random, people: Population): readonly string[] {
  const asked = random.chance(0.12) ? jobApi(random, people) : service(random, people);
  const from = random.pick(people.workloads);
  const index = random.digits(12);
  const upstreamMs = random.int(2, 900);
  const status = random.chance(0.02) ? 401 : random.chance(0.02) ? 503 : 200;
  const uri = asked.prefix + asked.path;
  const [, query] = asked.path.split('?page=');
  const record: Json = {
    response: response(status, upstreamMs, random.int(800, 60_000)),
    ...routed(asked, index),
    workspace: WORKSPACE,
    workspace_name: 'default',
    tries:
      status === 401
        ? []
        : [
            {
              balancer_start: bare('epochMs'),
              balancer_start_ns: 1.796e18,
              ip: `10.8.${String(random.int(1, 250))}.${String(random.int(2, 250))}`,
              balancer_latency: 0,
              port: asked.port,
              balancer_latency_ns: random.int(9000, 60_000),
            },
          ],
    client_ip: from.ip,
    request: {
      id: mark('traceId'),
      headers: {
        accept: '*/*',
        'user-agent': random.pick(['python-httpx/0.28.1', 'airflow/3.1.3', 'okhttp/5.1.0']),
        host: 'gateway.acme.example',
        authorization: 'REDACTED',
        'accept-encoding': 'gzip, deflate',
        'x-forwarded-for': from.ip,
        'x-request-id': mark('requestId'),
        traceparent: `00-${mark('traceId')}-${mark('clientSpan')}-01`,
      },
      uri,
      size: random.int(400, 4000),
      method: asked.method,
      querystring: query === undefined ? {} : { page: query },
      url: `https://gateway.acme.example:8443${uri}`,
      tls: { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', client_verify: 'NONE' },
    },
    upstream_uri: asked.path,
    started_at: bare('epochMs'),
    source: status === 401 ? 'kong' : 'upstream',
    upstream_status: status === 401 ? '' : String(status),
    latencies: { kong: 1, proxy: upstreamMs, request: upstreamMs + 2, receive: 1 },
    ...(status === 401 ? {} : authenticated(from, random, index)),
  };
  return [
    stamped({
      at: 0,
      to: 'istio',
      logName: logNameOf(PROJECTS.mesh.id, 'stdout'),
      resource: {
        type: 'k8s_container',
        labels: {
          project_id: PROJECTS.mesh.id,
          location: GKE.location,
          cluster_name: GKE.cluster,
          namespace_name: 'kong',
          pod_name: `kong-gateway-5d8f7c9b6-x2x${String(random.int(1, 6))}z`,
          container_name: 'proxy',
        },
      },
      payload: { jsonPayload: record },
      severity: 'INFO',
      labels: {
        'compute.googleapis.com/resource_name': `gke-mesh-euw1-pool-1-5fe7d2b1-${String(random.int(10, 40))}`,
        'k8s-pod/app': 'kong-gateway',
        'k8s-pod/pod-template-hash': '5d8f7c9b6',
      },
    }),
  ];
}
