import { evidence, textOf } from '../../detections/evidence.ts';
import { whoOf } from '../../detections/kinds.ts';
import { isMeshNamespace } from '../../detections/mesh-namespaces.ts';
import type { TrailEvent } from '../../model/trail-event.ts';
import { burstAnchors, burstsAt, citedOf, firstOfEach, listed } from '../bursts.ts';
import { defineRule, type Context } from '../rule.ts';

const ID = 'gke-secret-burst';

export const gkeSecretBurst = defineRule({
  id: ID,
  version: 1,
  kind: 'threshold',
  title: 'Many Kubernetes secrets read in a short time',
  severity: 'medium',
  why: 'Keys of the mesh and of the gateway are secrets of their cluster: who reads through them can be any workload there.',
  runbook: [
    'Ask `principal` what it read in `cluster` from `first` to `last`; a controller that must is exempted by name.',
    'Where `mesh` names a namespace, its signing keys and certificates are known to whoever read them: replace them.',
    'Look for tokens taken and workloads started by `principal` in the hour after.',
  ],
  evidence: [
    'principal',
    'cluster',
    'secrets',
    'mesh',
    'namespaces',
    'verbs',
    'refused',
    'addresses',
    'first',
    'last',
  ],
  maps: { attack: ['T1552.007', 'T1555'], soc2: ['CC6.1', 'CC6.3'], iso27001: ['A.8.3', 'A.8.24'] },
  peers: ['Elastic credential_access_gcp_gke_rapid_secret_get_activity'],
  gaps: [
    'Reads of secrets need Data Access logs of the cluster’s API server.',
    'A list of all secrets is one read; how many it gave is not in its entry.',
    'Nodes and controllers of Kubernetes itself are left out with the rest of their upkeep.',
  ],
  sources: ['kubernetes'],
  on: ['secret.read'],
  anchors: (record, context) => burstAnchors(record, context, counting(context)),
  judge: (anchor, context) => {
    if (anchor.kind !== 'event') return [];
    const { count } = context.declared.corroboration.thresholds.clusterSecrets;
    return burstsAt(anchor, context, counting(context)).flatMap(({ who, events }) => {
      // A controller that asks for one secret again and again is broken, not curious.
      const secrets = firstOfEach(events, secretOf);
      if (secrets.length < count) return [];
      const [first = anchor.event] = events;
      const namespaces = events.map(({ claims }) => textOf(claims, 'namespace'));
      const mesh = namespaces.filter(isMeshNamespace);
      const refused = events.filter(({ outcome }) => outcome !== 'allowed').length;
      return [
        {
          verdict: 'violated' as const,
          about: who,
          cited: citedOf('read', secrets),
          found: {
            key: who,
            severity: mesh.length > 0 ? ('high' as const) : ('medium' as const),
            summary: `${whoOf(first)} read ${secrets.length} secrets of a cluster in a short time${mesh.length > 0 ? ', those of the mesh among them' : ''}.`,
            evidence: evidence(
              ['principal', first.actor?.id],
              ['cluster', textOf(first.claims, 'cluster')],
              ['secrets', secrets.length],
              ['mesh', listed(mesh)],
              ['namespaces', listed(namespaces)],
              ['verbs', listed(events.map(({ claims }) => textOf(claims, 'verb')))],
              ['refused', refused === 0 ? undefined : refused],
              ['addresses', listed(events.map(({ claims }) => textOf(claims, 'callerIp')))],
              ['first', first.time],
              ['last', anchor.time],
            ),
          },
        },
      ];
    });
  },
});

const secretOf = ({ resource, claims, id }: TrailEvent): string =>
  resource ?? JSON.stringify([textOf(claims, 'namespace') ?? '', textOf(claims, 'name') ?? id]);

const counting = ({ declared }: Context) => ({
  rule: ID,
  seconds: declared.corroboration.thresholds.clusterSecrets.seconds,
});
