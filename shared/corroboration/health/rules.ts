/** The rules about the paths themselves: what they find, why, and what to do. What makes each fire is judge.ts's. */
import type { Severity } from '../../../schemas/alerting.ts';
import type { Mappings } from '../../detections/detection.ts';

/** As a rule over records (rule.ts), without the parts that records are asked for. */
export interface HealthRule {
  readonly id: string;
  readonly number?: string;
  readonly version: number;
  readonly kind: 'absence' | 'threshold' | 'baseline';
  readonly title: string;
  readonly severity: Severity;
  readonly why: string;
  readonly runbook: readonly string[];
  readonly evidence: readonly string[];
  readonly maps: Mappings;
  readonly peers: readonly string[];
  readonly gaps: readonly string[];
  readonly sources: readonly string[];
}

const LOST: Mappings = {
  attack: ['T1685', 'T1685.002'],
  soc2: ['CC7.2', 'CC2.1', 'A1.2'],
  iso27001: ['A.8.15', 'A.8.16'],
};

/** Every source has paths. */
const ALL_SOURCES = ['*'] as const;

export const sourceSilent = {
  id: 'source-silent',
  number: 'L08',
  version: 1,
  kind: 'absence',
  title: 'A log source fell silent',
  severity: 'high',
  why: 'What is not recorded is not detected: while a source is silent, no verdict that needs its records can be given.',
  runbook: [
    'Read `reason` and `witness`: they say who noticed that the path should have spoken.',
    'Look for changes of sinks, exclusions, topics and subscriptions since `last` (L05, L07), and for redeployed gateways or proxies.',
    'Follow one entry by hand: written to Cloud Logging, exported by the sink, in the subscription, answered by the function.',
    '`held` verdicts wait for the path; they come by themselves when it speaks again.',
  ],
  evidence: ['path', 'witness', 'reason', 'last', 'watermark', 'limit', 'held'],
  maps: LOST,
  peers: ['Elastic defense_evasion_missing_events_after_alert (endpoints only)'],
  gaps: [
    'Without a canary, a metric or another path beside it nothing tells an idle source from a lost one: it is blind, and nobody is alerted.',
  ],
  sources: ALL_SOURCES,
} as const satisfies HealthRule;

export const sourceNeverSeen = {
  id: 'source-never-seen',
  version: 1,
  kind: 'absence',
  title: 'A required log source was never seen',
  severity: 'high',
  why: 'What is declared to be recorded and never was is a hole that looks like silence.',
  runbook: [
    'Check that the sink of `path` exists, that its filter takes the entries, and that its writer may publish to the topic.',
    'For mesh and gateway: check that access logs are on and that their project is in `meshProjects`.',
    'Compare the name with the paths that are seen (docs/source-health.md): a cluster or reporter of another spelling is another path.',
  ],
  evidence: ['path', 'since', 'held'],
  maps: LOST,
  peers: [],
  gaps: ['Only paths that the configuration requires.'],
  sources: ALL_SOURCES,
} as const satisfies HealthRule;

export const exportPathLagging = {
  id: 'export-path-lagging',
  number: 'L07',
  version: 1,
  kind: 'threshold',
  title: 'Log entries are lost or pile up on their way here',
  severity: 'high',
  why: 'A sink that cannot export loses entries for good; what waits in a subscription is lost when its retention ends.',
  runbook: [
    '`errors` above zero: the sink’s writer identity lacks roles/pubsub.publisher, or the topic is gone; entries since `since` are in Cloud Logging only.',
    '`age` above the limit: look at the log of the function for answers 503, and at the store.',
    'After the repair, backfill what the sink lost.',
  ],
  evidence: ['resource', 'source', 'errors', 'age', 'limit', 'since'],
  maps: { attack: ['T1685.002', 'T1489'], soc2: ['CC7.2', 'A1.2'], iso27001: ['A.8.15', 'A.8.16'] },
  peers: [],
  gaps: [
    'Points come up to thirteen minutes after what they count.',
    'Only sinks and subscriptions of the names that the deployment gives, or that are declared for a path.',
  ],
  sources: ['observed'],
} as const satisfies HealthRule;

export const sourceVolumeDrop = {
  id: 'source-volume-drop',
  number: 'L09',
  version: 1,
  kind: 'baseline',
  title: 'A log source lost part of its volume',
  severity: 'medium',
  why: 'An exclusion or a filter that drops some entries leaves the source looking alive.',
  runbook: [
    '`compared` with exports: entries left the sink and did not come here; compare the receipts of these quarters, and the dead-letter topic.',
    '`compared` with calls: mesh or gateway let starts of jobs through that the audit log does not have (see gateway-call-without-audit-record).',
    '`compared` with usual: look for exclusions, sampling and changed filters first, and for less traffic second.',
  ],
  evidence: ['path', 'compared', 'expected', 'received', 'from', 'until'],
  maps: { attack: ['T1685.002'], soc2: ['CC7.2', 'CC2.1'], iso27001: ['A.8.15'] },
  peers: ['CSA 4.01 (upward only)'],
  gaps: [
    'Records of one service pair are not compared: client and server reports of the mesh differ for good reasons.',
    'What is usual is known after sixteen quarters of an hour of the week: four weeks.',
    'Entries that no source takes are counted for the benefit of all sources.',
  ],
  sources: ALL_SOURCES,
} as const satisfies HealthRule;

export const hopSuccessesMissing = {
  id: 'hop-successes-missing',
  number: 'L10',
  version: 1,
  kind: 'baseline',
  title: 'A hop records no successful call any more',
  severity: 'high',
  why: 'A filter such as `response.code >= 400` hides every call that got through, and the errors keep the source looking alive.',
  runbook: [
    'Look for changes of Telemetry, EnvoyFilter, mesh configuration and logging plugins before `from` (L10, L11).',
    'Ask the hop’s own metrics for successful requests since `from`; where there are none, its upstream is down.',
  ],
  evidence: ['path', 'calls', 'successes', 'before', 'from', 'until'],
  maps: { attack: ['T1685.002'], soc2: ['CC7.2'], iso27001: ['A.8.15'] },
  peers: [],
  gaps: [
    'Of a whole path, not of one workload.',
    'An outage in which every call fails looks the same.',
    'Fewer than twenty calls in half an hour say nothing.',
  ],
  sources: ['istio', 'kong'],
} as const satisfies HealthRule;

export const sourceClockSkew = {
  id: 'source-clock-skew',
  number: 'L13',
  version: 1,
  kind: 'threshold',
  title: 'Event times of a source do not fit their receipt',
  severity: 'medium',
  why: 'Back-dated and future records fall outside the windows in which they would be compared.',
  runbook: [
    'Look whether one node’s clock is off, or one writer dates its entries: query the events of `path` by ReceiveTime less EventTime.',
    'Right after an outage of the writer’s own buffer this is a replay of old records; it ends by itself.',
  ],
  evidence: ['path', 'skewed', 'of', 'from', 'until'],
  maps: { attack: ['T1070.006'], soc2: ['CC7.2', 'CC2.1'], iso27001: ['A.8.17', 'A.8.15'] },
  peers: [],
  gaps: ['Ten minutes of commits; fewer than three such records say nothing.'],
  sources: ALL_SOURCES,
} as const satisfies HealthRule;

export const HEALTH_RULES: readonly HealthRule[] = [
  sourceSilent,
  sourceNeverSeen,
  exportPathLagging,
  sourceVolumeDrop,
  hopSuccessesMissing,
  sourceClockSkew,
];
