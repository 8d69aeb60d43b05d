/** A parsed CEL expression, walked. Macros stand in it as the calls they were written as. */
import type { ASTNode } from '@marcbachmann/cel-js';

/** The parts of a parsed expression, as written. */
export function childrenOf(node: ASTNode): readonly ASTNode[] {
  switch (node.op) {
    case 'value':
    case 'id':
      return [];
    case '.':
    case '.?':
      return [node.args[0]];
    case 'call':
      return node.args[1];
    case 'rcall':
      return [node.args[1], ...node.args[2]];
    case '!_':
    case '-_':
      return [node.args];
    case 'map':
      return node.args.flat();
    case 'list':
    case '?:':
    case '[]':
    case '[?]':
    case '||':
    case '&&':
    case '!=':
    case '==':
    case 'in':
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return node.args;
    default:
      return node satisfies never;
  }
}

/** The nodes of an expression, outermost first. */
export function nodesOf(node: ASTNode): readonly ASTNode[] {
  return [node, ...childrenOf(node).flatMap(nodesOf)];
}

/** `exists/2`: name and number of arguments of a call. */
export const spelled = (name: string, args: readonly unknown[]): string => `${name}/${args.length}`;
