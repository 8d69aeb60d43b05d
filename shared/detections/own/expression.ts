/**
 * CEL text → a function over one event, or what is wrong with it. Nothing an expression or an event holds can make it
 * run long: only known functions are called, its worst cost is counted before it is taken, lists and patterns have limits.
 */
import { Environment, ParseError, type ASTNode } from '@marcbachmann/cel-js';
import type { DeclaredFacts } from '../declared-facts.ts';
import type { Looked } from '../detection.ts';
import { COST_LIMIT, costOf } from './cost.ts';
import { DECISION_FIELDS, EVENT_FIELDS, viewOf } from './event-view.ts';
import {
  freshMeter,
  LINEAR_MATCHES,
  linearPattern,
  LOOK_UPS,
  type Meter,
  type Pattern,
} from './functions.ts';
import { refusalsOf, type Refusal } from './restrictions.ts';
import { childrenOf } from './syntax.ts';

/** What expressions of one event share. */
export interface Scope {
  readonly view: Record<string, unknown>;
  readonly facts: DeclaredFacts;
  readonly meter: Meter;
}

export const scopeOf = (looked: Looked): Scope => ({
  view: viewOf(looked),
  facts: looked.declared,
  meter: freshMeter(),
});

export interface Expression {
  /** CEL type: `bool`, `string`, `dyn` … */
  readonly type: string;
  /** @throws Error where the expression errs on the event: a claim that is not there, two types that do not compare */
  evaluate(scope: Scope): unknown;
}

export type Compiled =
  | { readonly kind: 'compiled'; readonly expression: Expression }
  | { readonly kind: 'wrong'; readonly refusals: readonly Refusal[] };

const LIMITS = {
  maxAstNodes: 400,
  maxDepth: 24,
  maxListElements: 100,
  maxMapEntries: 8,
  maxCallArguments: 3,
};

/** Of the event being judged: evaluation is synchronous, and one at a time. */
let current: { readonly facts: DeclaredFacts; readonly meter: Meter } | undefined;
function judging(): { readonly facts: DeclaredFacts; readonly meter: Meter } {
  if (current === undefined) throw new Error('An expression is evaluated outside of an event.');
  return current;
}

const patterns = new Map<string, Pattern>();

const ENVIRONMENT = createEnvironment();

export function compileExpression(text: string): Compiled {
  let parsed: ReturnType<Environment['parse']>;
  try {
    parsed = ENVIRONMENT.parse(text);
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    return { kind: 'wrong', refusals: [refusalOf(error)] };
  }
  const refusals = refusalsOf(parsed.ast);
  if (refusals.length > 0) return { kind: 'wrong', refusals };
  const cost = costOf(parsed.ast);
  useLinearMatches(parsed.ast);
  const checked = parsed.check();
  if (checked.error !== undefined) return { kind: 'wrong', refusals: [refusalOf(checked.error)] };
  if (cost > COST_LIMIT) {
    const reason = `it could take ${cost} steps on one event; ${COST_LIMIT} are allowed`;
    return {
      kind: 'wrong',
      refusals: [{ offset: 0, reason, instead: 'do not walk one list of the event inside another' }],
    };
  }
  const evaluate = ({ view, facts, meter }: Scope): unknown => {
    current = { facts, meter };
    try {
      return parsed(view) as unknown;
    } finally {
      current = undefined;
    }
  };
  return { kind: 'compiled', expression: { type: checked.type ?? 'dyn', evaluate } };
}

function createEnvironment(): Environment {
  const environment = new Environment({ limits: LIMITS })
    .registerVariable({ name: 'event', schema: EVENT_FIELDS })
    .registerVariable({ name: 'decision', schema: DECISION_FIELDS });
  const sync = { async: false };
  environment.registerFunction(
    `string.${LINEAR_MATCHES}(string): bool`,
    (text: string, source: string) => {
      const { meter } = judging();
      let pattern = patterns.get(source);
      if (pattern === undefined) patterns.set(source, (pattern = linearPattern(source)));
      return pattern.test(text, meter);
    },
    sync,
  );
  for (const [signature, answer] of LOOK_UPS) {
    environment.registerFunction(
      signature,
      (first: string, second: string) => answer(judging().facts, first, second),
      sync,
    );
  }
  return environment;
}

/** CEL's `matches` runs on JavaScript's backtracking engine in the library; the parsed call is led to ours. */
function useLinearMatches(node: ASTNode): void {
  if (node.op === 'rcall' && node.args[0] === 'matches') node.args[0] = LINEAR_MATCHES;
  for (const child of childrenOf(node)) useLinearMatches(child);
}

function refusalOf({ summary, range }: Pick<ParseError, 'summary' | 'range'>): Refusal {
  const reason = summary.replaceAll(LINEAR_MATCHES, 'matches');
  return { offset: range?.start ?? 0, reason, instead: adviceOn(reason) };
}

function adviceOn(message: string): string {
  if (message.startsWith('No such key'))
    return `fields are ${Object.keys(EVENT_FIELDS).join(', ')}; other evidence is event.claims["name"]`;
  if (message.startsWith('Unknown variable')) return 'an expression knows `event` and `decision`';
  if (message.includes('overload')) return 'compare values of one type: text in quotes, numbers without';
  if (message.startsWith('Exceeded')) return 'write a shorter expression, or two rules';
  return 'docs/own-rules.md shows what can be written';
}
