/**
 * SQL cut into the tokens that matter for finding tables: names, string literals and punctuation. One pass, each
 * character looked at once; comments and numbers fall away. Good for GoogleSQL, Spark SQL and HiveQL alike.
 */
export type SqlToken =
  /** A dotted path; `quoted` when any part stood in backticks, so that it cannot be a keyword. */
  | { readonly kind: 'name'; readonly parts: readonly string[]; readonly quoted: boolean }
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'mark'; readonly char: string };

export function* sqlTokens(sql: string): Generator<SqlToken, void, void> {
  let at = 0;
  while (at < sql.length) {
    const code = sql.charCodeAt(at);
    if (code <= 0x20) at += 1;
    else if (code === 0x23 || (code === 0x2d && sql.charCodeAt(at + 1) === 0x2d)) at = after(sql, '\n', at);
    else if (code === 0x2f && sql.charCodeAt(at + 1) === 0x2a) at = after(sql, '*/', at + 2);
    else if (code === 0x27 || code === 0x22) {
      const end = closing(sql, code, at + 1);
      yield { kind: 'string', text: sql.slice(at + 1, end) };
      at = end + 1;
    } else if (code === 0x60 || isWord(code)) {
      const parts: string[] = [];
      const { end, quoted } = path(sql, at, parts);
      if (parts.length > 0) yield { kind: 'name', parts, quoted };
      at = end;
    } else {
      yield { kind: 'mark', char: sql.charAt(at) };
      at += 1;
    }
  }
}

function after(sql: string, mark: string, from: number): number {
  const found = sql.indexOf(mark, from);
  return found < 0 ? sql.length : found + mark.length;
}

/** Position of the closing quote, honouring backslashes; the end of the text where it never comes. */
function closing(sql: string, quote: number, from: number): number {
  let at = from;
  while (at < sql.length && sql.charCodeAt(at) !== quote) at += sql.charCodeAt(at) === 0x5c ? 2 : 1;
  return Math.min(at, sql.length);
}

/** Reads `a.b`, `` `a`.b ``, `` `a.b` `` and `` parquet.`gs://…` `` into its parts. */
function path(sql: string, from: number, parts: string[]): { end: number; quoted: boolean } {
  let at = from;
  let quoted = false;
  for (;;) {
    let end: number;
    if (sql.charCodeAt(at) === 0x60) {
      quoted = true;
      const close = sql.indexOf('`', at + 1);
      end = close < 0 ? sql.length : close + 1;
      parts.push(sql.slice(at + 1, close < 0 ? sql.length : close));
    } else {
      end = at;
      while (end < sql.length && (isWord(sql.charCodeAt(end)) || isHyphen(sql, end))) end += 1;
      if (end > at) parts.push(sql.slice(at, end));
    }
    const next = sql.charCodeAt(end + 1);
    if (sql.charCodeAt(end) !== 0x2e || (next !== 0x60 && !isWord(next))) return { end, quoted };
    at = end + 1;
  }
}

/** A hyphen inside a word (`my-project.d.t`), not the start of a comment. */
function isHyphen(sql: string, at: number): boolean {
  return sql.charCodeAt(at) === 0x2d && isWord(sql.charCodeAt(at + 1));
}

function isWord(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x30 && code <= 0x39) ||
    code === 0x5f ||
    code === 0x24 ||
    code >= 0x80
  );
}
