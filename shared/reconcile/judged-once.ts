/**
 * What one round has judged already. Records come in the order of time and lead to what comes after them, so that the same few
 * thousand anchors are led to by one batch after the other; while nobody stores records that the round would have to look at, their
 * verdicts come out the same.
 */
import type { Anchor, Rule } from '../corroboration/rule.ts';
import type { Judged } from '../corroboration/settle.ts';
import type { WorkItem } from '../store/work.ts';

export interface JudgedOnce {
  readonly has: (rule: Rule, anchor: Anchor) => boolean;
  /** After a batch: its items, and what was judged. */
  readonly add: (items: readonly WorkItem[], judged: readonly Pick<Judged, 'rule' | 'anchor'>[]) => void;
}

/** Ids that are remembered; then all are forgotten, and judged again where something leads to them. */
const MOST = 500_000;

export function createJudgedOnce(most = MOST): JudgedOnce {
  const taken = new Set<string>();
  const seen = new Map<Rule, Set<string>>();
  let size = 0;
  return {
    // An event may have a second content that nothing led to so far: with its own item all of them are judged.
    has: (rule, { kind, id }) => (kind === 'event' ? taken.has(id) : seen.get(rule)?.has(id) === true),
    add(items, judged) {
      if (size > most) {
        taken.clear();
        seen.clear();
        size = 0;
      }
      for (const { id, sighting } of items) if (sighting === undefined) taken.add(id);
      for (const { rule, anchor } of judged) {
        if (anchor.kind !== 'sighting') continue;
        const ofRule = seen.get(rule) ?? new Set<string>();
        seen.set(rule, ofRule.add(anchor.id));
        size += 1;
      }
      size += items.length;
    },
  };
}
