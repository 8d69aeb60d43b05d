/**
 * What a policy looks at, read from its parsed form: which attributes, which entities by name. A decision depends on
 * nothing else, which is what makes it right to remember one for all events that agree in these.
 */
import type { Expr, PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import { isObject, type Json } from '../sources/fields.ts';

export interface Usage {
  /** `principal.environment`, `resource.name`, `context.approval`: first attribute behind a variable. */
  readonly attributes: ReadonlySet<string>;
  /** Variables used as a whole, or compared with an entity: the entity itself matters. */
  readonly whole: ReadonlySet<string>;
  /** Variables whose type or membership is tested. */
  readonly tested: ReadonlySet<string>;
}

/** Of the whole policy: its scope and its conditions. */
export function usageOf({ principal, resource, conditions }: PolicyJson): Usage {
  const usage = emptyUsage();
  if (principal.op === '==') usage.whole.add('principal');
  if (resource.op === '==') usage.whole.add('resource');
  for (const { body } of conditions) walk(body, usage);
  return usage;
}

export function usageOfExpression(expression: Expr): Usage {
  const usage = emptyUsage();
  walk(expression, usage);
  return usage;
}

interface Collected extends Usage {
  readonly attributes: Set<string>;
  readonly whole: Set<string>;
  readonly tested: Set<string>;
}

const emptyUsage = (): Collected => ({ attributes: new Set(), whole: new Set(), tested: new Set() });

/** Operators by their names in Cedar's JSON format; of all others only the operands matter. */
function walk(node: unknown, usage: Collected): void {
  if (Array.isArray(node)) {
    for (const item of node) walk(item, usage);
    return;
  }
  if (!isObject(node)) return;
  for (const [operator, operands] of Object.entries(node)) {
    switch (operator) {
      case 'Value':
        break;
      case 'Var':
        usage.whole.add(String(operands));
        break;
      case '.':
      case 'has':
        if (isObject(operands)) walkAttribute(operands, usage);
        break;
      case 'is':
      case 'in':
        if (isObject(operands)) walkTest(operands, usage);
        break;
      case 'Record':
        // Its keys are the policy's own words, and may be spelt as operators are.
        if (isObject(operands)) walk(Object.values(operands), usage);
        break;
      default:
        // Extension functions have a list of operands, operators an object of them by name.
        walk(isObject(operands) ? Object.values(operands) : operands, usage);
    }
  }
}

function walkAttribute({ left, attr }: Json, usage: Collected): void {
  const variable = variableOf(left);
  if (variable === undefined) {
    walk(left, usage);
    return;
  }
  const first: unknown = Array.isArray(attr) ? attr[0] : attr;
  usage.attributes.add(`${variable}.${String(first)}`);
}

/** `resource in …`, `resource is T in …`. */
function walkTest({ left, right, in: group }: Json, usage: Collected): void {
  const variable = variableOf(left);
  if (variable === undefined) walk(left, usage);
  else usage.tested.add(variable);
  walk(right, usage);
  walk(group, usage);
}

function variableOf(node: unknown): string | undefined {
  const variable = isObject(node) ? node['Var'] : undefined;
  return typeof variable === 'string' ? variable : undefined;
}
