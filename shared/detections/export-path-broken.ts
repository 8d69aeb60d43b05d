import type { TrailEvent } from '../model/trail-event.ts';
import type { DeclaredFacts } from './declared-facts.ts';
import { bindingsOf } from './bindings.ts';
import { masks } from './change.ts';
import { defineDetection, type Found } from './detection.ts';
import { evidence, numberOf, textOf } from './evidence.ts';
import { isDone, whoOf } from './kinds.ts';

export const exportPathBroken = defineDetection({
  id: 'export-path-broken',
  number: 'L07',
  version: 1,
  title: 'Delivery path from Logging to the pipeline broken',
  severity: 'high',
  why: 'Entries that do not arrive raise nothing: while the path is broken, no rule about what is missing may be believed.',
  runbook: [
    'Look which part is broken: `element` names the sink, topic or subscription, `what` how it stands.',
    'Mend it; a sink drops what it cannot deliver, a subscription keeps for its retention only.',
    'Fetch what was lost from the log bucket for the time between, and treat verdicts of that time as undetermined.',
  ],
  evidence: ['element', 'what', 'destination', 'member', 'value', 'limit', 'by'],
  maps: {
    attack: ['T1685.002', 'T1489'],
    soc2: ['CC7.2', 'A1.2'],
    iso27001: ['A.8.15', 'A.8.16'],
  },
  peers: [
    'Elastic defense_evasion_gcp_pub_sub_topic_deletion',
    'Elastic defense_evasion_gcp_pub_sub_subscription_deletion',
    'Falco GCP Pub/Sub topic deleted',
  ],
  gaps: [
    'Without `exportPath` in the configuration nobody knows which topics and subscriptions matter: undetermined.',
    'A subscription that takes the place of another shows in the entries around it.',
  ],
  sources: ['pubsub', 'iam', 'storage', 'bigquery', 'logging', 'observed', 'databricks'],
  on: [
    'data.delete',
    'data.share',
    'schema.change',
    'iam.change',
    'log.change',
    'telemetry.write',
    'metric.observe',
  ],
  decide: ({ event, declared }) => {
    if (event.action === 'telemetry.write') return undelivered(event);
    if (event.action === 'metric.observe') return measured(event);
    if (!isDone(event)) return [];
    const what = event.source === 'pubsub' ? onPath(event) : undefined;
    return [
      ...(what === undefined ? [] : pathChanged(event, declared, what)),
      ...writersRemoved(event),
      ...deliveryDisabled(event),
    ];
  },
});

/** A sink says itself that it could not deliver. */
function undelivered({ method, claims, project }: TrailEvent): readonly Found[] {
  if (method !== 'sink_error') return [];
  const sink = textOf(claims, 'sink');
  const code = textOf(claims, 'errorCode');
  return [
    {
      key: `${project ?? '-'} sink ${sink ?? '-'}`,
      summary: `The sink ${sink ?? 'that the entry does not name'} could not deliver entries${code === undefined ? '' : `: ${code}`}.`,
      evidence: evidence(
        ['element', sink],
        ['what', code ?? 'sink_error'],
        ['destination', textOf(claims, 'destination')],
      ),
    },
  ];
}

/** Metric → what may be in a point of it. Seconds that the oldest message waits, messages that wait. */
const LIMITS: readonly (readonly [metric: string, limit: number, what: string])[] = [
  ['logging.googleapis.com/exports/error_count', 0, 'entries that could not be exported'],
  ['pubsub.googleapis.com/subscription/oldest_unacked_message_age', 600, 'seconds the oldest message waits'],
  ['pubsub.googleapis.com/subscription/num_undelivered_messages', 100_000, 'messages that wait'],
];

