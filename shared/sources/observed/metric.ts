/** A point of a metric as an event: what a sink exported, or what waits in a subscription, over an interval. */
import type { ObservedMetric } from '../../../schemas/observed.ts';
import type { AuditEventDraft } from '../../model/event.ts';
import { str } from '../fields.ts';
import { claim, type Claims } from './claims.ts';

export const METRIC_METHOD = 'monitoring.projects.timeSeries.list';

export function metricEvent(point: ObservedMetric): AuditEventDraft {
  const { resourceLabels, metricLabels } = point;
  const claims: Claims = { metric: point.metric, value: numberOf(point.value) };
  claim(claims, 'startTime', point.startTime);
  claim(claims, 'endTime', point.time);
  claim(claims, 'aligner', point.aligner);
  claim(claims, 'periodSeconds', numberOf(point.periodSeconds));
  claim(claims, 'resourceType', point.resource);
  claim(claims, 'sink', str(resourceLabels, 'name'));
  claim(claims, 'destination', str(resourceLabels, 'destination'));
  claim(claims, 'subscription', str(resourceLabels, 'subscription_id'));
  claim(claims, 'labels', labelsText(metricLabels));
  const project = str(resourceLabels, 'project_id') ?? point.project;
  const resource = resourceOf(project, point);
  return {
    action: 'metric.observe',
    outcome: 'allowed',
    method: METRIC_METHOD,
    identity: { absent: 'not-recorded' },
    via: 'direct',
    provenance: 'provider',
    project,
    ...(resource === undefined ? undefined : { resource }),
    claims,
  };
}

/** As the audit entries of the sink and of the subscription name them. */
function resourceOf(project: string, { resource, resourceLabels }: ObservedMetric): string | undefined {
  const sink = str(resourceLabels, 'name');
  if (resource === 'logging_sink' && sink !== undefined) return `projects/${project}/sinks/${sink}`;
  const subscription = str(resourceLabels, 'subscription_id');
  if (resource !== 'pubsub_subscription' || subscription === undefined) return undefined;
  return `projects/${project}/subscriptions/${subscription}`;
}

/** None of the metrics that are polled has labels of its own; a point of one that has is told apart by them. */
function labelsText(labels: ObservedMetric['metricLabels']): string {
  const pairs = Object.entries(labels ?? {}).map(([key, value]) => `${key}=${value}`);
  return pairs.toSorted().join(',');
}

/** Digits that a number cannot hold stay text. */
function numberOf(digits: string): number | string {
  const value = Number(digits);
  if (!Number.isFinite(value) || digits.trim() === '') return digits;
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? digits : value;
}
