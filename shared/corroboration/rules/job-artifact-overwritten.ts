import { evidence, listOf } from '../../detections/evidence.ts';
import { beginsWork, START_CALLS, whoOf } from '../../detections/kinds.ts';
import type { TrailEvent } from '../../model/trail-event.ts';
import { citedAs } from '../cite.ts';
import { ANY_CODE, codeObject, codeRunBy, codeWrittenBy, ownersOf, ownersOfBucket } from '../code-objects.ts';
import { recordsUntil, RECORD_WINDOW_MS } from '../deploy-record.ts';
import { spanOfDay } from '../learned.ts';
import { judgeWrite, writeRunBy, type Write } from '../overwritten.ts';
import { anchorOf, defineRule, type Anchor, type Context, type Judgement, type Outcome } from '../rule.ts';
import { isSameIdentity } from '../same-identity.ts';
import { around, dayPlus, forth } from '../span.ts';
import { dayOf } from '../traces.ts';

const DAY_MS = 86_400_000;
/** How long after a write work that runs the object is tied to it. */
const CONSUMED_MS = 30 * DAY_MS;
/** How long what ran an object makes later writes of it writes of code. */
const REMEMBERED_MS = 90 * DAY_MS;

export const jobArtifactOverwritten = defineRule({
  id: 'job-artifact-overwritten',
  number: 'P01',
  version: 1,
  kind: 'correlate',
  title: 'Code of jobs overwritten by somebody who does not deploy it',
  severity: 'high',
  why: 'Jobs take their code by name: whoever writes the object runs what he likes under the rights of the next job.',
  runbook: [
    'Compare `object` with the release: its generations show what `writer` put there at `writtenAt`.',
    'Stop `job` where it ran the new content, and list what it read and wrote (query job-data).',
    'Put the released object back; let nobody but the deployment write the bucket, and keep its versions.',
  ],
  evidence: ['object', 'writer', 'writtenAt', 'job', 'principal', 'runAs'],
  maps: {
    attack: ['T1554', 'T1195.002', 'T1565.001'],
    soc2: ['CC6.8', 'CC8.1', 'PI1.3'],
    iso27001: ['A.8.19', 'A.8.4', 'A.8.28'],
  },
  peers: ['Panther gcp_gcs_object_rewrite (ransomware only)'],
  gaps: [
    'Needs Data Access logs of writes to the bucket; a notification of it names nobody and is undetermined.',
    'An object whose name does not look like code is seen within `trustedCode` only.',
    'Code that only the writer himself has run so far is his own.',
    'A write whose entry comes after those of the work that ran it is tied to one run of each day.',
    'Tags of registries that move, and workers that join a running job, are not tied to a write.',
  ],
  sources: ['storage', 'dataproc', 'dataflow', 'databricks', 'deployments'],
  on: [...START_CALLS, 'template.change', 'data.write', 'deploy'],
  anchors: (record, context) => {
    if (record.kind !== 'event') return [];
    const { event } = record;
    if (event.action === 'deploy')
      return writesNamedBy(event, context).flatMap((write) => hangingOn(write, context));
    if (event.action === 'data.write') {
      if (codeWrittenBy(event, context.declared) === undefined) return [];
      return writesAround(event, context).flatMap((write) => hangingOn(write, context));
    }
    // That others ran it makes what is written later code: and what ran that is judged by it.
    const later = codeRunBy(event).flatMap((object) =>
      writesOf(object, forth(event.time, REMEMBERED_MS), context),
    );
    return [record, ...later.flatMap((write) => hangingOn(write, context))];
  },
  judge: (anchor, context) => {
    if (anchor.kind !== 'event') return [];
    const { event } = anchor;
    if (event.action !== 'data.write')
      return beginsWork(event) ? codeRunBy(event).flatMap((object) => consumed(event, object, context)) : [];
    const object = codeWrittenBy(event, context.declared);
    return object === undefined ? [] : written(event, object, context);
  },
});

const writesOf = (
  object: string,
  span: Parameters<Context['facts']['witnesses']>[2],
  { facts }: Context,
): readonly TrailEvent[] => facts.witnesses('code', object, span);

/** Its own verdict, and those of the work that may have run it. */
const hangingOn = (write: TrailEvent, context: Context): readonly Anchor[] => [
  anchorOf(write),
  ...runsAfter(write, context).map(anchorOf),
];

/**
 * From half an hour before a record to as long after it as it makes its objects code. What it names by a place or by a kind are
 * writes around it.
 */
