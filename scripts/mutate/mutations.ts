/**
 * Small changes of a source text, each of which some test ought to notice. Parsed, not searched: by the parser that vite
 * brings, whose offsets are those of the text.
 */
import { parseSync } from 'vite';

export interface Mutation {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** `=== → !==` */
  readonly name: string;
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';

const COMPARISONS: ReadonlyMap<string, readonly string[]> = new Map([
  ['===', ['!==']],
  ['!==', ['===']],
  ['<', ['<=', '>=']],
  ['<=', ['<', '>']],
  ['>', ['>=', '<=']],
  ['>=', ['>', '<']],
]);
const METHODS: ReadonlyMap<string, string> = new Map([
  ['some', 'every'],
  ['every', 'some'],
  ['startsWith', 'endsWith'],
  ['endsWith', 'startsWith'],
]);
/** What a detection says of itself: held by the catalogue's test, not by cases. `on` decides what it is asked for. */
const METADATA: ReadonlySet<string> = new Set([
  'id',
  'number',
  'version',
  'title',
  'severity',
  'why',
  'runbook',
  'evidence',
  'maps',
  'peers',
  'gaps',
  'sources',
]);
const NO_VALUES = /^(?:TS(?!AsExpression|SatisfiesExpression|NonNullExpression)|Import|ExportAll)/;

/** @throws Error where the text does not parse */
export function mutationsOf(source: string): readonly Mutation[] {
  const { program, errors } = parseSync('source.ts', source);
  if (errors.length > 0) throw new Error(errors[0]?.message ?? 'the source does not parse');
  const found: Mutation[] = [];
  const add = (at: { readonly start: number; readonly end: number }, text: string, name: string): void => {
    found.push({ start: at.start, end: at.end, text, name });
  };
  const textOf = ({ start, end }: Node): string => source.slice(start, end);
  const shown = (node: Node): string => textOf(node).slice(0, 40);

  function visit(node: Node, parent?: Node): void {
    if (NO_VALUES.test(node.type)) return;
    // An item or a fallback is taken away whole: that its text is another says nothing more.
    const covered = parent?.type === 'ArrayExpression' || parent?.['operator'] === '??';
    if (node.type !== 'Literal' || !covered) mutate(node);
    for (const [key, value] of Object.entries(node)) {
      if (key === 'typeAnnotation' || key === 'returnType' || key === 'typeArguments') continue;
      for (const child of Array.isArray(value) ? value : [value]) {
        if (isNode(child) && !isMetadata(node, child)) visit(child, node);
      }
    }
  }

  function mutate(node: Node): void {
    switch (node.type) {
      case 'BinaryExpression':
      case 'LogicalExpression':
        return operator(node);
      case 'IfStatement':
      case 'ConditionalExpression':
      case 'WhileStatement':
        return condition(node);
      case 'Literal':
        return literal(node);
      case 'TemplateLiteral':
        return add(node, '``', `${shown(node)} emptied`);
      case 'UnaryExpression':
        if (node['operator'] === '!') add({ start: node.start, end: node.start + 1 }, '', '! removed');
        return undefined;
      case 'ArrayExpression':
        return array(node);
      case 'ArrowFunctionExpression':
      case 'FunctionDeclaration':
      case 'FunctionExpression':
        return early(node);
      case 'CallExpression':
        return method(node);
      default:
        return undefined;
    }
  }

  function operator({ left, right, operator: sign }: Node): void {
    if (!isNode(left) || !isNode(right) || typeof sign !== 'string') return;
    const between = source.slice(left.end, right.start);
    const start = left.end + between.indexOf(sign);
    const at = { start, end: start + sign.length };
    for (const other of COMPARISONS.get(sign) ?? []) add(at, other, `${sign} → ${other}`);
    if (sign === '&&') add(at, '||', '&& → ||');
    if (sign === '||') add(at, '&&', '|| → &&');
    if (sign === '??') add({ start: left.end, end: right.end }, '', '?? … removed');
  }

  function condition(node: Node): void {
    const { test } = node;
    if (!isNode(test)) return;
    // A loop that never ends says nothing that one which never begins does not say.
    if (node.type !== 'WhileStatement') add(test, 'true', 'condition → true');
    add(test, 'false', 'condition → false');
  }

  function literal(node: Node): void {
    const { value } = node;
    if (typeof value === 'boolean') add(node, String(!value), `${value} → ${!value}`);
    else if (typeof value === 'number') {
      add(node, `${value + 1}`, `${value} → ${value + 1}`);
      add(node, `(${value - 1})`, `${value} → ${value - 1}`);
    } else if (typeof value === 'string') {
      if (value === '') add(node, "'mutant'", "'' filled");
      else add(node, "''", `${shown(node)} emptied`);
    }
  }

  function array({ elements }: Node): void {
    if (!Array.isArray(elements)) return;
    elements.forEach((element: unknown, index) => {
      if (!isNode(element)) return;
      const next: unknown = elements[index + 1];
      const end = isNode(next) ? next.start : element.end;
      add({ start: element.start, end }, '', `item ${shown(element)} removed`);
    });
  }

  function early({ body }: Node): void {
    if (!isNode(body) || body.type !== 'BlockStatement') return;
    add({ start: body.start + 1, end: body.start + 1 }, ' return;', 'returns at once');
  }

  function method(node: Node): void {
    const { callee } = node;
    if (!isNode(callee) || callee.type !== 'MemberExpression' || !isNode(callee['property'])) return;
    const name = textOf(callee['property']);
    const other = METHODS.get(name);
    if (other !== undefined) add(callee['property'], other, `${name} → ${other}`);
    if (name === 'filter' && isNode(callee['object']))
      add({ start: callee['object'].end, end: node.end }, '', 'filter removed');
  }

  visit(program as unknown as Node);
  return found.toSorted((a, b) => a.start - b.start || a.end - b.end);
}

/** Properties of the object given to defineDetection or defineChangeDetection; `evidence` and others are names inside of functions as well. */
function isMetadata(parent: Node, child: Node): boolean {
  if (
    parent.type === 'CallExpression' &&
    isNode(parent['callee']) &&
    (parent['callee']['name'] === 'defineDetection' || parent['callee']['name'] === 'defineChangeDetection')
  ) {
    definitions.add(child);
    return false;
  }
  if (!definitions.has(parent) || child.type !== 'Property') return false;
  const { key } = child;
  return isNode(key) && typeof key['name'] === 'string' && METADATA.has(key['name']);
}

const definitions = new WeakSet<Node>();

/** Line, from 1, and its text. */
export function lineAt(source: string, offset: number): { readonly line: number; readonly text: string } {
  const before = source.slice(0, offset).split('\n');
  const line = before.length;
  return { line, text: (source.split('\n')[line - 1] ?? '').trim() };
}
