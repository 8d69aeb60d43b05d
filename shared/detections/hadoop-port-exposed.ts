import type { TrailClaims, TrailEvent } from '../model/trail-event.ts';
import type { DeclaredFacts } from './declared-facts.ts';
import { defineDetection, type Found } from './detection.ts';
import { evidence, listOf, textOf } from './evidence.ts';
import { isDone, whoOf } from './kinds.ts';

export const hadoopPortExposed = defineDetection({
  id: 'hadoop-port-exposed',
  number: 'P05',
  version: 1,
  title: 'Cluster UI or YARN reachable without the gateway',
  severity: 'high',
  why: 'YARN and the interfaces of a cluster ask nobody who he is: who reaches the port runs code there.',
  runbook: [
    'Look which clusters are in `network` with the tags or accounts the rule is for, and what reached `port` since.',
    'Look for applications that no submission explains (job-ran-without-audit-record), owner `dr.who` above all.',
    'Narrow `sources` to the gateway; Component Gateway needs no open port.',
  ],
  evidence: ['network', 'port', 'sources', 'targets', 'principal', 'cluster', 'method'],
  maps: {
    attack: ['T1190', 'T1133', 'T1686.001'],
    soc2: ['CC6.6', 'CC7.1'],
    iso27001: ['A.8.20', 'A.8.22'],
  },
  peers: [
    'Panther gcp_firewall_rule_created',
    'Elastic defense_evasion_gcp_firewall_rule_created',
    'SecOps gcp_firewall_rule_opened_to_world (all ports to everybody)',
    'CSA 3.12',
  ],
  gaps: [
    'Flows to these ports are too many to keep: rules and addresses tell what is reachable, not what was reached.',
    'Rules whose sources are tags or accounts are not judged, and rules of Cloud NGFW policies are seen as changes only.',
    'Ranges inside the organisation are judged where `egress` is declared; everybody always is.',
  ],
  sources: ['platform', 'dataproc'],
  on: ['network.change', 'cluster.create', 'job.start'],
  decide: ({ event, declared }) => {
    if (!isDone(event)) return [];
    if (event.action === 'network.change') return firewall(event, declared);
    if (event.claims['internalIpOnly'] === false)
      return [ofCluster(event, `${whoOf(event)} created a cluster whose machines have external addresses`)];
    return event.actor?.id === NOBODY
      ? [ofCluster(event, 'YARN took work from somebody who did not say who he is')]
      : [];
  },
});

/** Hadoop's name for whoever did not say who he is. */
const NOBODY = 'unknown:named/hadoop:dr.who';

function ofCluster({ claims, project, method, actor }: TrailEvent, text: string): Found {
  const cluster = `${project ?? '-'}/${textOf(claims, 'cluster') ?? '-'}`;
  return {
    key: cluster,
    summary: `${text}: ${cluster}.`,
    evidence: evidence(['cluster', cluster], ['principal', actor?.id], ['method', method]),
  };
}

/** YARN, NodeManager, timeline, HDFS (3 and 2), Spark history, Knox, Hive, ZooKeeper. */
const PORTS: readonly number[] = [8088, 8042, 8188, 9870, 50_070, 18_080, 8443, 10_000, 2181];
const EVERYBODY: ReadonlySet<string> = new Set(['0.0.0.0/0', '::/0']);

function firewall(event: TrailEvent, declared: DeclaredFacts): readonly Found[] {
  const { claims, project } = event;
  if (claims['disabled'] === true || textOf(claims, 'direction') === 'EGRESS') return [];
  const sources = wideSources(event, declared);
  if (sources?.length === 0) return [];
  const network = `${project ?? '-'}/${textOf(claims, 'network') ?? '-'}`;
  const shown = sources?.join(', ') ?? 'sources that the change does not name';
  const targets = [...listOf(claims, 'targetTags'), ...listOf(claims, 'targetServiceAccounts')];
  return openPorts(claims).map((port) => ({
    key: `${network} ${port}`,
    summary: `${whoOf(event)} opened ${port === ALL ? 'all ports' : `port ${port}`} of ${network} to ${shown}.`,
    evidence: evidence(
      ['network', network],
      ['port', port],
      ['sources', shown],
      ['targets', targets.join(', ')],
      ['principal', event.actor?.id],
      ['method', event.method],
    ),
    verdict: sources === undefined ? 'undetermined' : 'violation',
  }));
}

const ALL = 'all';
const TCP: readonly string[] = ['tcp', '6', 'all'];

/** The ports of clusters that the rule opens; `all` where it names none. */
function openPorts(claims: TrailClaims): readonly string[] {
  const open = listOf(claims, 'allowed').flatMap(([protocol, ...ports]) => {
    if (!TCP.some((name) => name === protocol?.toLowerCase())) return [];
    if (ports.length === 0) return [ALL];
    return PORTS.filter((port) => ports.some((range) => holds(range, port))).map(String);
  });
  return open.includes(ALL) ? [ALL] : [...new Set(open)];
}

/** `8088`, `8000-9000`. */
function holds(range: string, port: number): boolean {
  const [from, to = from] = range.split('-');
  return Number(from) <= port && port <= Number(to);
}

/**
 * Sources that are wider than the gateway. A rule that names none is open to everybody; a change of one that names none
 * leaves them as they are, which the entry does not tell.
 */
function wideSources({ claims, method }: TrailEvent, declared: DeclaredFacts): readonly string[] | undefined {
  const ranges = listOf(claims, 'sourceRanges').flat();
  if (ranges.length > 0)
    return ranges.filter((range) => EVERYBODY.has(range) || declared.isEgressRange(range) === false);
  if (OTHER_SOURCES.some((name) => textOf(claims, name) !== undefined)) return [];
  return method.endsWith('.patch') ? undefined : ['0.0.0.0/0'];
}

const OTHER_SOURCES = ['sourceTags', 'sourceServiceAccounts'];
