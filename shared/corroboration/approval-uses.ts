/**
 * How often approvals were used, one use for one approval. Uses come in the order of their time, and an earlier one keeps what
 * it has: of which approval a use is counts only in so far as others find one too, so that a use that could have had another
 * approval takes none away.
 */
import { msBetween } from './span.ts';
import type { TrailEvent } from '../model/trail-event.ts';

/** One run, or one push: what an approval that may be used once is for. */
export interface Use {
  /** The first event of it. */
  readonly event: TrailEvent;
  readonly ids: ReadonlySet<string>;
}

/** Writes of one identity without a longer pause are one push: of a push of a thousand objects each has a record. */
const PAUSE_MS = 10 * 60_000;

/** @param events in the order of time and id */
export function usesOf(events: readonly TrailEvent[]): readonly Use[] {
  interface Open {
    readonly event: TrailEvent;
    readonly ids: Set<string>;
    last: string;
  }
  const open = new Map<string, Open>();
  const uses: Open[] = [];
  for (const event of events) {
    const key = keyOf(event);
    const known = open.get(key);
    if (known !== undefined && (event.job !== undefined || msBetween(known.last, event.time) <= PAUSE_MS)) {
      known.ids.add(event.id);
      known.last = event.time;
      continue;
    }
    const use: Open = { event, ids: new Set([event.id]), last: event.time };
    open.set(key, use);
    uses.push(use);
  }
  return uses;
}

/** What a job does is part of its run; what names no job is a push of whoever makes it. */
const keyOf = ({ id, job, action, actor }: TrailEvent): string =>
  JSON.stringify(
    job !== undefined
      ? ['job', job]
      : action.startsWith('data.')
        ? ['push', action, actor?.id ?? '']
        : ['event', id],
  );

export interface Supply {
  readonly id: string;
  readonly uses: number;
}

/**
 * The uses that have an approval. Of all ways to give approvals out the one in which the most uses have one, the earlier before the later.
 * @param choices for each use, in their order, the approvals that hold for it
 */
export function supplied(choices: readonly (readonly Supply[])[]): readonly boolean[] {
  const holders = new Map<string, number[]>();
  const has = choices.map(() => false);
  const place = (use: number, tried: Set<string>): boolean => {
    for (const { id, uses } of choices[use] ?? []) {
      if (tried.has(id)) continue;
      tried.add(id);
      const taken = holders.get(id) ?? [];
      holders.set(id, taken);
      if (taken.length < uses) {
        taken.push(use);
        return true;
      }
      const moved = taken.findIndex((other) => place(other, tried));
      if (moved >= 0) {
        taken[moved] = use;
        return true;
      }
    }
    return false;
  };
  choices.forEach((_, use) => {
    has[use] = place(use, new Set());
  });
  return has;
}
