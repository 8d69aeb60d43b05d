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

export interface Bench {
  readonly name: string;
  readonly about: string;
  run(): Promise<readonly (BenchResult | Skipped)[]>;
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

/** As inTurns, but floor and subject take turns on each part of the work; a round's time is the sum over its parts. */
export async function partsInTurns<T>(
  options: { readonly warmup: number; readonly rounds: number },
  parts: readonly T[],
  floor: (part: T) => unknown,
  subject: (part: T) => unknown,
): Promise<{ readonly floor: number; readonly subject: number; readonly ratio: number }> {
  const rounds: { floor: number; subject: number }[] = [];
  for (let turn = 0; turn < options.warmup + options.rounds; turn += 1) {
    const sums = { floor: 0, subject: 0 };
    for (const part of parts) {
      sums.floor += await timed(() => floor(part));
      sums.subject += await timed(() => subject(part));
    }
    if (turn >= options.warmup) rounds.push(sums);
  }
  return {
    floor: median(rounds.map((sums) => sums.floor)),
    subject: median(rounds.map((sums) => sums.subject)),
    ratio: median(rounds.map((sums) => sums.subject / sums.floor)),
  };
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
