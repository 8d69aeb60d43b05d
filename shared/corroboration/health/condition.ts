/** What a rule says of one key at one instant. */
import type { Severity } from '../../../schemas/alerting.ts';
import type { DeclaredCorroboration } from '../declared.ts';
import type { HealthRule } from './rules.ts';
import type { MetricPoint } from './metrics.ts';
import type { PathHealth } from './status.ts';
import type { States } from './state.ts';

export interface Condition {
  readonly rule: HealthRule;
  /** Path, or the name of a sink or subscription. */
  readonly key: string;
  /** `unknown` changes nothing: neither opens an incident nor ends one. */
  readonly state: 'active' | 'healthy' | 'unknown';
  readonly severity?: Severity;
  readonly summary?: string;
  readonly evidence?: readonly (readonly [string, string])[];
  /** Tells findings of one incident apart, where a later one has more to say. */
  readonly stage?: string;
}

export interface JudgeInput {
  readonly states: States;
  readonly healths: readonly PathHealth[];
  readonly metrics: readonly MetricPoint[];
  readonly declared: DeclaredCorroboration;
  /** Verdicts that wait, by what they wait for: a path, a source, `gateway`, `mesh`. */
  readonly heldBy: ReadonlyMap<string, number>;
  /** Digest of the bundle in force. */
  readonly bundle: string;
  /** RFC 3339, nine fraction digits. */
  readonly now: string;
}
