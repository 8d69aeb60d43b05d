import type { Severity } from '../../../schemas/alerting.ts';
import { evidence } from '../../detections/evidence.ts';
import { beginsWork, START_CALLS, subjectOf } from '../../detections/kinds.ts';
import type { TrailEvent } from '../../model/trail-event.ts';
import { citedAs } from '../cite.ts';
import { daysBetween, FIRST_DAY, isLearned, isRecordedFor, spanOfDay } from '../learned.ts';
import { anchorOf, defineRule, type Anchor, type Context, type Judgement } from '../rule.ts';
import { dayPlus } from '../span.ts';
import { dayOf } from '../traces.ts';

/** Days in which whoever made an account is expected to use it. */
const UNUSED_DAYS = 7;
/** As long as sightings are kept: what was before is not known any more. */
const KEPT_DAYS = 400;

export const dormantIdentityRunsJob = defineRule({
  id: 'dormant-identity-runs-job',
  number: 'U07',
  version: 1,
  kind: 'baseline',
  title: 'Long idle identity starts a job',
  severity: 'medium',
  why: 'Nobody misses an account that nobody uses: whoever finds its key works under a name that is still allowed everything.',
  runbook: [
    'Ask the owner of `principal` what it does again after `idleDays` days (`lastSeen`), and who started `job`.',
    'Look whether it was given a key, a role or a token shortly before (iam.change, credential.create in the 7 days before).',
    'Disable it where nobody answers for it; declare a job that runs rarely with `everyDays` under `corroboration.jobs`.',
  ],
  evidence: ['principal', 'idleDays', 'lastSeen', 'created', 'limit', 'method', 'job', 'environment'],
  maps: { attack: ['T1078.004'], soc2: ['CC6.2', 'CC6.3'], iso27001: ['A.5.18', 'A.5.16'] },
  peers: [
    'ETD Initial Access: Dormant Service Account Action',
    'Elastic ml_gcp_rare_method_by_user (statistical)',
  ],
  gaps: [
    'What an identity did in services that are not recorded does not count as being seen.',
    'Who is seen for the first time is judged where its creation is recorded, and people are not.',
    'Two starts on the first day after the pause are both found.',
  ],
  sources: ['dataproc', 'dataflow', 'databricks', 'iam'],
  on: START_CALLS,
  onSightings: ['principal', 'created'],
  anchors: (record, context) => {
    if (record.kind === 'event') return beginsWork(record.event) ? [record] : [];
    return startsAfter(record, context);
  },
  judge: (anchor, context) => (anchor.kind === 'event' ? judged(anchor.event, context) : []),
});

/**
 * A day that comes to be known late ends the pause of the starts on the next day the identity was seen, and of no others: a
 * start is itself seen.
 */
function startsAfter(record: Extract<Anchor, { kind: 'sighting' }>, { facts }: Context): readonly Anchor[] {
  const { family, subject, bucket } = record.sighting;
  const from = family === 'principal' ? dayPlus(bucket, 1) : bucket;
  const [next] = facts.sightings('principal', subject, from, dayPlus(bucket, KEPT_DAYS));
  if (next === undefined) return [];
  return facts
    .witnesses('start', subject, spanOfDay(next.bucket))
    .filter(({ actor }) => actor?.id === subject)
    .map(anchorOf);
}

function judged(event: TrailEvent, context: Context): readonly Judgement[] {
  const { facts, declared } = context;
  const { actor } = event;
  // Service agents work when they are needed; what anybody could have written tells of nobody's return.
  if (actor === undefined || actor.kind === 'system' || !beginsWork(event) || event.provenance === 'tenant')
    return [];
  const { corroboration } = declared;
  const job = corroboration.jobFor(event);
  if (job !== undefined && corroboration.isSchedule(job, actor.id)) return [];
  const day = dayOf(event.time);
  const limit = Math.max(corroboration.thresholds.dormantDays, job?.everyDays ?? 0);
  const seen = (from: string, until: string) => facts.sightings('principal', actor.id, from, until);
  if (seen(dayPlus(day, -limit), dayPlus(day, -1)).length > 0 || !isLearned(event, context)) return [];

  const lastSeen = seen(FIRST_DAY, dayPlus(day, -limit - 1)).at(-1)?.bucket;
  if (lastSeen !== undefined) {
    const idle = daysBetween(lastSeen, day);
    const summary = `${actor.id} started work after ${idle} days in which nothing of it was recorded.`;
    return [
      violated(
        event,
        context,
        summary,
        [
          ['idleDays', idle],
          ['lastSeen', lastSeen],
        ],
        limit,
      ),
    ];
  }
  const created = facts.sightings('created', actor.id, FIRST_DAY, day)[0]?.bucket;
  if (created !== undefined) {
    const age = daysBetween(created, day);
    if (age <= UNUSED_DAYS) return [];
    const summary = `${actor.id} started work for the first time, ${age} days after it was made.`;
    return [violated(event, context, summary, [['created', created]], limit)];
  }
  // An own account whose making is older than the records, and which did nothing in all of them.
  const isOwn = actor.kind === 'service-account' && declared.environmentOfPrincipal(actor.id) !== undefined;
  if (!isOwn || !isRecordedFor(event, limit + 1, context)) return [];
  const summary = `${actor.id} started work and was never recorded before; when it was made is not recorded.`;
  const { verdict: _, ...told } = violated(event, context, summary, [], limit);
  return [{ verdict: 'undetermined', reason: 'the making of the identity is not recorded', ...told }];
}

function violated(
  event: TrailEvent,
  { declared }: Context,
  summary: string,
  since: readonly (readonly [string, string | number])[],
  limit: number,
) {
  return {
    verdict: 'violated' as const,
    cited: [citedAs('start', event)],
    found: {
      key: event.actor?.id ?? subjectOf(event),
      severity: isPrivileged(event, declared) ? ('high' as const) : ('medium' as const satisfies Severity),
      summary,
      evidence: evidence(
        ['principal', event.actor?.id],
        ...since,
        ['limit', limit],
        ['method', event.method],
        ['job', event.job],
        ['environment', event.environment],
      ),
    },
  };
}

/**
 * Which roles an identity has is in no event. What tells is what it is trusted with: it changes things for CI, or what it
 * started is work for which the configuration asks an approval or further records.
 */
function isPrivileged(event: TrailEvent, declared: Context['declared']): boolean {
  if (event.actor !== undefined && declared.isDeployer(event.actor.id)) return true;
  const required = declared.corroboration.evidenceFor(event);
  return (
    (required !== undefined && required.require.length > 0) ||
    declared.corroboration.approvalsFor(event).length > 0
  );
}
