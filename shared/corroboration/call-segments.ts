/** The calls around a moment, of a part of the group's timeline that is the same whatever is asked of it (segments.ts). */
import type { TrailEvent } from '../model/trail-event.ts';
import { timestampOf } from '../store/timestamp.ts';
import {
  HOP_KINDS,
  hopKindOf,
  isApiRecord,
  isForgeable,
  isPassed,
  isStart,
  isUnanswered,
  type CallRecord,
  type HopKind,
} from './call-records.ts';
import { callsThrough, startsOf, toRecords, type Call } from './calls.ts';
import { derived } from './derived.ts';
import type { Facts, Span } from './facts.ts';
import { byTime } from './matching.ts';
import { memo } from './memo.ts';
import { anchorOf, type Anchor } from './rule.ts';
import { CELL_MS, cellOf, cellStart, cutOf, type Cut, type Row } from './segments.ts';

export interface Segment {
  readonly from: Cut;
  readonly until: Cut;
  /** Of the segment and of the cells around: what lies outside is there for pairs across a cut that does not divide. */
  readonly starts: readonly Call[];
  /** Records of the API one by one, refused calls among them. */
  readonly answers: readonly Call[];
  readonly hops: Readonly<Record<HopKind, readonly Call[]>>;
  /** Of each record of a start: the start. */
  readonly startOf: ReadonlyMap<string, Call>;
  readonly unanswered: readonly Call[];
  readonly forgeable: readonly Call[];
}

/**
 * Records of the starts within the segment, as anchors of verdicts. Of the records of one start the first answers for all: which one
 * that is changes when an earlier one comes late, and then what was said of the other is taken back.
 */
export const startAnchors = memo((segment: Segment): readonly Anchor[] =>
  segment.starts
    .filter((start) => isWithin(segment, start))
    .flatMap(({ events }) => events.map((event) => anchorOf(event))),
);

export const isWithin = ({ from, until }: Segment, { at }: { readonly at: number }): boolean =>
  at >= from.at && at < until.at;

/** Records of a cell, as one question. */
interface Cell {
  readonly events: readonly TrailEvent[];
  readonly starts: readonly CallRecord[];
  readonly answers: readonly CallRecord[];
  readonly passed: readonly CallRecord[];
}

const timestamp = (at: number): string => timestampOf(new Date(at));

/** Spans of cells that were asked for of late: a round asks for the same few, over and over. */
const spans = new Map<number, Span>();
const MAX_SPANS = 4096;

function spanOfCell(cell: number): Span {
  let span = spans.get(cell);
  if (span === undefined) {
    span = {
      from: timestamp(cellStart(cell)),
      until: `${timestamp(cellStart(cell + 1) - 1).slice(0, 23)}999999Z`,
    };
    if (spans.size >= MAX_SPANS) spans.clear();
    spans.set(cell, span);
  }
  return span;
}

/** Answers of facts are the same object as long as they are the same. */
const recordsOf = memo((events: readonly TrailEvent[]): Cell => {
  const of = (holds: (event: TrailEvent) => boolean): readonly CallRecord[] =>
    toRecords(events.filter(holds)).toSorted(byTime);
  return { events, starts: of(isStart), answers: of(isApiRecord), passed: of(isPassed) };
});

const cellAt = (group: string, cell: number, facts: Facts): Cell =>
  recordsOf(facts.witnesses('call', group, spanOfCell(cell)));

const keyOfCell = (group: string, cell: number): string => `${cell} ${group}`;

const cutOnce = derived(keyOfCell, (facts, group, cell) => cutNow(group, cell, facts));
const cutAfter = (group: string, cell: number, facts: Facts): Cut => cutOnce(facts, group, cell);

function cutNow(group: string, cell: number, facts: Facts): Cut {
  const own = cellAt(group, cell, facts);
  const next = cellAt(group, cell + 1, facts);
  const row: Row = {
    starts: [...own.starts, ...next.starts],
    hops: HOP_KINDS.map((kind) =>
      [...own.passed, ...next.passed].filter(({ event }) => hopKindOf(event) === kind),
    ),
  };
  return cutOf(cell, row);
}

const segmentOnce = derived(keyOfCell, (facts, group, cell) => segmentNow(group, cell, facts));

/** The segment that ends in this cell. */
export const segmentEndingIn = (group: string, cell: number, facts: Facts): Segment =>
  segmentOnce(facts, group, cell);

function segmentNow(group: string, cell: number, facts: Facts): Segment {
  const around = [cell - 1, cell, cell + 1].map((one) => cellAt(group, one, facts));
  const from = cutAfter(group, cell - 1, facts);
  const until = cutAfter(group, cell, facts);
  const passed = around.flatMap((one) => one.passed);
  const others = (holds: (event: TrailEvent) => boolean): readonly Call[] => {
    const records = toRecords(around.flatMap(({ events }) => events.filter(holds)));
    return HOP_KINDS.flatMap((kind) => callsThrough(kind, records)).toSorted(byTime);
  };
  const starts = startsOf(around.flatMap((one) => one.starts));
  return {
    from,
    until,
    starts,
    startOf: new Map(starts.flatMap((start) => start.events.map(({ id }) => [id, start] as const))),
    answers: around.flatMap(({ answers }) => answers.flatMap((one) => startsOf([one]))),
    hops: { gateway: callsThrough('gateway', passed), mesh: callsThrough('mesh', passed) },
    unanswered: others(isUnanswered),
    forgeable: others(isForgeable),
  };
}

export const segmentOf = (group: string, time: string, facts: Facts): Segment =>
  segmentEndingIn(group, endCellOf(group, Date.parse(time), facts), facts);

/** Every segment of which a part lies in this time, in milliseconds; the earliest first. */
export function segmentsIn(group: string, from: number, until: number, facts: Facts): readonly Segment[] {
  const found: Segment[] = [];
  const last = endCellOf(group, until, facts);
  for (let cell = endCellOf(group, from, facts); cell <= last; cell += 1)
    found.push(segmentEndingIn(group, cell, facts));
  return found;
}

/** The cell in which the segment of a moment ends. */
function endCellOf(group: string, at: number, facts: Facts): number {
  const cell = cellOf(at);
  return at < cutAfter(group, cell, facts).at ? cell : cell + 1;
}

/** Every segment that looks different since there is a record of this time. */
export function segmentsAround(group: string, time: string, facts: Facts): readonly Segment[] {
  const at = Date.parse(time);
  const cell = cellOf(at);
  // In the first half of its cell a record has to do with the cut before, too.
  const first = at - cellStart(cell) < CELL_MS / 2 ? cell - 1 : cell;
  const found: Segment[] = [];
  for (let one = first; one <= cell + 1; one += 1) found.push(segmentEndingIn(group, one, facts));
  return found;
}
