/**
 * What the benches share. A bench measures its subject and its floor in turns within one run and reports the ratio of
 * the medians: the machine's mood hits both alike.
 */
export interface BenchResult {
  readonly name: string;
  /** Subject against floor; which way is better depends on the kind of budget. */
  readonly ratio: number;
  readonly budget: number;
  /** `at-most`: time ratios. `at-least`: throughput ratios. */
  readonly kind: 'at-most' | 'at-least';
  /** Figures a reader needs to judge the ratio. */
  readonly detail: Readonly<Record<string, number | string>>;
}

export const within = (result: BenchResult): boolean =>
  result.kind === 'at-most' ? result.ratio <= result.budget : result.ratio >= result.budget;

/** What could not be measured on this machine, and what it would take. */
export interface Skipped {
  readonly name: string;
  readonly skipped: string;
}

/** A ratio that has no budget of its own: what another one is made of, or the same under other circumstances. */
export interface Told {
  readonly name: string;
  readonly ratio: number;
  readonly detail: Readonly<Record<string, number | string>>;
}

export interface Bench {
  readonly name: string;
  readonly about: string;
  run(): Promise<readonly (BenchResult | Told | Skipped)[]>;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** Runs floor and subject in turns, `rounds` times after `warmup`; milliseconds of each. */
export async function inTurns(
  options: { readonly warmup: number; readonly rounds: number },
  floor: () => unknown,
  subject: () => unknown,
): Promise<{ readonly floor: number; readonly subject: number; readonly ratio: number }> {
  const floors: number[] = [];
  const subjects: number[] = [];
  for (let round = 0; round < options.warmup + options.rounds; round += 1) {
    const a = await timed(floor);
    const b = await timed(subject);
    if (round < options.warmup) continue;
    floors.push(a);
    subjects.push(b);
  }
  const result = { floor: median(floors), subject: median(subjects) };
  return { ...result, ratio: result.subject / result.floor };
}

/** Milliseconds of a round. */
export interface Share {
  readonly floor: number;
  readonly subject: number;
}

export interface Rounds<K> {
  /** All groups together. */
  readonly all: Share;
  /** Median over the rounds of the ratio of all groups together. */
  readonly median: number;
  readonly groups: ReadonlyMap<K, Share>;
}

/**
 * As inTurns, of work that only computes and is made of groups of turns. Before, every group has `warmup` turns, so that a
 * rare one is as warm as a frequent one. Milliseconds are processor time of this process, so that what else the machine
 * does is not counted and the threads of collector and compiler are. Neighbours still cost it time, by the caches they
 * share, and cost the larger program more; they only ever add, so a share is that of the least disturbed round of each.
 */
export function groupsInTurns<K, T>(
  options: { readonly warmup: number; readonly rounds: number },
  turns: readonly { readonly group: K; readonly work: T }[],
  floor: (work: T) => void,
  subject: (work: T, group: K) => void,
): Rounds<K> {
  for (const [group, ofGroup] of Map.groupBy(turns, (turn) => turn.group)) {
    for (let turn = 0; turn < options.warmup; turn += ofGroup.length) {
      for (const { work } of ofGroup) {
        floor(work);
        subject(work, group);
      }
    }
  }
  const rounds = Array.from({ length: options.rounds }, () => {
    const groups = new Map<K, { floor: number; subject: number }>();
    const all = { floor: 0, subject: 0 };
    for (const { group, work } of turns) {
      const share = groups.get(group) ?? { floor: 0, subject: 0 };
      groups.set(group, share);
      const below = processorTime(() => floor(work));
      const above = processorTime(() => subject(work, group));
      for (const sum of [share, all]) {
        sum.floor += below;
        sum.subject += above;
      }
    }
    return { groups, all };
  });
  const names = new Set(turns.map(({ group }) => group));
  return {
    all: leastOf(rounds.map(({ all }) => all)),
    median: median(rounds.map(({ all }) => all.subject / all.floor)),
    groups: new Map(
      Array.from(names, (name) => [name, leastOf(rounds.flatMap(({ groups }) => groups.get(name) ?? []))]),
    ),
  };
}

const leastOf = (shares: readonly Share[]): Share => ({
  floor: Math.min(...shares.map(({ floor }) => floor)),
  subject: Math.min(...shares.map(({ subject }) => subject)),
});

/** Milliseconds, all threads of the process, in user and system mode. */
function processorTime(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

export function chunks<T>(items: readonly T[], size: number): T[][] {
  const parts: T[][] = [];
  for (let at = 0; at < items.length; at += size) parts.push(items.slice(at, at + size));
  return parts;
}

export async function timed(work: () => unknown): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

export const round = (value: number, digits = 2): number => Number(value.toFixed(digits));
