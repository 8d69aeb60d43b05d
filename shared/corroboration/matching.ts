/**
 * Who belongs to whom, one to one: records of one thing in two logs. Strong keys first, each in its order; of the rest as many
 * as there can be (maximum cardinality), so that neither the order of arrival nor nearness leaves one over that had a partner:
 * of n anchors with m < n partners exactly n - m stay alone. Nearness only decides which. A function of the two sets.
 */
import type { Join } from './rule.ts';

/** A record, or several of one call, of either side. */
export interface Side {
  readonly id: string;
  /** Milliseconds. */
  readonly at: number;
  /** Everybody whom it names. */
  readonly identities: ReadonlySet<string>;
  /** What names the call itself, by the strength of the join that it makes. */
  readonly keys: Readonly<Partial<Record<StrongJoin, readonly string[]>>>;
}

export type StrongJoin = Extract<Join, 'request-id' | 'job-id' | 'operation-id'>;
const STRONG: readonly StrongJoin[] = ['request-id', 'job-id', 'operation-id'];

export interface Pairing<A extends Side, P extends Side> {
  /** Whether both may be of one call, whoever made it: time and place. */
  readonly fits: (anchor: A, partner: P) => boolean;
  /** Milliseconds: farther apart than this nothing fits. */
  readonly reach: number;
  /** These keep a partner before others get one. */
  readonly first?: ReadonlySet<A>;
}

export interface Pair<P> {
  readonly partner: P;
  readonly join: Join;
}

/** Anchors of which some are left over, and nothing tells which. */
export interface Crowd<A, P> {
  readonly anchors: readonly A[];
  readonly partners: readonly P[];
  readonly alone: readonly A[];
}

export interface Matching<A, P> {
  readonly pairs: ReadonlyMap<A, Pair<P>>;
  /** For each anchor without a partner: those with whom it could change places. */
  readonly alone: ReadonlyMap<A, Crowd<A, P>>;
  readonly partnersAlone: readonly P[];
}

export const shareIdentity = (a: Side, b: Side): boolean => {
  const [few, many] = a.identities.size < b.identities.size ? [a, b] : [b, a];
  for (const id of few.identities) if (many.identities.has(id)) return true;
  return false;
};

export function match<A extends Side, P extends Side>(
  anchors: readonly A[],
  partners: readonly P[],
  pairing: Pairing<A, P>,
): Matching<A, P> {
  const left = anchors.toSorted(byTime);
  const right = partners.toSorted(byTime);
  const pairs = new Map<A, Pair<P>>();
  const taken = new Set<P>();
  for (const join of STRONG) pairByKey(join, left, right, pairing, pairs, taken);
  const alone = new Map<A, Crowd<A, P>>();
  for (const known of componentsOf(
    left.filter((anchor) => !pairs.has(anchor)),
    right.filter((partner) => !taken.has(partner)),
  )) {
    const found = pairAlike(known.anchors, known.partners, pairing);
    for (const [anchor, partner] of found.pairs) {
      pairs.set(anchor, { partner, join: 'identity-and-time' });
      taken.add(partner);
    }
    for (const crowd of found.crowds) for (const anchor of crowd.alone) alone.set(anchor, crowd);
  }
  return { pairs, alone, partnersAlone: right.filter((partner) => !taken.has(partner)) };
}

export const byTime = (a: Side, b: Side): number => a.at - b.at || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/**
 * Pairs by one kind of key. Whoever submits a job chooses what it carries: of several that carry one key, those of whom the
 * partner names somebody come first, so that a copied key takes nobody's partner away.
 */
function pairByKey<A extends Side, P extends Side>(
  join: StrongJoin,
  left: readonly A[],
  right: readonly P[],
  { fits }: Pairing<A, P>,
  pairs: Map<A, Pair<P>>,
  taken: Set<P>,
): void {
  const byKey = new Map<string, P[]>();
  for (const partner of right) {
    for (const key of partner.keys[join] ?? []) {
      const known = byKey.get(key);
      if (known === undefined) byKey.set(key, [partner]);
      else known.push(partner);
    }
  }
  if (byKey.size === 0) return;
  for (const accepts of [shareIdentity, anybody]) {
    for (const anchor of left) {
      if (pairs.has(anchor)) continue;
      const partner = (anchor.keys[join] ?? [])
        .flatMap((key) => byKey.get(key) ?? [])
        .find((one) => !taken.has(one) && fits(anchor, one) && accepts(anchor, one));
      if (partner === undefined) continue;
      pairs.set(anchor, { partner, join });
      taken.add(partner);
    }
  }
}

