/** Whether a write of code is one that nobody released: who else runs the object, who writes it, which record tells of it. */
import { byDeployer } from '../detections/deployers.ts';
import { isTrue, listOf } from '../detections/evidence.ts';
import type { TrailEvent } from '../model/trail-event.ts';
import { codeObject, codeWrittenBy, isOwned } from './code-objects.ts';
import { agreement, changedBy, coveringRecord, RECORD_WINDOW_MS, recordsAround } from './deploy-record.ts';
import type { Context } from './rule.ts';
import { around, back, dayPlus } from './span.ts';
import { dayOf } from './traces.ts';

/** How long what was run or released is remembered as code. */
const REFERENCE_DAYS = 90;
/** Between the entry of a write and the notification of the same. */
const SAME_WRITE_MS = 60_000;

export type Write =
  /** Somebody's own, or what is nobody's code yet. */
  | { readonly kind: 'harmless' }
  | { readonly kind: 'released'; readonly record: TrailEvent }
  | {
      readonly kind: 'unreleased';
      /** Told by a record that names nobody. */
      readonly unnamed: boolean;
      /** Deploy records of the object are kept: one may still come. */
      readonly recorded: boolean;
      /** What makes the object code before it was written; otherwise it was overwritten, and has to be run by another first. */
      readonly known: boolean;
    };

const HARMLESS: Write = { kind: 'harmless' };

export function judgeWrite(event: TrailEvent, object: string, context: Context): Write {
  const { declared, facts } = context;
  const { deployRecords } = declared.corroboration;
  const { actor } = event;
  const isDeployers = byDeployer(event, declared);
  // Google's own services act for somebody whose call has an entry of its own.
  if (actor?.kind === 'system' || (isDeployers && deployRecords !== 'required')) return HARMLESS;
  const near = facts.witnesses('code', object, around(event.time, SAME_WRITE_MS));
  if (actor === undefined && near.some((one) => one.actor !== undefined)) return HARMLESS;
  const releases = releasesOf(event, object, context);
  // Without records of the object a deployer has none to be without.
  if (isDeployers && releases.length === 0) return HARMLESS;
  const known = releases.length > 0 || isRunByOthers(event, object, context);
  if (!known && !isTrue(event.claims, 'overwrites')) return HARMLESS;
  const record =
    deployRecords === 'ignored'
      ? undefined
      : recordOf(event, object, near, recordsAround(event.time, context.facts), context);
  return record === undefined
    ? {
        kind: 'unreleased',
        unnamed: actor === undefined,
        recorded: deployRecords !== 'ignored' && releases.length > 0,
        known,
      }
    : { kind: 'released', record };
}

/** Days before the write: that it ran on the day itself may have been after it. */
function isRunByOthers({ time, actor }: TrailEvent, object: string, { facts }: Context): boolean {
  const day = dayOf(time);
  return facts
    .sightings('code', object, dayPlus(day, -REFERENCE_DAYS), dayPlus(day, -1))
    .some(({ bucket }) => actor === undefined || !isOwned(bucket, actor.id));
}

/** Signed records that name the object, from before the write or of it. */
function releasesOf({ time }: TrailEvent, object: string, { facts }: Context): readonly TrailEvent[] {
  const from = back(time, REFERENCE_DAYS * 86_400_000).from;
  const { until } = around(time, RECORD_WINDOW_MS);
  const named = facts.edges(object, 'deploy').filter((edge) => edge.time >= from && edge.time <= until);
  return named.flatMap(({ eventId }) => {
    const record = facts.event(eventId);
    return record?.provenance === 'signed' ? [record] : [];
  });
}

function recordOf(
  event: TrailEvent,
  object: string,
  near: readonly TrailEvent[],
  records: readonly TrailEvent[],
  { declared, facts }: Context,
): TrailEvent | undefined {
  if (records.length === 0) return undefined;
  const notices = near.filter((one) => one.actor === undefined);
  const fitting = records.filter((record) => !isContradicted(record, object, notices));
  const rivals = facts
    .witnesses('code', object, around(event.time, 2 * RECORD_WINDOW_MS))
    .filter((one) => one.id !== event.id)
    .map((one) => changedBy(one, 'jobs'));
  return coveringRecord(changedBy(event, 'jobs'), fitting, rivals, declared);
}

/** What notifications of the bucket say of the new content may tell a record's digest wrong, and never right: anybody can send them. */
function isContradicted(record: TrailEvent, object: string, notices: readonly TrailEvent[]): boolean {
  const [, ...digests] =
    listOf(record.claims, 'objects').find(([uri = '']) => codeObject(uri) === object) ?? [];
  const said = new Set(notices.map((one) => agreement(digests, one)));
  return said.has(false) && !said.has(true);
}

/** The last write before work began, which is what it ran. */
export function writeRunBy(
  object: string,
  start: TrailEvent,
  windowMs: number,
  { declared, facts }: Context,
): TrailEvent | undefined {
  return facts
    .witnesses('code', object, back(start.time, windowMs))
    .findLast((one) => one.actor !== undefined && codeWrittenBy(one, declared) === object);
}
