/**
 * A policy with less in it: conditions are left out, so that it holds wherever the whole policy may. Answers which policies
 * are worth a closer look, in the same engine and in one question.
 */
import type { Clause, Expr, PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import { usageOfExpression, type Usage } from './usage.ts';

/** A permit for all that the policy may hold for: of its conditions those that `keeps` takes. */
export function reducedTo(policy: PolicyJson, keeps: (usage: Usage) => boolean): PolicyJson {
  const conditions = policy.conditions
    .flatMap(partsOf)
    .filter(({ body }) => keeps(usageOfExpression(body)) && !isRounded(body));
  return { ...policy, effect: 'permit', annotations: {}, conditions };
}

/** Whether a number of the text is not the one that stands in the JSON format, which Cedar would refuse or take for another. */
function isRounded(node: unknown): boolean {
  if (typeof node === 'number') return !Number.isSafeInteger(node);
  return typeof node === 'object' && node !== null && Object.values(node).some(isRounded);
}

/** The same for anybody and for any single resource of the kind. */
export function forAnybody(policy: PolicyJson): PolicyJson {
  const { resource } = policy;
  return {
    ...policy,
    principal: { op: 'All' },
    resource: resource.op === '==' ? { op: 'All' } : resource,
  };
}

/** `when { a && b }` is `when { a } when { b }`, `unless { a || b }` is `unless { a } unless { b }`. */
function partsOf({ kind, body }: Clause): readonly Clause[] {
  const operands = kind === 'when' ? both(body) : either(body);
  return operands === undefined
    ? [{ kind, body }]
    : operands.flatMap((part) => partsOf({ kind, body: part }));
}

const both = (body: Expr): readonly Expr[] | undefined =>
  '&&' in body && !Array.isArray(body['&&']) ? [body['&&'].left, body['&&'].right] : undefined;

const either = (body: Expr): readonly Expr[] | undefined =>
  '||' in body && !Array.isArray(body['||']) ? [body['||'].left, body['||'].right] : undefined;
