/** A parsed rule → a detection like any other, or every refused expression. */
import type { Rule } from '../../../schemas/rule.ts';
import { messageOf } from '../../errors.ts';
import type { Action } from '../../model/event.ts';
import { clip } from '../../pipeline/clip.ts';
import { defineDetection, type Detection, type Found } from '../detection.ts';
import { whoOf } from '../kinds.ts';
import { compileExpression, scopeOf, type Expression, type Scope } from './expression.ts';
import type { Refusal } from './restrictions.ts';

/** Characters of a key and of an evidence field at most. A longer one keeps its head and a digest of the whole. */
const MAX_TEXT = 1024;

export type CompiledRule =
  | { readonly kind: 'compiled'; readonly detection: Detection }
  | {
      readonly kind: 'wrong';
      readonly problems: readonly (Refusal & { readonly path: readonly (string | number)[] })[];
    };

/** @param on the rule's actions, checked */
export function compileRule(rule: Rule, on: readonly Action[]): CompiledRule {
  const problems: (Refusal & { readonly path: readonly (string | number)[] })[] = [];
  const compiled = (
    text: string,
    path: readonly (string | number)[],
    types: readonly string[],
    instead: string,
  ) => {
    const answer = compileExpression(text);
    if (answer.kind === 'wrong') {
      problems.push(...answer.refusals.map((refusal) => ({ ...refusal, path })));
      return undefined;
    }
    const { type } = answer.expression;
    if (types.includes(type)) return answer.expression;
    const reason = `it gives ${type}, not ${types[0]}`;
    problems.push({ offset: 0, reason, instead, path });
    return undefined;
  };
  const where = compiled(rule.where, ['where'], ['bool', 'dyn'], 'write a comparison');
  const key = compiled(rule.key, ['key'], ['string', 'dyn'], TEXT_INSTEAD);
  const fields = rule.evidence.map(([label, text], index) => ({
    label,
    expression: compiled(text, ['evidence', index, 1], SHOWN, TEXT_INSTEAD),
  }));
  if (problems.length > 0 || where === undefined || key === undefined) return { kind: 'wrong', problems };

  const decide: Detection['decide'] = (looked): readonly Found[] => {
    const scope = scopeOf(looked);
    if (!holds(rule, where, scope)) return [];
    return [
      {
        key: keyOf(key, scope) ?? `event ${looked.event.id}`,
        summary: `${whoOf(looked.event)}: ${rule.title}`,
        evidence: fields.flatMap(({ label, expression }) => {
          const text = expression === undefined ? undefined : evidenceOf(expression, scope);
          return text === undefined ? [] : [[label, text] as const];
        }),
      },
    ];
  };
  return {
    kind: 'compiled',
    detection: defineDetection({
      id: rule.id,
      version: rule.version,
      title: rule.title,
      severity: rule.severity,
      why: rule.why,
      runbook: rule.runbook,
      evidence: rule.evidence.map(([label]) => label),
      maps: rule.maps,
      peers: [],
      gaps: [],
      sources: [],
      on,
      decide,
    }),
  };
}

/** CEL types that evidence can be shown of. */
const SHOWN = ['string', 'dyn', 'int', 'double', 'bool', 'google.protobuf.Timestamp'];
const TEXT_INSTEAD = 'write a text, or string(…) around a number';

/** @throws Error that names the rule: it becomes the evidence of an undetermined finding */
function holds(rule: Rule, where: Expression, scope: Scope): boolean {
  let answer: unknown;
  try {
    answer = where.evaluate(scope);
  } catch (error) {
    throw new Error(`${rule.id}: where: ${firstLine(error)}`, { cause: error });
  }
  if (typeof answer === 'boolean') return answer;
  throw new TypeError(`${rule.id}: where: gives ${typeof answer}, not true or false`);
}

// What is found stays found: a caller who makes key or evidence err must not make less of it.

function keyOf(key: Expression, scope: Scope): string | undefined {
  try {
    const text = key.evaluate(scope);
    return typeof text === 'string' ? clip(text, MAX_TEXT) : undefined;
  } catch {
    return undefined;
  }
}

/** Undefined where it is empty. */
function evidenceOf(expression: Expression, scope: Scope): string | undefined {
  try {
    return clip(textOf(expression.evaluate(scope)), MAX_TEXT);
  } catch (error) {
    return clip(`not told: ${firstLine(error)}`, MAX_TEXT);
  }
}

const firstLine = (error: unknown): string => messageOf(error).split('\n', 1).join('');

function textOf(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  return ['string', 'bigint', 'number', 'boolean'].includes(typeof value) ? String(value) : '';
}
