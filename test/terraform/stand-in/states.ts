/** What becomes of a resource or data source: planned from its configuration, then with what an API would add. */
import { isDeepStrictEqual } from 'node:util';
import type { Attribute, Block } from '../../../scripts/terraform-schema/schema.ts';
import { isList, isObject, type ObjectValue, UNKNOWN, type Value } from './values.ts';

/** Arguments not given get the provider's default, or are known after apply; what is never kept is left out. */
export function planned(block: Block, proposed: ObjectValue): ObjectValue {
  return filled(block, proposed, ({ given, default: byDefault, writeOnly }, value) => {
    if (writeOnly === true) return null;
    if (value !== null) return value;
    if (byDefault !== undefined) return byDefault;
    return given === 'computed' || given === 'optional-computed' ? UNKNOWN : null;
  });
}

/** As the API would answer: nothing is unknown any more. What the tables give no answer for is made up, the same each time. */
export function answered(type: string, block: Block, state: ObjectValue): ObjectValue {
  return filled(block, state, ({ given, answer, type: valueType, writeOnly }, value, name) => {
    if (writeOnly === true) return null;
    if (value !== UNKNOWN && (value !== null || given !== 'computed')) return value;
    return answer === undefined ? madeUp(type, name, valueType) : worded(answer, state);
  });
}

function worded(answer: string, state: ObjectValue): string {
  return answer.replaceAll(/\{([a-z_]+)\}/g, (_, name: string) => {
    const value = state[name];
    return typeof value === 'string' ? value : `that-${name}`;
  });
}

/** Arguments whose change makes the resource anew. */
export function replacing(block: Block, prior: ObjectValue, next: ObjectValue): string[] {
  return Object.entries(block.attributes)
    .filter(([, attribute]) => attribute.replaces === true)
    .map(([name]) => name)
    .filter((name) => !isDeepStrictEqual(prior[name] ?? null, next[name] ?? null));
}

type Fill = (attribute: Attribute, value: Value, name: string) => Value;

function filled(block: Block, value: ObjectValue, fill: Fill): ObjectValue {
  const result: Record<string, Value> = {};
  for (const [name, attribute] of Object.entries(block.attributes))
    result[name] = fill(attribute, value[name] ?? null, name);
  for (const [name, nested] of Object.entries(block.blocks)) {
    const inner = value[name] ?? null;
    if (isList(inner))
      result[name] = inner.map((one) => (isObject(one) ? filled(nested.block, one, fill) : one));
    else result[name] = isObject(inner) ? filled(nested.block, inner, fill) : inner;
  }
  return result;
}

function madeUp(type: string, name: string, valueType: Attribute['type']): Value {
  if (valueType === 'string') return `${name}-of-${type.replaceAll('_', '-')}`;
  if (valueType === 'number') return 1;
  if (valueType === 'bool') return false;
  return valueType[0] === 'map' ? {} : [];
}
