/** Figures of one seed, which add up over seeds; and what is reported of them all. */
import { lowerBound, quantile } from './statistics.ts';

export interface RuleFigures {
  injected: number;
  found: number;
  /** By variant: injected and found. */
  variants: Record<string, [injected: number, found: number]>;
  /** Findings that nothing explains: nothing of what they are about came late, and the others. */
  falseWithin: number;
  falseBeyond: number;
  /** Of the false ones, those that later evidence took back. */
  takenBack: number;
  /** Findings, and how many different alerts they are. */
  findings: number;
  alerts: number;
  undetermined: number;
  /** Milliseconds from what a finding is about to the verdict; and beyond what it had to wait for. */
  delays: number[];
  beyond: number[];
}

export interface SeedFigures {
  readonly seed: number;
  readonly entries: number;
  readonly jobs: number;
  readonly quarantined: number;
  readonly verdicts: number;
  /** Last words that are undetermined, or still waited at the end; about no time of an outage. */
  readonly undetermined: number;
  readonly undeterminedInOutages: number;
  readonly waiting: number;
  /** Verdicts of violation that later evidence turned. */
  readonly resolved: number;
  readonly rules: Readonly<Record<string, RuleFigures>>;
  readonly errors: Readonly<Record<string, number>>;
  readonly seconds: number;
  /** The first of what was missed and of what is false, to look at. */
  readonly examples: readonly string[];
}

export const newFigures = (): RuleFigures => ({
  injected: 0,
  found: 0,
  variants: {},
  falseWithin: 0,
  falseBeyond: 0,
  takenBack: 0,
  findings: 0,
  alerts: 0,
  undetermined: 0,
  delays: [],
  beyond: [],
});

export function added(all: readonly SeedFigures[]): ReadonlyMap<string, RuleFigures> {
  const sums = new Map<string, RuleFigures>();
  for (const { rules } of all) {
    for (const [rule, one] of Object.entries(rules)) {
      const sum = sums.get(rule) ?? newFigures();
      sums.set(rule, sum);
      sum.injected += one.injected;
      sum.found += one.found;
      sum.falseWithin += one.falseWithin;
      sum.falseBeyond += one.falseBeyond;
      sum.takenBack += one.takenBack;
      sum.findings += one.findings;
      sum.alerts += one.alerts;
      sum.undetermined += one.undetermined;
      sum.delays.push(...one.delays);
      sum.beyond.push(...one.beyond);
      for (const [variant, [injected, found]] of Object.entries(one.variants)) {
        const known = (sum.variants[variant] ??= [0, 0]);
        known[0] += injected;
        known[1] += found;
      }
    }
  }
  return new Map([...sums].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

const seconds = (ms: number | undefined): number | undefined =>
  ms === undefined ? undefined : Math.round(ms / 1000);

/** One line of the report, as data. */
export interface RuleReport {
  readonly rule: string;
  readonly injected: number;
  readonly found: number;
  readonly missed: number;
  readonly false: number;
  readonly falseWithinGrace: number;
  /** Lower end of the exact one-sided 95 % interval. */
  readonly recall: number;
  readonly medianSeconds: number | undefined;
  readonly p99Seconds: number | undefined;
  readonly maxBeyondGraceSeconds: number | undefined;
  readonly takenBack: number;
  readonly undetermined: number;
  readonly alerts: number;
  readonly variants: Readonly<Record<string, readonly [injected: number, found: number]>>;
}

export function reportOf(rule: string, one: RuleFigures): RuleReport {
  return {
    rule,
    injected: one.injected,
    found: one.found,
    missed: one.injected - one.found,
    false: one.falseWithin + one.falseBeyond,
    falseWithinGrace: one.falseWithin,
    recall: lowerBound(one.found, one.injected),
    medianSeconds: seconds(quantile(one.delays, 0.5)),
    p99Seconds: seconds(quantile(one.delays, 0.99)),
    maxBeyondGraceSeconds: seconds(quantile(one.beyond, 1)),
    takenBack: one.takenBack,
    undetermined: one.undetermined,
    alerts: one.alerts,
    variants: one.variants,
  };
}

export interface Report {
  readonly seeds: readonly number[];
  readonly jobs: number;
  readonly entries: number;
  readonly quarantined: number;
  readonly rules: readonly RuleReport[];
  readonly falsePer10000JobsWithinGrace: number;
  readonly falsePer10000JobsBeyondGrace: number;
  readonly alertsPer1000Jobs: number;
  readonly verdicts: number;
  readonly undeterminedShare: number;
  readonly undeterminedInOutages: number;
  readonly autoResolved: number;
  readonly errors: Readonly<Record<string, number>>;
  readonly seconds: number;
  readonly examples: readonly string[];
}

export function report(all: readonly SeedFigures[]): Report {
  const sum = (of: (one: SeedFigures) => number): number => all.reduce((total, one) => total + of(one), 0);
  const rules = [...added(all)].map(([rule, one]) => reportOf(rule, one));
  const jobs = sum((one) => one.jobs);
  const verdicts = sum((one) => one.verdicts);
  const per = (count: number, of: number): number => (jobs === 0 ? 0 : (count * of) / jobs);
  const over = (of: (one: RuleReport) => number): number => rules.reduce((total, one) => total + of(one), 0);
  const errors: Record<string, number> = {};
  for (const one of all) {
    for (const [line, count] of Object.entries(one.errors)) errors[line] = (errors[line] ?? 0) + count;
  }
  return {
    seeds: all.map(({ seed }) => seed),
    jobs,
    entries: sum((one) => one.entries),
    quarantined: sum((one) => one.quarantined),
    rules,
    falsePer10000JobsWithinGrace: per(
      over((one) => one.falseWithinGrace),
      10_000,
    ),
    falsePer10000JobsBeyondGrace: per(
      over((one) => one.false - one.falseWithinGrace),
      10_000,
    ),
    alertsPer1000Jobs: per(
      over((one) => one.alerts),
      1000,
    ),
    verdicts,
    undeterminedShare: verdicts === 0 ? 0 : sum((one) => one.undetermined) / verdicts,
    undeterminedInOutages: sum((one) => one.undeterminedInOutages),
    autoResolved: sum((one) => one.resolved),
    errors,
    seconds: sum((one) => one.seconds),
    examples: all.flatMap(({ examples }) => examples),
  };
}
