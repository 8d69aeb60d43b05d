import type { Severity } from '../../schemas/alerting.ts';
import type { TrailClaims, TrailEvent } from '../model/trail-event.ts';
import { containsRange } from './addresses.ts';
import { byDeployer } from './deployers.ts';
import { defineDetection, type Found } from './detection.ts';
import { evidence, isTrue, listOf, textOf } from './evidence.ts';
import { entityOf, verbOf } from './gateway-entity.ts';
import { isDone, whoOf } from './kinds.ts';

export const sidecarCaptureEvaded = defineDetection({
  id: 'sidecar-capture-evaded',
  number: 'D03',
  version: 1,
  title: 'Workload escapes the proxy',
  severity: 'high',
  why: 'What passes beside the proxy has no identity, obeys no policy of the mesh and is in none of its logs.',
  runbook: [
    'Read `how`: which traffic of `workload` the proxy no longer sees.',
    'Ask `by` why; an exception is declared as an exemption with the exact workload and an end.',
    'Look in the audit logs what its account did since: the mesh cannot tell.',
  ],
  evidence: ['workload', 'cluster', 'how', 'value', 'by'],
  maps: {
    attack: ['T1685', 'T1599'],
    soc2: ['CC6.6', 'CC6.8'],
    iso27001: ['A.8.22', 'A.8.9'],
  },
  peers: [
    'Panther k8s_admission_controller_created and k8s_pod_host_network (side conditions only)',
    'Elastic privilege_escalation_gcp_gke_pod_host_network (side conditions only)',
  ],
  gaps: [
    'A label of a namespace that is left out when the namespace is written anew: no entry tells what it was.',
    'Network policies are taken for those of the egress gateway by their name or namespace.',
  ],
  sources: ['kubernetes', 'dataproc'],
  on: [
    'workload.change',
    'schedule.change',
    'cluster.create',
    'job.submit',
    'policy.change',
    'network.change',
  ],
  decide: ({ event, declared }) => {
    if (!isDone(event)) return [];
    const { source, claims } = event;
    if (source === 'dataproc') return told(event, evasionsOf(claims));
    if (source !== 'kubernetes') return [];
    if (event.action === 'workload.change' || event.action === 'schedule.change')
      return told(event, verbOf(event) === 'delete' ? [] : evasionsOf(claims));
    return byDeployer(event, declared) ? [] : told(event, [...aroundMesh(event)]);
  },
});

/** Of the rule's own severity where none is given. */
interface Evasion {
  readonly how: string;
  readonly value: string;
  readonly severity?: Severity;
}

function told(event: TrailEvent, evasions: readonly Evasion[]): readonly Found[] {
  const { claims } = event;
  const workload =
    event.source === 'kubernetes' ? entityOf(event) : (event.job ?? event.resource ?? event.id);
  return evasions.map(({ how, value, ...severity }) => ({
    key: `${textOf(claims, 'cluster') ?? event.project ?? '-'} ${workload} ${how}`,
    ...severity,
    summary: `${whoOf(event)} let ${workload} pass beside the proxy: ${how}.`,
    evidence: evidence(
      ['workload', workload],
      ['cluster', textOf(claims, 'cluster')],
      ['how', how],
      ['value', value],
      ['by', event.actor?.id],
    ),
  }));
}

/** How a workload stands to the proxy, as it was asked for. */
function evasionsOf(claims: TrailClaims): readonly Evasion[] {
  const found: Evasion[] = [];
  if (textOf(claims, 'inject') === 'false') found.push({ how: 'no sidecar', value: 'false' });
  for (const name of ['excludeOutboundPorts', 'excludeInboundPorts']) {
    const ports = partsOf(textOf(claims, name)).filter((port) => DATA_PORTS.has(port));
    if (ports.length > 0) found.push({ how: name, value: ports.join(',') });
  }
  const ranges = partsOf(textOf(claims, 'excludeOutboundIPRanges'));
  const grave = ranges.filter((range) => !isSmall(range));
  if (grave.length > 0) found.push({ how: 'excludeOutboundIPRanges', value: grave.join(',') });
  else if (ranges.length > 0)
    found.push({ how: 'excludeOutboundIPRanges', value: ranges.join(','), severity: 'low' });
  if (isTrue(claims, 'runsAsProxy')) found.push({ how: "the proxy's own user", value: '1337' });
  if (isTrue(claims, 'hostNetwork')) found.push({ how: 'network of the node', value: 'hostNetwork' });
  if (isTrue(claims, 'networkAdmin')) found.push({ how: 'may change its own capture', value: 'NET_ADMIN' });
  return found;
}

/** Google's APIs, the metadata server; everything. */
const DATA_PORTS: ReadonlySet<string> = new Set(['443', '80', '*']);

const partsOf = (text: string | undefined): readonly string[] =>
  (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'];

/** The metadata server, or one address inside: common exceptions. Anything else may be a data API. */
function isSmall(range: string): boolean {
  if (containsRange(['169.254.0.0/16', 'fe80::/10'], range) === true) return true;
  const single = !range.includes('/') || range.endsWith('/32') || range.endsWith('/128');
  return single && containsRange(PRIVATE, range) === true;
}

/** Changes around workloads that take them out of the mesh. */
function* aroundMesh(event: TrailEvent): Generator<Evasion> {
  const { claims } = event;
  const kind = textOf(claims, 'kind') ?? '';
  const name = textOf(claims, 'name') ?? '';
  if (kind === 'core/namespaces' && verbOf(event) !== 'delete') {
    const injection = textOf(claims, 'injection');
    const revision = textOf(claims, 'revision');
    // A revision takes the place of the label where injection is by revision.
    const goesOn = revision !== undefined && revision !== 'removed';
    if (injection === 'disabled' || (injection === 'removed' && !goesOn))
      yield { how: 'injection off for the namespace', value: injection };
    if (revision === 'removed' && injection !== 'enabled')
      yield { how: 'revision taken from the namespace', value: revision };
    const mode = textOf(claims, 'dataplaneMode');
    if (mode === 'removed' || mode === 'none')
      yield { how: 'namespace out of the ambient mesh', value: mode };
  }
  if (kind === 'networking.k8s.io/networkpolicies' && verbOf(event) === 'delete') {
    const namespace = textOf(claims, 'namespace') ?? '';
    if (name.includes('egress') || namespace.includes('egress') || namespace === 'istio-system')
      yield { how: 'network policy of the egress gateway deleted', value: name };
  }
  if (kind === 'admissionregistration.k8s.io/mutatingwebhookconfigurations' && isInjector(event, name))
    yield { how: 'injector webhook changed', value: textOf(claims, 'verb') ?? '-' };
}

/** Istio's control plane renews the certificate of its own webhook. */
const CONTROL_PLANE = /:ns\/istio-system\/sa\/istiod[a-z0-9-]{0,63}$/;

function isInjector({ claims, actor }: TrailEvent, name: string): boolean {
  const webhooks = listOf(claims, 'webhooks').map(([webhook = '']) => webhook);
  const injects = [name, ...webhooks].some((one) => one.includes('sidecar-injector'));
  return injects && !(textOf(claims, 'verb') !== 'delete' && CONTROL_PLANE.test(actor?.id ?? ''));
}
