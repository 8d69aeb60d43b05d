/**
 * Logging query → expression. NOT binds tightest, then OR, then AND, which may be left out between two comparisons.
 * A part that is written correctly and not known here stays in the expression as `unknown`.
 */
import type { Operator, Token } from './lex.ts';
import { NotRead } from './not-read.ts';

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
  /** It has escapes that are kept as they are. */
  readonly escapes?: true;
}

/** Nesting of parentheses; deeper ones are not read. */
const MAX_DEPTH = 50;

/** @throws NotRead where the tokens make no query */
export function parse(tokens: readonly Token[]): Expression {
  if (tokens.length === 0) return { kind: 'all' };
  const reader = new Reader(tokens);
  const expression = conjunction(reader, comparison, 0);
  if (reader.peek() !== undefined) throw reader.refuse('nothing is open that could be closed here');
  return expression;
}

class Reader {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  /** Of the next token, or of the end of the text. */
  refuse(what: string): NotRead {
    return new NotRead(this.peek()?.start ?? this.#tokens.at(-1)?.end ?? 0, what);
  }

  peek(): Token | undefined {
    return this.#tokens[this.#at];
  }

  next(): Token {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw this.refuse('the filter ends where more is expected');
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
  if (depth > MAX_DEPTH) throw reader.refuse(`parentheses are more than ${MAX_DEPTH} deep`);
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
  if (reader.take('close') === undefined) throw reader.refuse('`)` is expected');
  return inner;
}

const KEYWORDS: ReadonlySet<string> = new Set(['AND', 'OR', 'NOT']);
/** Search terms to the service, and hardly ever meant as such. */
const LOOKS_LIKE_KEYWORD = /^(?:and|or|not)$/i;

function comparison(reader: Reader, depth: number): Expression {
  const first = term(reader, 'a field, a text or a function is expected');
  if (first.kind === 'word' && reader.peek()?.kind === 'open' && reader.peek()?.start === first.end) {
    return call(reader, first.text, depth);
  }
  const path = pathFrom(reader, first);
  const operator = reader.peek();
  if (operator?.kind !== 'operator') {
    if (path.length > 1 && first.kind === 'string') return { kind: 'unknown' };
    if (isUnsure(first)) return { kind: 'unknown' };
    return LOOKS_LIKE_KEYWORD.test(first.text) ? { kind: 'unknown' } : { kind: 'text', text: first.text };
  }
  reader.next();
  const leaf: Leaf = (values) => {
    const value = term(values, 'a value is expected');
    // `a = b:c`, whose value had to be in quotes.
    if (values.peek()?.kind === 'operator')
      throw values.refuse('a value with an operator in it is in quotes');
    if (isStrange(first) || isStrange(value)) return { kind: 'unknown' };
    const escapes =
      value.kind === 'string' && value.escapes === true ? ({ escapes: true } as const) : undefined;
    return {
      kind: 'comparison',
      path,
      operator: operator.operator,
      value: { text: value.text, quoted: value.kind === 'string', ...escapes },
    };
  };
  return primary(reader, leaf, depth);
}

function term(reader: Reader, expected: string): Extract<Token, { text: string }> {
  const token = reader.peek();
  if (token === undefined || (token.kind !== 'word' && token.kind !== 'string'))
    throw reader.refuse(expected);
  if (token.kind === 'word' && KEYWORDS.has(token.text)) throw reader.refuse(expected);
  reader.next();
  return token;
}

const isStrange = (token: Token): boolean => token.kind === 'word' && token.strange === true;
const isUnsure = (token: Token): boolean =>
  isStrange(token) || (token.kind === 'string' && token.escapes === true);

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
    else if (token.kind === 'word' || token.kind === 'string') {
      known &&= !isUnsure(token);
      args.push(token.text);
    } else if (token.kind !== 'comma') known = false;
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
