/**
 * What the Google provider refuses before it asks the API: values outside an enumeration, arguments that exclude each
 * other, none or several of a group of which one is needed. What is unknown yet may be set or not, and is let through.
 * Misspelt, misplaced and missing arguments Terraform finds by itself from the schema.
 */
import type { Attribute, Block } from '../../../scripts/terraform-schema/schema.ts';
import { isList, isObject, type ObjectValue, UNKNOWN, type Value } from './values.ts';

export interface Problem {
  readonly path: string;
  readonly summary: string;
  readonly detail: string;
}

export function problemsOf(block: Block, config: ObjectValue, at = ''): Problem[] {
  const own = Object.entries(block.attributes).flatMap(([name, attribute]) =>
    valueProblems(attribute, config[name] ?? null, join(at, name)),
  );
  const inner = Object.entries(block.blocks).flatMap(([name, nested]) => {
    const value = config[name] ?? null;
    const elements: readonly Value[] = isList(value) ? value : [value];
    return elements.filter(isObject).flatMap((element) => problemsOf(nested.block, element, join(at, name)));
  });
  return [...own, ...groupProblems(block, config, at), ...inner];
}

function valueProblems(attribute: Attribute, value: Value, path: string): Problem[] {
  const { oneOf } = attribute;
  if (oneOf === undefined) return [];
  return (isList(value) ? value : [value])
    .filter((one) => typeof one === 'string')
    .filter((one) => !oneOf.includes(one))
    .map((one) => ({
      path,
      summary: `expected ${path} to be one of ${oneOf.join(', ')}, got ${one}`,
      detail: '',
    }));
}

function groupProblems(block: Block, config: ObjectValue, at: string): Problem[] {
  const state = (name: string): 'set' | 'unset' | 'unknown' => {
    const value = config[name] ?? null;
    if (value === UNKNOWN) return 'unknown';
    return value === null || (isList(value) && value.length === 0) ? 'unset' : 'set';
  };
  const conflicts = (block.conflicts ?? [])
    .filter((pair) => pair.every((name) => state(name) === 'set'))
    .map(([first, second]) => ({
      path: join(at, first),
      summary: 'Conflicting configuration arguments',
      detail: `"${join(at, first)}": conflicts with ${join(at, second)}`,
    }));
  const groups = (block.exactlyOneOf ?? []).flatMap((group) => {
    const states = group.map(state);
    const set = states.filter((one) => one === 'set').length;
    if (set === 1 || (set === 0 && states.includes('unknown'))) return [];
    const names = group.map((name) => join(at, name)).join(', ');
    const detail = set === 0 ? `one of ${names} must be specified` : `only one of ${names} can be specified`;
    return [{ path: at, summary: 'Invalid combination of arguments', detail }];
  });
  return [...conflicts, ...groups];
}

function join(at: string, name: string): string {
  return at === '' ? name : `${at}.${name}`;
}
