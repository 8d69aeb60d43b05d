/** What declared policy says of one event. */
export const DECISIONS = [
  /** At least one policy permits it and none forbids it. */
  'permitted',
  /** A policy forbids it. */
  'forbidden',
  /** Its environment has policies, and none permits it. */
  'undeclared',
  /** Its environment declares nothing, or nobody declares its environment. */
  'not-covered',
  /** It hangs on what may still arrive. */
  'undetermined',
] as const;
export type DecisionOutcome = (typeof DECISIONS)[number];

/** What may still arrive: an approval, the hops a request came through, the state before it. */
export type Awaited = 'approval' | 'via' | 'prior';

export interface Decision {
  readonly outcome: DecisionOutcome;
  /** Ids of the policies that decided, sorted; of those that may decide where undetermined. */
  readonly policies: readonly string[];
  readonly waitsFor: readonly Awaited[];
}
