/** Points of Cloud Monitoring that the poll recorded, as witnesses of paths: what sinks exported, what waits in subscriptions. */
import type { DeclaredPath } from '../../../schemas/corroboration.ts';
import { numberOf, textOf } from '../../detections/evidence.ts';
import type { TrailEvent } from '../../model/trail-event.ts';
import { sourceOfPath } from './path.ts';

export const OLDEST_UNACKED = 'pubsub.googleapis.com/subscription/oldest_unacked_message_age';
export const EXPORTED = 'logging.googleapis.com/exports/log_entry_count';
export const EXPORT_ERRORS = 'logging.googleapis.com/exports/error_count';

/** What `witnesses('metric', …)` has of them: subjects are `METRIC|RESOURCE`. */
export const HEALTH_METRICS = [OLDEST_UNACKED, EXPORTED, EXPORT_ERRORS] as const;

export interface MetricPoint {
  readonly metric: string;
  /** `projects/P/sinks/S`, `projects/P/subscriptions/S`. */
  readonly resource: string;
  /** Milliseconds. */
  readonly start: number;
  readonly end: number;
  readonly value: number;
  readonly eventId: string;
}

/** A point is a witness only where the API itself gave it. */
export function metricPointOf(event: TrailEvent): MetricPoint | undefined {
  if (event.action !== 'metric.observe' || event.provenance !== 'provider') return undefined;
  const metric = textOf(event.claims, 'metric');
  const value = numberOf(event.claims, 'value');
  const end = Date.parse(textOf(event.claims, 'endTime') ?? '');
  const began = Date.parse(textOf(event.claims, 'startTime') ?? '');
  // A gauge is of an instant: its point begins and ends there.
  const start = Number.isNaN(began) ? end : began;
  if (metric === undefined || event.resource === undefined || value === undefined || !(end >= start))
    return undefined;
  return { metric, resource: event.resource, start, end, value, eventId: event.id };
}

/** Points are known some minutes after their end, and polled every five. */
export const METRIC_AGE_MS = 25 * 60_000;

/** Whether a sink or subscription is a path's: as declared, or of the name that the deployment gives it. */
export function isOfPath(resource: string, path: string, declared: DeclaredPath | undefined): boolean {
  const [, , kind, name = ''] = resource.split('/', 4);
  if (kind === 'sinks' && declared?.sinks !== undefined) return declared.sinks.includes(resource);
  if (kind === 'subscriptions' && declared?.subscription !== undefined)
    return declared.subscription === resource;
  return name === `jobtrail-${sourceOfPath(path)}`;
}

/** Points of a metric that are some path's, the oldest first; of two over one interval the greater is the later reading. */
export function pointsOf(
  points: readonly MetricPoint[],
  metric: string,
  path: string,
  declared: DeclaredPath | undefined,
): readonly MetricPoint[] {
  const found = new Map<string, MetricPoint>();
  for (const point of points) {
    if (point.metric !== metric || !isOfPath(point.resource, path, declared)) continue;
    const key = `${point.resource} ${point.end}`;
    const known = found.get(key);
    if (known === undefined || known.value < point.value) found.set(key, point);
  }
  return [...found.values()].toSorted((a, b) => a.end - b.end || (a.resource < b.resource ? -1 : 1));
}
