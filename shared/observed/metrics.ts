/**
 * What sinks exported and what waits in subscriptions: `projects.timeSeries.list` of Cloud Monitoring.
 * https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.timeSeries/list
 */
import { OBSERVED } from '../../schemas/observed.ts';
import { clip } from '../pipeline/clip.ts';
import { isObject, obj, own, type Json } from '../sources/fields.ts';
import { unavailable } from './api-client.ts';
import type { Ask, Inventory, InventoryOptions } from './inventory.ts';
import { GOOGLE_TOKEN, itemsOf, pagesOf } from './pages.ts';
import { labelsOf, present, textOf } from './values.ts';

/**
 * Each with what one point is of the samples of its interval: a sum of what was counted, the worst of what was measured.
 * ALIGN_DELTA would make up counts for intervals without any.
 */
export const METRICS: readonly (readonly [metric: string, aligner: string])[] = [
  ['logging.googleapis.com/exports/log_entry_count', 'ALIGN_SUM'],
  ['logging.googleapis.com/exports/byte_count', 'ALIGN_SUM'],
  ['logging.googleapis.com/exports/error_count', 'ALIGN_SUM'],
  ['pubsub.googleapis.com/subscription/num_undelivered_messages', 'ALIGN_MAX'],
  ['pubsub.googleapis.com/subscription/oldest_unacked_message_age', 'ALIGN_MAX'],
];

const PERIOD_SECONDS = 300;
const PERIOD_MS = PERIOD_SECONDS * 1000;
/** Counts of sinks are sampled every 60 s and then not visible for up to 420 s. */
const LATE_MS = 480_000;

export function metricPoints(options: InventoryOptions, project: string): Inventory {
  const name = `metrics ${project}`;
  const path = `/v3/projects/${encodeURIComponent(project)}/timeSeries`;
  return {
    api: 'metrics',
    scope: project,
    async *list(ask) {
      const incomplete = new Set<string>();
      for (const [metric, aligner] of METRICS) {
        const query = { ...intervalOf(ask), filter: `metric.type = "${metric}"`, ...alignment(aligner) };
        const listing = { ...options, name, path, query, token: GOOGLE_TOKEN, deadline: ask.deadline };
        for await (const page of pagesOf(listing)) {
          for (const series of itemsOf(page, 'timeSeries')) {
            yield* pointsOf(isObject(series) ? series : undefined, { project, metric, aligner });
          }
          if (itemsOf(page, 'executionErrors').length > 0) incomplete.add(metric);
        }
      }
      if (incomplete.size > 0)
        throw unavailable(name, `it leaves out points of ${[...incomplete].join(', ')}`);
    },
  };
}

/**
 * Begins and ends at full periods of the clock, so that every poll cuts time in the same places; and ends where all samples
 * are in, so that a point does not change afterwards.
 */
function intervalOf({ now, metricsSince }: Ask): Record<'interval.startTime' | 'interval.endTime', string> {
  const end = fullPeriod(now.getTime() - LATE_MS);
  const start = Math.min(fullPeriod(metricsSince.getTime()), end - PERIOD_MS);
  return {
    'interval.startTime': new Date(start).toISOString(),
    'interval.endTime': new Date(end).toISOString(),
  };
}

const fullPeriod = (time: number): number => Math.floor(time / PERIOD_MS) * PERIOD_MS;

const alignment = (aligner: string): Record<string, string> => ({
  'aggregation.alignmentPeriod': `${PERIOD_SECONDS}s`,
  'aggregation.perSeriesAligner': aligner,
  view: 'FULL',
  // Points, not series.
  pageSize: '10000',
});

interface Asked {
  readonly project: string;
  readonly metric: string;
  readonly aligner: string;
}

function pointsOf(series: Json | undefined, { project, metric, aligner }: Asked): readonly Json[] {
  const resource = obj(series, 'resource');
  const common = {
    type: OBSERVED,
    kind: 'metric',
    project,
    metric,
    metricLabels: labelsOf(obj(series, 'metric'), 'labels'),
    resource: textOf(resource, 'type', 128),
    resourceLabels: labelsOf(resource, 'labels', 2048),
    aligner,
    periodSeconds: String(PERIOD_SECONDS),
  };
  return itemsOf(series ?? {}, 'points').map((item) => {
    const point = isObject(item) ? item : undefined;
    const interval = obj(point, 'interval');
    return present({
      ...common,
      startTime: textOf(interval, 'startTime', 64),
      time: textOf(interval, 'endTime', 64),
      value: valueOf(obj(point, 'value')),
    });
  });
}

/** proto3 writes an INT64 as text, and a DOUBLE as a number or as a word (`NaN`). */
function valueOf(value: Json | undefined): string | undefined {
  const found = own(value, 'int64Value') ?? own(value, 'doubleValue');
  return typeof found === 'number' || typeof found === 'string' ? clip(String(found), 32) : undefined;
}
