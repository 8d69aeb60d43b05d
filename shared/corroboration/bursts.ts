/**
 * Counts over a sliding window of event time: the window ends with each event of the count, both ends inclusive, so that what
 * is found is the same in whatever order the events came.
 */
import type { TrailEvent } from '../model/trail-event.ts';
import { citedAs } from './cite.ts';
import { repeatsOf } from './repeats.ts';
import { anchorOf, type Anchor, type Cited, type Context } from './rule.ts';
import { back, forth } from './span.ts';

interface Counting {
  /** Of the rule that counts. */
  readonly rule: string;
  readonly seconds: number;
}

export interface Burst {
  /** Whom it is counted for, with the place where the count has one. */
  readonly who: string;
  /** All of the window that ends with the anchor. */
  readonly events: readonly TrailEvent[];
}

/** The event's own window, and those after it that it is part of: it may have come late. */
export function burstAnchors(
  record: Anchor,
  { facts }: Context,
  { rule, seconds }: Counting,
): readonly Anchor[] {
  return subjectsOf(record, rule).flatMap((subject) =>
    facts.witnesses('repeat', subject, forth(record.time, seconds * 1000)).map(anchorOf),
  );
}

export function burstsAt(anchor: Anchor, { facts }: Context, { rule, seconds }: Counting): readonly Burst[] {
  return subjectsOf(anchor, rule).map((subject) => ({
    who: subject.slice(rule.length + 1),
    events: facts.witnesses('repeat', subject, back(anchor.time, seconds * 1000)),
  }));
}

const subjectsOf = (record: Anchor, rule: string): readonly string[] =>
  record.kind === 'event' ? repeatsOf(record.event).filter((subject) => subject.startsWith(`${rule}|`)) : [];

/** A verdict over thousands rests on these as well as on all. */
export const MAX_CITED = 100;

/** The latest of the counted. */
export const citedOf = (role: string, events: readonly TrailEvent[]): readonly Cited[] =>
  events.slice(-MAX_CITED).map((event) => citedAs(role, event));

/** The first of each thing: what repeats another is left out. */
export function firstOfEach(
  events: readonly TrailEvent[],
  thingOf: (event: TrailEvent) => string,
): readonly TrailEvent[] {
  const first = new Map<string, TrailEvent>();
  for (const event of events) {
    const thing = thingOf(event);
    if (!first.has(thing)) first.set(thing, event);
  }
  return [...first.values()];
}

/** For evidence: in order, each once, few. */
export const listed = (texts: readonly (string | undefined)[]): string =>
  [...new Set(texts.filter((text) => text !== undefined))].toSorted().slice(0, 10).join(', ');