function measured({ claims, resource }: TrailEvent): readonly Found[] {
  const metric = textOf(claims, 'metric') ?? '';
  const known = LIMITS.find(([name]) => metric === name || metric === `${name}_by_region`);
  // A count beyond what a number holds exactly stays text.
  const value = numberOf(claims, 'value') ?? Number(textOf(claims, 'value'));
  if (known === undefined || !(value > known[1])) return [];
  const [, limit, what] = known;
  return [
    {
      key: `${resource ?? '-'} ${metric}`,
      summary: `${resource ?? 'A part of the export path'}: ${value} ${what}.`,
      evidence: evidence(['element', resource], ['what', what], ['value', value], ['limit', limit]),
    },
  ];
}

const GONE = /\.(?:DeleteTopic|DeleteSubscription|DetachSubscription)$/;
/** Retention that a subscription has where nobody asks for another, seconds. */
const USUAL_RETENTION = 604_800;

/** What was done to a topic or subscription that entries may lose by. */
function onPath({ method, claims }: TrailEvent): string | undefined {
  if (GONE.test(method)) return 'deleted';
  // One that goes back is a read, and is not looked at.
  if (method.endsWith('.Seek')) return 'messages skipped';
  if (method.endsWith('.ModifyPushConfig')) return 'push endpoint changed';
  if (!method.endsWith('.UpdateSubscription')) return undefined;
  const mask = textOf(claims, 'updateMask');
  const told = (field: string): boolean => mask !== undefined && masks(mask, field);
  if (told('filter')) return 'filter changed';
  if (told('deadLetterPolicy')) return 'dead-letter topic changed';
  if (!told('messageRetentionDuration')) return undefined;
  // A subscription that is told none keeps for as long as others do.
  const retention = textOf(claims, 'retention') ?? `${USUAL_RETENTION}s`;
  return Number(retention.replace(/s$/, '')) < USUAL_RETENTION ? 'retention shortened' : undefined;
}

function pathChanged(event: TrailEvent, declared: DeclaredFacts, what: string): readonly Found[] {
  const { resource } = event;
  const matters = resource === undefined ? undefined : declared.isOnExportPath(resource);
  if (matters === false) return [];
  return [
    {
      key: resource ?? event.id,
      summary: `${whoOf(event)} changed what log entries pass on their way here: ${what}.`,
      evidence: evidence(['element', resource], ['what', what], ['by', event.actor?.id]),
      verdict: matters === true ? 'violation' : 'undetermined',
    },
  ];
}

const DELIVERS: ReadonlySet<string> = new Set([
  'roles/pubsub.publisher',
  'roles/storage.objectCreator',
  'roles/bigquery.dataEditor',
  'roles/logging.bucketWriter',
]);
/** Identities under which sinks write; the older ones are shared by all. */
const WRITER =
  /@gcp-sa-logging\.iam\.gserviceaccount\.com$|^serviceAccount:cloud-logs@system\.gserviceaccount\.com$/;

function writersRemoved(event: TrailEvent): readonly Found[] {
  const { added, removed } = bindingsOf(event.claims);
  return removed.flatMap(({ role, member }): readonly Found[] => {
    const kept = added.some((one) => one.role === role && one.member === member);
    if (kept || !DELIVERS.has(role) || !WRITER.test(member)) return [];
    return [
      {
        key: `${event.resource ?? '-'} ${member}`,
        summary: `${whoOf(event)} took ${role} from the identity that a sink writes with.`,
        evidence: evidence(
          ['element', event.resource],
          ['what', `${role} removed`],
          ['member', member],
          ['by', event.actor?.id],
        ),
      },
    ];
  });
}

function deliveryDisabled(event: TrailEvent): readonly Found[] {
  const status = textOf(event.claims, 'deliveryStatus');
  if (event.source !== 'databricks' || status !== 'DISABLED') return [];
  return [
    {
      key: `databricks ${event.project ?? '-'} log delivery`,
      summary: `${whoOf(event)} disabled the delivery of Databricks audit logs.`,
      evidence: evidence(['element', event.resource], ['what', status], ['by', event.actor?.id]),
    },
  ];
}
