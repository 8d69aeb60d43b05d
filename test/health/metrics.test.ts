/** Points as the poll records them, up to what the health of a path reads of them. */
import { expect, it } from 'vitest';
import {
  EXPORT_ERRORS,
  EXPORTED,
  isOfPath,
  metricPointOf,
  OLDEST_UNACKED,
  pointsOf,
} from '../../shared/corroboration/health/metrics.ts';
import { trailEventOfRow } from '../../shared/model/trail-event-of-row.ts';
import { observed } from '../../shared/sources/observed/index.ts';
import { eventRow, samplesOf } from '../support/source-samples.ts';

const events = (await samplesOf(observed)).flatMap((sample) => {
  const row = eventRow(sample);
  return row === undefined ? [] : [trailEventOfRow(row)];
});
const points = events.flatMap((event) => metricPointOf(event) ?? []);

it('reads the points of sinks and subscriptions', () => {
  const exported = points.find(({ metric }) => metric === EXPORTED);
  expect(exported).toMatchObject({
    resource: 'projects/shop-prod/sinks/jobtrail-dataproc',
    value: 10_000,
    start: Date.parse('2026-02-02T01:00:00Z'),
    end: Date.parse('2026-02-02T01:05:00Z'),
  });
  expect(pointsOf(points, EXPORT_ERRORS, 'dataproc', undefined).map(({ value }) => value)).toContain(3);
  // A gauge, of an instant.
  expect(pointsOf(points, OLDEST_UNACKED, 'dataproc', undefined)).toMatchObject([
    { value: 12.5, start: Date.parse('2026-02-02T01:05:00Z'), end: Date.parse('2026-02-02T01:05:00Z') },
  ]);
});

it('reads nothing else, and nothing that the API itself did not give', () => {
  expect(events.some(({ action }) => action === 'job.observe')).toBe(true);
  for (const event of events) {
    expect(metricPointOf({ ...event, provenance: 'tenant' })).toBeUndefined();
    expect(metricPointOf({ ...event, action: 'job.observe' })).toBeUndefined();
  }
});

it('takes of two values of one interval the later reading', () => {
  const of = {
    metric: EXPORTED,
    resource: 'projects/p/sinks/jobtrail-kong',
    start: 0,
    end: 300_000,
    eventId: 'e',
  };
  expect(
    pointsOf(
      [
        { ...of, value: 5 },
        { ...of, value: 9 },
        { ...of, value: 7 },
      ],
      EXPORTED,
      'kong/edge',
      undefined,
    ),
  ).toEqual([{ ...of, value: 9 }]);
});

it('knows whose an element is by its name, or as declared', () => {
  const base = { path: 'kong/edge', required: false, canary: false, retired: false };
  expect(isOfPath('projects/p/subscriptions/jobtrail-kong', 'kong/edge', undefined)).toBe(true);
  expect(isOfPath('projects/p/subscriptions/jobtrail-kong-old', 'kong/edge', undefined)).toBe(false);
  const declared = {
    ...base,
    subscription: 'projects/p/subscriptions/edge',
    sinks: ['projects/p/sinks/edge'],
  };
  expect(isOfPath('projects/p/subscriptions/edge', 'kong/edge', declared)).toBe(true);
  expect(isOfPath('projects/p/sinks/edge', 'kong/edge', declared)).toBe(true);
  expect(isOfPath('projects/p/subscriptions/jobtrail-kong', 'kong/edge', declared)).toBe(false);
});