const anybody = (): boolean => true;

interface Component<A, P> {
  readonly anchors: readonly A[];
  readonly partners: readonly P[];
}

/** Those that are tied by identities, over any number of steps. Nobody else can ever be a pair. */
function componentsOf<A extends Side, P extends Side>(
  left: readonly A[],
  right: readonly P[],
): readonly Component<A, P>[] {
  const heads = new Map<string, string>();
  const headOf = (id: string): string => {
    let head = id;
    for (let up = heads.get(head); up !== undefined && up !== head; up = heads.get(head)) head = up;
    heads.set(id, head);
    return head;
  };
  for (const side of [...left, ...right]) {
    const [first, ...others] = side.identities;
    if (first === undefined) continue;
    for (const other of others) heads.set(headOf(other), headOf(first));
  }
  const components = new Map<string, { anchors: A[]; partners: P[] }>();
  const of = (side: Side): { anchors: A[]; partners: P[] } => {
    const [first] = side.identities;
    // Whoever names nobody is alone.
    const head = first === undefined ? ` ${side.id}` : headOf(first);
    let component = components.get(head);
    if (component === undefined) components.set(head, (component = { anchors: [], partners: [] }));
    return component;
  };
  for (const anchor of left) of(anchor).anchors.push(anchor);
  for (const partner of right) of(partner).partners.push(partner);
  return [...components.values()];
}

const NOBODY = -1;

interface Paired<A, P> {
  readonly pairs: readonly (readonly [A, P])[];
  readonly crowds: readonly Crowd<A, P>[];
}

