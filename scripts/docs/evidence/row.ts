/** One kind of evidence that detections need, and where it comes out. */
import { SOURCE_NAMES, type SourceName } from '../../../shared/sources/source.ts';

export interface EvidenceRow {
  /** As the service names it. */
  readonly what: string;
  /** Ids of detections. */
  readonly needed: readonly string[];
  readonly source: SourceName;
  /** By which the records are known: whole, or what follows a `.` or `/`; `*` for any. */
  readonly methods: readonly string[];
  /** What they become. */
  readonly actions: readonly string[];
  /** Columns of Events, `claims.NAME`, and `TABLE.COLUMN` of another table: all of them of one entry. */
  readonly found: readonly string[];
}

export interface MissingRow {
  readonly what: string;
  readonly needed: readonly string[];
  readonly why: string;
}

/**
 * Rows of a table as text: `what | needed | source | methods | actions | found`, lists separated by blanks, methods by
 * commas.
 * @throws Error for a row of another form
 */
export function evidenceRows(text: string): readonly EvidenceRow[] {
  return cellsOf(text, 6).map(
    ([what = '', needed = '', name = '', methods = '', actions = '', found = '']) => {
      const source = SOURCE_NAMES.find((known) => known === name);
      if (source === undefined) throw new Error(`Evidence "${what}" is of no source: ${name}.`);
      return {
        what,
        needed: needed.split(' '),
        source,
        methods: methods.split(', '),
        actions: actions.split(' '),
        found: found.split(' '),
      };
    },
  );
}

/** Rows as text: `what | needed | why`. */
export const missingRows = (text: string): readonly MissingRow[] =>
  cellsOf(text, 3).map(([what = '', needed = '', why = '']) => ({ what, needed: needed.split(' '), why }));

function cellsOf(text: string, count: number): readonly (readonly string[])[] {
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const cells = line.trim().split(' | ');
      if (cells.length !== count) throw new Error(`Not ${count} cells: ${line}`);
      return cells;
    });
}