function writesNamedBy(record: TrailEvent, context: Context): readonly TrailEvent[] {
  const { from, until } = around(record.time, RECORD_WINDOW_MS);
  const uris = listOf(record.claims, 'objects').flatMap(([uri]) => uri ?? []);
  const remembered = { from, until: forth(record.time, REMEMBERED_MS).until };
  return [
    ...uris
      .flatMap((uri) => codeObject(uri) ?? [])
      .flatMap((object) => writesOf(object, remembered, context)),
    ...(uris.some((uri) => uri.endsWith('*')) ? writesOf(ANY_CODE, { from, until }, context) : []),
  ];
}

/** Itself, and those beside it whose record may be its own. */
function writesAround(write: TrailEvent, context: Context): readonly TrailEvent[] {
  const object = codeWrittenBy(write, context.declared);
  const others =
    object === undefined ? [] : writesOf(object, around(write.time, 2 * RECORD_WINDOW_MS), context);
  return [write, ...others.filter(({ id }) => id !== write.id)];
}

/** Work that may have run what was written, found by those to whom it belongs. */
function runsAfter(write: TrailEvent, { declared, facts }: Context): readonly TrailEvent[] {
  const object = codeWrittenBy(write, declared);
  if (object === undefined) return [];
  const day = dayOf(write.time);
  const starts = facts
    .sightings('code', object, day, dayPlus(day, CONSUMED_MS / DAY_MS))
    .flatMap(({ bucket, eventId }) => [
      ...ownersOfBucket(bucket).flatMap((who) => facts.witnesses('start', who, spanOfDay(dayOf(bucket)))),
      ...facts.contents(eventId),
    ])
    .filter((start) => start.time >= write.time && codeRunBy(start).includes(object));
  return [...new Set(starts)];
}

function written(event: TrailEvent, object: string, context: Context): readonly Judgement[] {
  const write = judgeWrite(event, object, context);
  if (write.kind === 'released') return [satisfied(event, write.record, undefined)];
  if (write.kind !== 'unreleased' || !write.known) return [];
  const cited = [citedAs('write', event)];
  const found = {
    key: object,
    severity: 'high' as const,
    summary: `${whoOf(event)} wrote ${object}, code of a release or of jobs of others, and nothing tells that it was deployed.`,
    evidence: evidence(['object', object], ['writer', event.actor?.id], ['writtenAt', event.time]),
  };
  const outcome: Outcome = write.unnamed
    ? { verdict: 'undetermined', cited, reason: 'The record of the write names nobody.', found }
    : { verdict: 'violated', cited, found };
  return [awaiting(outcome, write, event, context)];
}

function consumed(start: TrailEvent, object: string, context: Context): readonly Judgement[] {
  const event = writeRunBy(object, start, CONSUMED_MS, context);
  if (event === undefined || ownersOf(start).some((who) => isSameIdentity(who, event.actor?.id))) return [];
  const write = judgeWrite(event, object, context);
  if (write.kind === 'released') return [satisfied(event, write.record, object)];
  if (write.kind !== 'unreleased') return [];
  const outcome: Outcome = {
    verdict: 'violated',
    about: object,
    cited: [citedAs('start', start), citedAs('write', event)],
    found: {
      key: object,
      severity: 'critical',
      summary: `${whoOf(start)} started work that runs ${object} as ${whoOf(event)} wrote it, and nothing tells that it was deployed.`,
      evidence: evidence(
        ['object', object],
        ['writer', event.actor?.id],
        ['writtenAt', event.time],
        ['job', start.job],
        ['principal', start.actor?.id],
        ['runAs', start.runAs],
      ),
    },
  };
  return [awaiting(outcome, write, event, context)];
}

/** Where records of the object are kept, the one of this write may still come. */
function awaiting(
  outcome: Outcome,
  { recorded }: Extract<Write, { kind: 'unreleased' }>,
  { time }: TrailEvent,
  { declared }: Context,
): Judgement {
  const { about } = outcome;
  return recorded
    ? {
        verdict: 'waiting',
        ...(about === undefined ? undefined : { about }),
        until: recordsUntil(time, declared),
        on: ['deployments'],
        otherwise: outcome,
      }
    : outcome;
}

function satisfied(write: TrailEvent, record: TrailEvent, about: string | undefined): Outcome {
  return {
    verdict: 'satisfied',
    ...(about === undefined ? undefined : { about }),
    cited: [citedAs('write', write), citedAs('deploy', record)],
    reason: 'A signed deploy record tells of the write.',
  };
}
