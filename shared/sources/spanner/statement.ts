/** Whether a SQL statement reads or changes rows, by its first word: comments, hints and parentheses before it fall away. */

const CHANGES = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE']);
const READS = new Set(['SELECT', 'WITH', 'FROM', 'GRAPH', 'CALL', 'SHOW', 'EXPLAIN']);
/** Longer preambles than this are nobody's query. */
const MAX_PREAMBLE = 4096;

export function statementOp(sql: string | undefined): 'read' | 'write' | undefined {
  if (sql === undefined) return undefined;
  const from = firstWord(sql);
  let end = from;
  while (end < sql.length && end < from + 12 && isLetter(sql.charCodeAt(end))) end += 1;
  const word = sql.slice(from, end).toUpperCase();
  if (CHANGES.has(word)) return 'write';
  return READS.has(word) ? 'read' : undefined;
}

function firstWord(sql: string): number {
  const limit = Math.min(sql.length, MAX_PREAMBLE);
  let at = 0;
  while (at < limit) {
    const code = sql.charCodeAt(at);
    if (code <= 0x20 || code === 0x28) at += 1;
    else if (code === 0x23 || sql.startsWith('--', at)) at = past(sql, '\n', at);
    else if (sql.startsWith('/*', at)) at = past(sql, '*/', at + 2);
    else if (sql.startsWith('@{', at)) at = past(sql, '}', at);
    else return at;
  }
  return limit;
}

function past(sql: string, mark: string, from: number): number {
  const found = sql.indexOf(mark, from);
  return found < 0 ? sql.length : found + mark.length;
}

const isLetter = (code: number): boolean => (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a);