/** Maximum cardinality by augmenting paths, over two lists in the order of time. */
function pairAlike<A extends Side, P extends Side>(
  left: readonly A[],
  right: readonly P[],
  { fits, reach, first }: Pairing<A, P>,
): Paired<A, P> {
  const mateOfLeft = new Int32Array(left.length).fill(NOBODY);
  const mateOfRight = new Int32Array(right.length).fill(NOBODY);

  const mayPair = (anchor: A, partner: P | undefined): boolean =>
    partner !== undefined && shareIdentity(anchor, partner) && fits(anchor, partner);

  /** Milliseconds to the nearest partner that it may have, the earlier of two. */
  function nearest(anchor: A): readonly [distance: number, partner: number] {
    let up = firstFrom(right, anchor.at);
    let down = up - 1;
    for (;;) {
      const before = down < 0 ? Infinity : anchor.at - (right[down]?.at ?? 0);
      const after = up >= right.length ? Infinity : (right[up]?.at ?? 0) - anchor.at;
      const distance = Math.min(before, after);
      if (distance > reach) return [Infinity, NOBODY];
      const p = before <= after ? down-- : up++;
      if (mayPair(anchor, right[p])) return [distance, p];
    }
  }

  /** Partners that an anchor may have and that were not seen yet; they are from now on. */
  function* around(a: number, seen: Skips): Generator<number> {
    const anchor = left[a];
    if (anchor === undefined) return;
    const end = anchor.at + reach;
    for (let p = seen.next(firstFrom(right, anchor.at - reach)); p < right.length; p = seen.next(p + 1)) {
      if ((right[p]?.at ?? Infinity) > end) return;
      if (!mayPair(anchor, right[p])) continue;
      seen.add(p);
      yield p;
    }
  }

  /** The shortest way to a free partner over anchors that change theirs, taken where there is one. */
  function augment(start: number, seen: Skips): boolean {
    const askedBy = new Map<number, number>();
    const queue = [start];
    for (let next = 0; next < queue.length; next += 1) {
      const a = queue[next] ?? start;
      for (const p of around(a, seen)) {
        askedBy.set(p, a);
        const mate = mateOfRight[p] ?? NOBODY;
        if (mate === NOBODY) {
          take(p, start, askedBy);
          return true;
        }
        queue.push(mate);
      }
    }
    return false;
  }

  function take(free: number, start: number, askedBy: ReadonlyMap<number, number>): void {
    for (let p = free; ;) {
      const taker = askedBy.get(p) ?? start;
      const given = mateOfLeft[taker] ?? NOBODY;
      mateOfLeft[taker] = p;
      mateOfRight[p] = taker;
      if (taker === start) return;
      p = given;
    }
  }

  // The nearest first: whoever has a partner keeps one, so that those left over are the ones whose would be the farthest.
  const order = left
    .map((anchor, a) => ({ a, last: first?.has(anchor) === true ? 0 : 1, near: nearest(anchor) }))
    .toSorted(
      (one, other) => one.last - other.last || compare(one.near[0], other.near[0]) || one.a - other.a,
    );
  let dead = createSkips(right.length);
  for (const { a, near } of order) {
    const [distance, p] = near;
    if (distance === Infinity) continue;
    if (mateOfRight[p] === NOBODY) {
      mateOfLeft[a] = p;
      mateOfRight[p] = a;
      continue;
    }
    const seen = dead.copy();
    // Where no way leads to a free partner, none ever will: what was searched is left out of later searches.
    if (!augment(a, seen)) dead = seen;
  }

  return {
    pairs: left.flatMap((anchor, a) => {
      const partner = right[mateOfLeft[a] ?? NOBODY];
      return partner === undefined ? [] : [[anchor, partner] as const];
    }),
    crowds: crowds(),
  };

  /** Each anchor that is left over, with those whose place it could have over the same ways. */
  function crowds(): readonly Crowd<A, P>[] {
    const groupOf = new Map<number, Group>();
    const groups = new Set<Group>();
    for (const [start] of left.entries()) {
      if (mateOfLeft[start] !== NOBODY) continue;
      const group: Group = { anchors: new Set([start]), partners: new Set() };
      const seen = createSkips(right.length);
      const queue = [start];
      for (let next = 0; next < queue.length; next += 1) {
        for (const p of around(queue[next] ?? start, seen)) {
          const known = groupOf.get(p);
          if (known !== undefined && known !== group) {
            absorb(group, known);
            groups.delete(known);
            for (const other of known.partners) {
              groupOf.set(other, group);
              seen.add(other);
            }
            continue;
          }
          group.partners.add(p);
          groupOf.set(p, group);
          const mate = mateOfRight[p] ?? NOBODY;
          if (mate === NOBODY) continue;
          group.anchors.add(mate);
          queue.push(mate);
        }
      }
      groups.add(group);
    }
    return [...groups].map(({ anchors, partners }) => {
      const ordered = [...anchors].toSorted((a, b) => a - b);
      return {
        anchors: ordered.flatMap((a) => left[a] ?? []),
        partners: [...partners].toSorted((a, b) => a - b).flatMap((p) => right[p] ?? []),
        alone: ordered.flatMap((a) => (mateOfLeft[a] === NOBODY ? (left[a] ?? []) : [])),
      };
    });
  }
}

interface Group {
  readonly anchors: Set<number>;
  readonly partners: Set<number>;
}

function absorb(into: Group, from: Group): void {
  for (const a of from.anchors) into.anchors.add(a);
  for (const p of from.partners) into.partners.add(p);
}

const compare = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1);

/** Index of the first that is not earlier. */
export function firstFrom(sorted: readonly { readonly at: number }[], at: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle]?.at ?? 0) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Those of a list in the order of time that lie no farther than this from a moment, both in milliseconds. */
export const nearIn = <S extends { readonly at: number }>(
  sorted: readonly S[],
  at: number,
  reach: number,
): readonly S[] => sorted.slice(firstFrom(sorted, at - reach), firstFrom(sorted, at + reach + 1));

/** Indices of which some are passed over, so that a search looks at each once, however often it comes by. */
interface Skips {
  /** The first from here that is not passed over. */
  next(index: number): number;
  add(index: number): void;
  copy(): Skips;
}

function createSkips(
  size: number,
  skips: Int32Array = Int32Array.from({ length: size + 1 }, (_, i) => i),
): Skips {
  const next = (index: number): number => {
    let end = Math.min(index, size);
    while (skips[end] !== end) end = skips[end] ?? size;
    for (let at = Math.min(index, size); skips[at] !== end && at < end;) {
      const then = skips[at] ?? end;
      skips[at] = end;
      at = then;
    }
    return end;
  };
  return {
    next,
    add: (index) => {
      skips[index] = next(index + 1);
    },
    copy: () => createSkips(size, skips.slice()),
  };
}
