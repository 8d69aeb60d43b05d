/** Rows for people (columns), for spreadsheets (CSV) and for programs (JSON). */
import { cells, fit, printable } from './printable.ts';

export { printable };

type Cell = string | number | bigint | boolean | null | undefined | readonly string[];
export type TableRow = Readonly<Record<string, Cell>>;

export interface RowSet {
  /** In order. */
  readonly columns: readonly string[];
  readonly rows: readonly TableRow[];
}

interface TableOptions {
  /** Terminal columns; absent: nothing is cut (output goes to a file or a pipe). */
  readonly width?: number;
  /** Most characters looked at of one value. */
  readonly valueLimit?: number;
}

const GAP = '  ';
/** Columns are not made narrower than this, even where the table is then wider than the terminal. */
const LEAST_WIDTH = 6;
const VALUE_LIMIT = 4096;

const isNumber = (cell: Cell): boolean => typeof cell === 'number' || typeof cell === 'bigint';

const valueOf = (row: TableRow, column: string): Cell =>
  Object.hasOwn(row, column) ? row[column] : undefined;

/** A value as text, as it is: nothing escaped, absent as nothing, lists with spaces between. */
function plain(cell: Cell): string {
  if (cell === null || cell === undefined) return '';
  return typeof cell === 'object' ? cell.join(' ') : String(cell);
}

function shown(cell: Cell, limit: number): string {
  const text = plain(cell);
  return printable(text.length > limit ? `${text.slice(0, limit)}…` : text);
}

/** Takes from the widest columns first until all fit, so that short ones stay whole. */
function shrink(widths: readonly number[], room: number): readonly number[] {
  const result = [...widths];
  let excess = result.reduce((sum, width) => sum + width, 0) - room;
  while (excess > 0) {
    const widest = Math.max(...result);
    if (widest <= LEAST_WIDTH) break;
    const next = Math.max(LEAST_WIDTH, ...result.filter((width) => width < widest));
    const tied = result.filter((width) => width === widest).length;
    const step = Math.min(widest - next, Math.max(1, Math.floor(excess / tied)));
    for (let i = 0; i < result.length && excess > 0; i += 1) {
      if (result[i] !== widest) continue;
      const taken = Math.min(step, excess);
      result[i] = widest - taken;
      excess -= taken;
    }
  }
  return result;
}

/**
 * Columns under their names, numbers to the right, values cut to the terminal's width. Every value is one line of
 * printable text, whatever its writer put in it.
 */
export function renderTable({ columns, rows }: RowSet, options: TableOptions = {}): string {
  if (columns.length === 0) return '';
  const limit = options.valueLimit ?? VALUE_LIMIT;
  const head = columns.map((column) => printable(column));
  const body = rows.map((row) => columns.map((column) => shown(valueOf(row, column), limit)));
  const right = columns.map(
    (column) =>
      rows.some((row) => isNumber(valueOf(row, column))) &&
      rows.every((row) => isNumber(valueOf(row, column)) || plain(valueOf(row, column)) === ''),
  );
  const natural = columns.map((_, i) =>
    [head, ...body].reduce((widest, line) => Math.max(widest, cells(line[i] ?? '')), 0),
  );
  const widths =
    options.width === undefined
      ? natural
      : shrink(natural, options.width - GAP.length * (columns.length - 1));

  const line = (texts: readonly string[]): string =>
    texts
      .map((text, i) => {
        const width = widths[i] ?? 0;
        const cut = fit(text, width);
        const padding = ' '.repeat(Math.max(0, width - cells(cut)));
        return right[i] === true ? padding + cut : cut + padding;
      })
      .join(GAP)
      .trimEnd();
  const rule = widths.map((width) => '─'.repeat(width)).join(GAP);
  return [line(head), rule, ...body.map(line)].map((text) => `${text}\n`).join('');
}

/**
 * What a spreadsheet takes for a formula when it opens a CSV file (OWASP, CSV injection); white space and a fullwidth
 * form in front do not stop it.
 */
const FORMULA = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20\t\r]/u;

function csvCell(cell: Cell): string {
  if (isNumber(cell) || typeof cell === 'boolean') return String(cell);
  const text = plain(cell);
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n\t']/.test(safe) || safe !== safe.trim() ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** RFC 4180 with a header line. Text that a spreadsheet would calculate gets an apostrophe in front. */
export function renderCsv({ columns, rows }: RowSet): string {
  const lines = [columns, ...rows.map((row) => columns.map((column) => valueOf(row, column)))];
  return lines.map((line) => `${line.map((cell) => csvCell(cell)).join(',')}\r\n`).join('');
}

/** Above 2^53 a JSON number is no longer the integer it was. */
function jsonValue(cell: Cell): string | number | boolean | null | readonly string[] {
  if (cell === undefined) return null;
  if (typeof cell !== 'bigint') return cell;
  return cell >= BigInt(Number.MIN_SAFE_INTEGER) && cell <= BigInt(Number.MAX_SAFE_INTEGER)
    ? Number(cell)
    : String(cell);
}

/**
 * One JSON object a line, the columns in order, absent values as null. What JSON leaves as it is and a terminal would
 * obey or turn round is escaped; a reader of JSON gets back the value itself.
 */
export function renderJson({ columns, rows }: RowSet): string {
  return rows
    .map((row) => {
      const object = Object.fromEntries(columns.map((column) => [column, jsonValue(valueOf(row, column))]));
      return jsonLine(object);
    })
    .join('');
}

/** A value as one line of such JSON. */
export const jsonLine = (value: object): string =>
  `${JSON.stringify(value).replace(/[\u007f-\u009f\p{Cf}\u2028\u2029]/gu, asJsonEscape)}\n`;

/** Characters beyond the basic plane as their two surrogates. */
const asJsonEscape = (character: string): string =>
  Array.from(
    { length: character.length },
    (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`,
  ).join('');
