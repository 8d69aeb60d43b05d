/** What follows from facts, computed once for all that ask in one round: thousands of verdicts rest on the same few parts. */
import type { FactQuery, Facts } from './facts.ts';

/** Values by the round they belong to and by their key. */
export type DerivedValues<T> = WeakMap<object, Map<string, Derived<T>>>;

export interface Derived<T> {
  readonly value: T;
  /** How many facts it rests on. */
  readonly facts: number;
  /** What it asked for and was not loaded; the value is of no use then. */
  readonly missed: readonly FactQuery[];
  /** Answers that were loaded when it was computed. */
  readonly loaded: number;
}

/**
 * @param keyOf one text for each list of arguments that may have its own value
 * @param compute from facts and arguments alone; it is done again as long as a fact that it asks for is not loaded
 */
export function derived<A extends readonly unknown[], T>(
  keyOf: (...args: A) => string,
  compute: (facts: Facts, ...args: A) => T,
): (facts: Facts, ...args: A) => T {
  const values: DerivedValues<T> = new WeakMap();
  return (facts, ...args) => facts.once(values, keyOf(...args), (inner) => compute(inner, ...args));
}
