/**
 * Logging query → expression. NOT binds tightest, then OR, then AND, which may be left out between two comparisons.
 * A part that is written correctly and not known here stays in the expression as `unknown`.
 */
import type { Operator, Token } from './lex.ts';

export type Path = readonly string[];

export type Expression =
  | { readonly kind: 'all' }
  | { readonly kind: 'and' | 'or'; readonly of: readonly Expression[] }
  | { readonly kind: 'not'; readonly of: Expression }
  | { readonly kind: 'comparison'; readonly path: Path; readonly operator: Operator; readonly value: Value }
  /** A text by itself: any field has it. */
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly string[] }
  | { readonly kind: 'unknown' };

export interface Value {
  readonly text: string;
  readonly quoted: boolean;
}

/** Nesting of parentheses; deeper ones are not read. */
const MAX_DEPTH = 50;

class NotRead extends Error {}

/** Undefined where the tokens make no query. */
export function parse(tokens: readonly Token[]): Expression | undefined {
  if (tokens.length === 0) return { kind: 'all' };
  const reader = new Reader(tokens);
  try {
    const expression = conjunction(reader, comparison, 0);
    return reader.peek() === undefined ? expression : undefined;
  } catch (error) {
    if (error instanceof NotRead) return undefined;
    throw error;
  }
}

class Reader {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  peek(): Token | undefined {
    return this.#tokens[this.#at];
  }

  next(): Token {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw new NotRead();
    this.#at += 1;
    return token;
  }

  take(kind: Token['kind']): Token | undefined {
    return this.peek()?.kind === kind ? this.next() : undefined;
  }

  takeWord(word: string): boolean {
    const token = this.peek();
    if (token?.kind !== 'word' || token.text !== word) return false;
    this.#at += 1;
    return true;
  }
}

type Leaf = (reader: Reader, depth: number) => Expression;

function conjunction(reader: Reader, leaf: Leaf, depth: number): Expression {
  if (depth > MAX_DEPTH) throw new NotRead();
  const parts = [disjunction(reader, leaf, depth)];
  for (;;) {
    const joined = reader.takeWord('AND');
    const token = reader.peek();
    if (!joined && (token === undefined || token.kind === 'close')) break;
    parts.push(disjunction(reader, leaf, depth));
  }
  return joinedBy('and', parts);
}

function disjunction(reader: Reader, leaf: Leaf, depth: number): Expression {
  const parts = [negation(reader, leaf, depth)];
  while (reader.takeWord('OR')) parts.push(negation(reader, leaf, depth));
  return joinedBy('or', parts);
}

function joinedBy(kind: 'and' | 'or', parts: readonly Expression[]): Expression {
  const [first] = parts;
  return parts.length === 1 && first !== undefined ? first : { kind, of: parts };
}

function negation(reader: Reader, leaf: Leaf, depth: number): Expression {
  const negated = reader.takeWord('NOT') || reader.take('minus') !== undefined;
  const of = primary(reader, leaf, depth);
  return negated ? { kind: 'not', of } : of;
}

function primary(reader: Reader, leaf: Leaf, depth: number): Expression {
  if (reader.take('open') === undefined) return leaf(reader, depth);
  const inner = conjunction(reader, leaf, depth + 1);
  if (reader.take('close') === undefined) throw new NotRead();
  return inner;
}

const KEYWORDS: ReadonlySet<string> = new Set(['AND', 'OR', 'NOT']);
/** Search terms to the service, and hardly ever meant as such. */
const LOOKS_LIKE_KEYWORD = /^(?:and|or|not)$/i;

function comparison(reader: Reader, depth: number): Expression {
  const first = reader.next();
  if (first.kind !== 'word' && first.kind !== 'string') throw new NotRead();
  if (first.kind === 'word' && KEYWORDS.has(first.text)) throw new NotRead();
  if (first.kind === 'word' && reader.peek()?.kind === 'open' && reader.peek()?.start === first.end) {
    return call(reader, first.text, depth);
  }
  const path = pathFrom(reader, first);
  const operator = reader.peek();
  if (operator?.kind !== 'operator') {
    if (path.length > 1 && first.kind === 'string') return { kind: 'unknown' };
    return LOOKS_LIKE_KEYWORD.test(first.text) ? { kind: 'unknown' } : { kind: 'text', text: first.text };
  }
  reader.next();
  const leaf: Leaf = (values) => {
    const value = values.next();
    if (value.kind !== 'word' && value.kind !== 'string') throw new NotRead();
    if (value.kind === 'word' && KEYWORDS.has(value.text)) throw new NotRead();
    // `a = b:c`, whose value had to be in quotes.
    if (values.peek()?.kind === 'operator') throw new NotRead();
    return {
      kind: 'comparison',
      path,
      operator: operator.operator,
      value: { text: value.text, quoted: value.kind === 'string' },
    };
  };
  return primary(reader, leaf, depth);
}

/** `labels."k8s-pod/app"` is one path: parts that touch each other, dots between them. */
function pathFrom(reader: Reader, first: Extract<Token, { text: string }>): Path {
  const path = first.kind === 'string' ? [first.text] : first.text.split('.');
  let { end } = first;
  for (;;) {
    const token = reader.peek();
    if (token === undefined || token.start !== end) break;
    if (token.kind === 'string' && path.at(-1) === '') path.splice(-1, 1, token.text);
    else if (token.kind === 'word' && token.text.startsWith('.'))
      path.push(...token.text.slice(1).split('.'));
    else break;
    ({ end } = token);
    reader.next();
  }
  return path;
}

/** `name(arg, …)` with words and strings; a call that holds others, or is compared, is unknown. */
function call(reader: Reader, name: string, depth: number): Expression {
  const args: string[] = [];
  let known = true;
  let open = 0;
  do {
    const token = reader.next();
    if (token.kind === 'open') {
      open += 1;
      known &&= open === 1;
    } else if (token.kind === 'close') open -= 1;
    else if (token.kind === 'word' || token.kind === 'string') args.push(token.text);
    else if (token.kind !== 'comma') known = false;
  } while (open > 0);
  if (reader.peek()?.kind === 'operator') {
    reader.next();
    primary(
      reader,
      (values) => {
        values.next();
        return { kind: 'unknown' };
      },
      depth,
    );
    return { kind: 'unknown' };
  }
  return known ? { kind: 'call', name: name.toLowerCase(), args } : { kind: 'unknown' };
}
