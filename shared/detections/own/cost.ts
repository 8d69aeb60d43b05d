/**
 * The most steps an expression can take on any event, counted from its text alone as Kubernetes counts those of its CEL
 * rules: a list of the event is taken to be as long as it may be.
 */
import type { ASTNode } from '@marcbachmann/cel-js';
import { MAX_LIST } from './event-view.ts';
import { MACROS } from './functions.ts';
import { childrenOf, spelled } from './syntax.ts';

/** About ten milliseconds. One walk over a list with a few comparisons fits, two nested ones do not. */
export const COST_LIMIT = 20_000;

/** A search in a text, against a comparison. */
const SEARCH = 4;
const SEARCHES: ReadonlySet<string> = new Set(['contains', 'indexOf', 'lastIndexOf', 'matches', 'join']);

export function costOf(node: ASTNode): number {
  if (node.op === 'rcall') {
    const [name, receiver, args] = node.args;
    if (MACROS.has(spelled(name, args))) {
      return 1 + costOf(receiver) + lengthOf(receiver) * (1 + sum(args));
    }
    const own = SEARCHES.has(name) ? SEARCH : 1;
    return own + costOf(receiver) + sum(args);
  }
  return 1 + walkedBy(node) + sum(childrenOf(node));
}

const sum = (nodes: readonly ASTNode[]): number => nodes.reduce((total, node) => total + costOf(node), 0);

/** Items a macro may walk at most. */
function lengthOf(node: ASTNode): number {
  if (node.op === 'list') return node.args.length;
  if (node.op === '+') return node.args.reduce((total, part) => total + lengthOf(part), 0);
  return MAX_LIST;
}

/** Items that a comparison walks: of two lists no more than the shorter has. */
function walkedBy(node: ASTNode): number {
  if (node.op === 'in') return listLength(node.args[1]);
  if (node.op !== '==' && node.op !== '!=') return 0;
  return Math.min(listLength(node.args[0]), listLength(node.args[1]));
}

const LISTS: ReadonlySet<string> = new Set(['actingFor', 'datasets', 'reads', 'writes', 'uses', 'policies']);

/** 0 for what is no list; what may be one, such as the variable of a walk, is taken to be as long as any. */
function listLength(node: ASTNode): number {
  if (node.op === 'id') return MAX_LIST;
  if (node.op === 'list') return node.args.length;
  if (node.op === '+') return listLength(node.args[0]) + listLength(node.args[1]);
  if (node.op === '.') return LISTS.has(node.args[1]) ? MAX_LIST : 0;
  // Claims are texts, numbers and truths.
  if (node.op === '[]') return node.args[0].op === '.' && node.args[0].args[1] === 'claims' ? 0 : MAX_LIST;
  if (node.op === '?:') return Math.max(listLength(node.args[1]), listLength(node.args[2]));
  return node.op === 'rcall' && node.args[0] === 'filter' ? MAX_LIST : 0;
}
