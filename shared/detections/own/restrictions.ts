/** Which part of CEL rules may use. What is left out could run long, or answer differently on another machine. */
import type { ASTNode } from '@marcbachmann/cel-js';
import { messageOf } from '../../errors.ts';
import { FUNCTIONS, linearPattern, LITERAL_ONLY, MACROS, METHODS } from './functions.ts';
import { nodesOf, spelled } from './syntax.ts';

export interface Refusal {
  /** Index in the expression. */
  readonly offset: number;
  readonly reason: string;
  readonly instead: string;
}

export const refusalsOf = (expression: ASTNode): readonly Refusal[] =>
  nodesOf(expression).flatMap((node) => {
    const refusal = refusalOf(node);
    return refusal === undefined ? [] : [{ offset: node.start, ...refusal }];
  });

type Reasoned = Omit<Refusal, 'offset'>;

function refusalOf(node: ASTNode): Reasoned | undefined {
  if (node.op === 'call') {
    const [name, args] = node.args;
    return FUNCTIONS.has(spelled(name, args)) ? literalOnly(name, args) : unknownCall(name, args, FUNCTIONS);
  }
  if (node.op === 'rcall') {
    const [name, , args] = node.args;
    const known = METHODS.has(spelled(name, args)) || MACROS.has(spelled(name, args));
    return known ? literalOnly(name, args) : unknownCall(name, args, [...METHODS, ...MACROS]);
  }
  // A name that is put together could be that of a field which the type check has then not seen.
  if (node.op === '[]' && node.args[1].op !== 'value')
    return { reason: '`[…]` takes a written name or number', instead: 'write event.claims["name"]' };
  if (node.op === 'map')
    return { reason: 'maps are not written in rules', instead: 'compare the values themselves' };
  return undefined;
}

function unknownCall(name: string, args: readonly unknown[], known: Iterable<string>): Reasoned {
  const names = [...known].map((one) => one.slice(0, one.indexOf('/')));
  const reason = names.includes(name)
    ? `${name}() does not take ${args.length} argument${args.length === 1 ? '' : 's'} in rules`
    : `${name}() cannot be used in rules`;
  return { reason, instead: `what can be called: ${[...new Set(names)].join(', ')}` };
}

function literalOnly(name: string, args: readonly ASTNode[]): Reasoned | undefined {
  if (!LITERAL_ONLY.has(name)) return undefined;
  const [argument] = args;
  if (argument?.op !== 'value' || typeof argument.args !== 'string') {
    return { reason: `${name}() takes a written text`, instead: 'write the text in quotes' };
  }
  if (name !== 'matches') return undefined;
  try {
    linearPattern(argument.args);
    return undefined;
  } catch (error) {
    return {
      reason: `the pattern of matches() is none: ${messageOf(error)}`,
      instead:
        'patterns are RE2 (https://github.com/google/re2/wiki/Syntax): no back references, no look-around',
    };
  }
}
