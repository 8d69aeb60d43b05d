import type { TrailEvent } from '../model/trail-event.ts';
import { defineDetection, type Found } from './detection.ts';
import { evidence, textOf } from './evidence.ts';

export const meshHopUnauthenticated = defineDetection({
  id: 'mesh-hop-unauthenticated',
  number: 'U10',
  version: 1,
  title: 'Traffic of a data service bypassed the mesh or came without its identity',
  severity: 'high',
  why: 'Without mutual TLS nobody proves who called, and what passes can be read on the way.',
  runbook: [
    'Find the workload at `source`: it has no sidecar, is excluded from it, or runs elsewhere (findings of sidecar-capture-evaded).',
    'Read the PeerAuthentication in force for `service` (findings of mtls-downgraded in the hour before).',
    'Set STRICT for the service, and REGISTRY_ONLY for the egress of the namespace, once nothing legitimate depends on it.',
  ],
  evidence: ['service', 'source', 'upstreamCluster', 'path', 'reporter'],
  maps: { attack: ['T1557', 'T1040'], soc2: ['CC6.6', 'CC6.7'], iso27001: ['A.8.20', 'A.8.24'] },
  peers: [],
  gaps: [
    "Istio's default text format of the access log names no peer: such lines prove neither.",
    'Only services under `protectedServices` are judged on their own side.',
    'Hosts other than those of job APIs, BigQuery, Spanner and Cloud Storage are not judged.',
  ],
  sources: ['istio'],
  on: ['api.call'],
  decide: ({ event, declared }) => {
    const passed = passthroughOf(event);
    if (passed !== undefined) return [passed];
    const service = serviceOf(event);
    if (service === undefined || !declared.isProtectedService(service)) return [];
    if (!isWithoutIdentity(event) || isProbe(event)) return [];
    const source = sourceOf(event);
    return [
      {
        key: `${source} ${service}`,
        summary: `${service} was reached from ${source} without an identity of the mesh.`,
        evidence: evidence(
          ['service', service],
          ['source', source],
          ['path', event.resource],
          ['reporter', textOf(event.claims, 'reporter')],
        ),
      },
    ];
  },
});

/** Istio's clusters for what is no service of the mesh: let through as it is, or into the void. */
const OUTSIDE: ReadonlySet<string> = new Set(['PassthroughCluster', 'BlackHoleCluster']);
const DATA_HOSTS: ReadonlySet<string> = new Set([
  'bigquery.googleapis.com',
  'bigquerystorage.googleapis.com',
  'spanner.googleapis.com',
  'storage.googleapis.com',
]);

/** The caller's own proxy sent it past the mesh, to an API where jobs start or data is. */
function passthroughOf({ claims, callKey, resource }: TrailEvent): Found | undefined {
  const cluster = textOf(claims, 'upstreamCluster');
  if (cluster === undefined || !OUTSIDE.has(cluster)) return undefined;
  const [host] = (textOf(claims, 'serverName') ?? textOf(claims, 'host') ?? '').split(':');
  const isData = host !== undefined && DATA_HOSTS.has(host);
  const engine = callKey?.split('|')[0] ?? textOf(claims, 'engine') ?? (isData ? host : undefined);
  if (engine === undefined) return undefined;
  const source = textOf(claims, 'namespace') ?? '-';
  return {
    key: `${source} ${engine}`,
    summary: `A workload of the namespace ${source} called ${engine} past the mesh.`,
    evidence: evidence(
      ['service', engine],
      ['source', source],
      ['upstreamCluster', cluster],
      ['path', resource],
    ),
  };
}

/** `namespace/name` of the service that was reached. */
function serviceOf({ claims }: TrailEvent): string | undefined {
  const [name, namespace] = (textOf(claims, 'destinationService') ?? '').split('.');
  if (namespace !== undefined) return `${namespace}/${name}`;
  const workload = textOf(claims, 'destinationWorkload');
  const around = textOf(claims, 'destinationNamespace');
  return workload === undefined || around === undefined ? undefined : `${around}/${workload}`;
}

function sourceOf({ actor, claims }: TrailEvent): string {
  const workload = textOf(claims, 'sourceWorkload');
  const namespace = textOf(claims, 'sourceNamespace');
  return workload === undefined && namespace === undefined
    ? (actor?.id ?? 'outside the mesh')
    : `${namespace ?? '-'}/${workload ?? '-'}`;
}

/** Seen where it arrived, neither refused nor failed, and the record says that no certificate named the caller. */
function isWithoutIdentity({ outcome, actor, claims, logName }: TrailEvent): boolean {
  if (outcome === 'denied' || outcome === 'failed') return false;
  const reporter = textOf(claims, 'reporter');
  if (reporter !== 'server' && reporter !== 'ztunnel') return false;
  if (claims['mtls'] === false) return true;
  // These entries always have the caller's identity where there is one; other formats may leave it out.
  const tellsPeers = logName?.endsWith('/server-accesslog-stackdriver') === true;
  return actor === undefined && tellsPeers;
}

/** Paths at which the kubelet and Prometheus ask, which have no certificate. */
const PROBES: readonly string[] = [
  '/healthz',
  '/healthz/ready',
  '/livez',
  '/readyz',
  '/metrics',
  '/stats/prometheus',
];

const isProbe = ({ method, resource }: TrailEvent): boolean =>
  method === 'GET' && PROBES.some((path) => path === resource);
