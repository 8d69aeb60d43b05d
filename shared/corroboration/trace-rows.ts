/** Traces → the rows that keep them: groups and open work with the event, sightings beside it. Pure; at ingest and in a rebuild. */
import { isTrue, numberOf, textOf } from '../detections/evidence.ts';
import type { TrailEvent } from '../model/trail-event.ts';
import type { FirstOf, SeenRow, TableRow } from '../store/store.ts';
import { READY, workRow } from '../store/work.ts';
import { anchorOfSighting } from './anchors.ts';
import type { SightingFamily } from './facts.ts';
import type { Traces } from './traces.ts';

/** Sightings outlive what looks back on them: dormancy, a year at most. */
export const SIGHTING_DAYS = 400;

export interface TraceRows {
  /** Facts, written with the event. */
  readonly witnesses: readonly TableRow[];
  /** Operational: written where the event is new. */
  readonly work: readonly TableRow[];
  /** Operational: written where nobody of late has written the same, or only what came after it. */
  readonly sightings: readonly SeenRow[];
}

/** Families of sightings that a rule is asked about: named here, since a function that stores has no rules in its bundle. */
export const ASKED: ReadonlySet<SightingFamily> = new Set([
  'account-service',
  'agent-method',
  'created',
  'delegation',
  'job-data',
  'principal',
  'touched',
  'work',
]);
/** What comes by the million is asked about where it belongs to a group, and only there; some rule is asked about every action. */
const BULK: ReadonlySet<string> = new Set([
  'api.call',
  'job.run',
  'data.read',
  'data.write',
  'data.delete',
  'metadata.read',
  'telemetry.read',
  'telemetry.write',
  'key.use',
  'metric.observe',
]);

export interface TraceExpiry {
  /** As the event's rows. */
  readonly event: string;
  readonly sighting: () => string;
}

export function traceRows(event: TrailEvent, traces: Traces, expireAt: TraceExpiry): TraceRows {
  const { witnesses, sightings } = traces;
  const asked = witnesses.length > 0 || !BULK.has(event.action);
  return {
    witnesses: witnesses.map(({ family, subject }) => ({
      table: 'Witnesses',
      row: {
        Family: family,
        Subject: subject,
        EventTime: event.time,
        EventId: event.id,
        Variant: '',
        ExpireAt: expireAt.event,
      },
    })),
    work: asked
      ? [
          {
            table: 'OpenWork',
            row: workRow({ queue: READY, dueAt: dueAt(event), id: event.id, eventTime: event.time }),
          },
        ]
      : NONE,
    sightings: sightings.flatMap((seen): SeenRow[] => {
      const kept: TableRow = {
        table: 'Sightings',
        row: {
          Family: seen.family,
          Subject: seen.subject,
          Bucket: seen.bucket,
          EventId: event.id,
          ExpireAt: expireAt.sighting(),
        },
      };
      if (!ASKED.has(seen.family)) return [kept];
      const { id, time } = anchorOfSighting({ ...seen, eventId: event.id });
      return [
        kept,
        {
          table: 'OpenWork',
          row: workRow({ queue: READY, dueAt: time, id, eventTime: time, sighting: seen }),
          ...(READ_BY_EVENT.has(seen.family) ? { first: firstOf(event) } : undefined),
        },
      ];
    }),
  };
}

const NONE: readonly TableRow[] = [];

/** Families of which rules look at the events of a bucket, and not only at what the bucket says. */
const READ_BY_EVENT: ReadonlySet<SightingFamily> = new Set(['work', 'job-data']);

/**
 * What rules tell apart among the events of one bucket, most of which they are not asked about one by one: of each such kind they
 * look at the earliest, or whether there is one. Lines by the million have a handful of kinds, and mostly come in order.
 */
const firstOf = (event: TrailEvent): FirstOf => {
  const { claims } = event;
  return {
    kind: JSON.stringify([
      event.source,
      event.action,
      event.method,
      event.outcome,
      event.provenance,
      event.parentJob,
      textOf(claims, 'jobBy'),
      textOf(claims, 'state'),
      (numberOf(claims, 'policyTags') ?? 0) > 0,
      isTrue(claims, 'truncated') || (numberOf(claims, 'datasetsBeyondLimit') ?? 0) > 0,
    ]),
    time: event.time,
  };
};

/** At once; an entry dated into the future must not put off its own judgement. */
const dueAt = ({ time, receiveTime }: TrailEvent): string =>
  receiveTime !== undefined && receiveTime < time ? receiveTime : time;
