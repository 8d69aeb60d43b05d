/** Long-running operations: two entries, when they begin and when they have ended. */
import { evidence } from '../../detections/evidence.ts';
import { whoOf } from '../../detections/kinds.ts';
import type { Action } from '../../model/event.ts';
import type { TrailEvent } from '../../model/trail-event.ts';
import { citedAs } from '../cite.ts';
import { isRecordedFor } from '../learned.ts';
import type { Context, Judgement } from '../rule.ts';
import { around, msBetween } from '../span.ts';
import { awaitedOf, isOnJob, untilOf } from './waiting.ts';

const DAY_MS = 86_400_000;
/** What takes longer has no end that could be waited for. */
const LIMIT_MS = DAY_MS;
/** How far the two entries of an operation are looked for from each other. */
const REACH_MS = 30 * DAY_MS;

/** Operations that end by themselves within the day. Jobs, sessions and workflows last as long as the work does. */
const BOUNDED: ReadonlySet<Action> = new Set<Action>([
  'cluster.create',
  'cluster.update',
  'cluster.delete',
  'cluster.start',
  'cluster.stop',
  'session.delete',
  'schema.change',
  'network.change',
  'compute.change',
  'artifact.change',
  'model.deploy',
  'model.delete',
  'org.change',
  'deploy',
]);
/** Operations of the work itself: their end is not waited for, and has a beginning all the same. */
const WORK: ReadonlySet<Action> = new Set<Action>([
  'job.submit',
  'job.finish',
  'session.create',
  'workflow.run',
]);

/** A Kubernetes API server writes a pair for each stream; BigQuery ends every job within hours. */
const isBounded = ({ source, action }: TrailEvent): boolean =>
  source !== 'kubernetes' && (BOUNDED.has(action) || (source === 'bigquery' && action === 'job.submit'));

/** Entries of work without their job belong to none that could be found. */
const hasBeginning = (event: TrailEvent): boolean =>
  event.source !== 'kubernetes' &&
  (BOUNDED.has(event.action) || (WORK.has(event.action) && event.job !== undefined));

const isOfPair = ({ operation, provenance }: TrailEvent): boolean =>
  operation !== undefined && operation.phase !== 'only' && provenance === 'provider';

/** The other entry of the event's operation; several where one was written again. */
export function counterpartsOf(event: TrailEvent, { facts }: Context): readonly TrailEvent[] {
  const { operation, job } = event;
  if (operation === undefined || !isOfPair(event) || !(isBounded(event) || hasBeginning(event))) return [];
  const phase = operation.phase === 'first' ? 'last' : 'first';
  const near =
    job === undefined
      ? facts.witnesses('operation', operation.id, around(event.time, REACH_MS))
      : facts.job(job);
  return near.filter((one) => one.operation?.id === operation.id && one.operation.phase === phase);
}

export function judgeOperation(event: TrailEvent, context: Context): readonly Judgement[] {
  const { operation } = event;
  if (operation === undefined || !isOfPair(event)) return [];
  const isFirst = operation.phase === 'first';
  // Of one that was not accepted nothing ends.
  if (isFirst ? !isBounded(event) || event.outcome !== 'allowed' : !hasBeginning(event)) return [];
  const [other] = counterpartsOf(event, context);
  const until = untilOf(event, isFirst ? LIMIT_MS : 0, context);
  const about = 'operation';
  if (other !== undefined) {
    if (!isFirst) return [];
    const cited = [citedAs('first', event), citedAs('last', other)];
    const lateMs = Math.max(0, msBetween(until, other.receiveTime ?? until));
    return [
      { verdict: 'satisfied', about, join: 'operation-id', reason: 'the operation ended', lateMs, cited },
    ];
  }
  // What began before the records do.
  if (!isFirst && !isRecordedFor(event, 2, context)) return [];
  return [
    {
      verdict: 'waiting',
      about,
      until,
      on: awaitedOf(event),
      otherwise: {
        verdict: 'violated',
        about,
        cited: [citedAs(operation.phase, event)],
        found: {
          key: `operation:${operation.id}`,
          severity: isOnJob(event) ? 'high' : 'medium',
          summary: isFirst
            ? `The end of an operation of ${event.source} (${event.method}, by ${whoOf(event)}) is not recorded.`
            : `The beginning of an operation of ${event.source} (${event.method}) is not recorded, its end is.`,
          evidence: evidence(
            ['sequence', operation.id],
            ['missing', isFirst ? 'last' : 'first'],
            ['source', event.source],
            ['log', event.logName],
            ['method', event.method],
            ['job', event.job],
            ['until', until],
          ),
        },
      },
    },
  ];
}
