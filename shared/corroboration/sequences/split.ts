/** Pieces of an entry that Cloud Logging cut: the one count of what should be there that the log itself gives. */
import { later } from '../../alerts/times.ts';
import { evidence } from '../../detections/evidence.ts';
import { whoOf } from '../../detections/kinds.ts';
import type { TrailEvent } from '../../model/trail-event.ts';
import { MAX_CITED } from '../bursts.ts';
import { citedAs } from '../cite.ts';
import type { Context, Judgement } from '../rule.ts';
import { around, msBetween } from '../span.ts';
import { awaitedOf, isOnJob, untilOf } from './waiting.ts';

/** Pieces come out of one entry and have its time; later ones may have been dated by their writing. */
const SPAN_MS = 10 * 60_000;
/** Or longer, where records of their way are allowed to be later. */
const BUDGET_MS = 10 * 60_000;
const MAX_LISTED = 20;

/** Every piece of the event's entry, itself among them; none where the entry is whole. */
export const piecesOf = ({ split, time }: TrailEvent, { facts }: Context): readonly TrailEvent[] =>
  split === undefined ? [] : facts.witnesses('split', split.uid, around(time, SPAN_MS));

/** The verdict is the first piece's. */
export function judgeSplit(event: TrailEvent, context: Context): readonly Judgement[] {
  const { split } = event;
  if (split === undefined) return [];
  const pieces = piecesOf(event, context);
  if (pieces[0]?.id !== event.id) return [];
  const indexes = new Set(pieces.flatMap((piece) => piece.split?.index ?? []));
  const told = pieces.reduce((most, piece) => Math.max(most, piece.split?.total ?? 0), 0);
  const total = [...indexes].reduce((most, index) => Math.max(most, index + 1), told);
  const common = {
    about: 'split',
    cited: pieces.slice(0, MAX_CITED).map((piece) => citedAs('piece', piece)),
  };
  const until = [untilOf(event, 0, context), later(event.time, BUDGET_MS)].toSorted()[1] ?? event.time;
  if (indexes.size === total) {
    if (told === 0)
      return [{ verdict: 'undetermined', reason: 'how many pieces there are is not recorded', ...common }];
    const received =
      pieces
        .flatMap(({ receiveTime }) => receiveTime ?? [])
        .toSorted()
        .at(-1) ?? until;
    const lateMs = Math.max(0, msBetween(until, received));
    return [{ verdict: 'satisfied', reason: 'every piece is here', lateMs, ...common }];
  }
  const missing = total - indexes.size;
  return [
    {
      verdict: 'waiting',
      about: 'split',
      until,
      on: awaitedOf(event),
      otherwise: {
        verdict: 'violated',
        ...common,
        found: {
          key: `split:${split.uid}`,
          severity: pieces.some(isOnJob) ? 'high' : 'medium',
          summary: `An entry of ${event.source} came without ${missing} of its ${total} pieces; it is about ${event.action} by ${whoOf(event)}.`,
          evidence: evidence(
            ['sequence', split.uid],
            ['missing', firstMissing(indexes, total)],
            ['pieces', total],
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

/** Indexes that are not here, the first of them. */
function firstMissing(indexes: ReadonlySet<number>, total: number): string {
  const missing: number[] = [];
  // Not further than a gap can be: what is here bounds how far the first of those missing lie.
  for (let index = 0; index < total && missing.length < MAX_LISTED; index += 1) {
    if (!indexes.has(index)) missing.push(index);
  }
  return missing.join(', ');
}
