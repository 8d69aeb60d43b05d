/** What a table is, as data, and the short forms its columns are written in. */

export type TableKind = 'fact' | 'ledger' | 'operational';
export type ColumnType = 'string' | 'int64' | 'timestamp' | 'strings';

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** Characters for string and for each element of strings; absent for the other types. */
  readonly max?: number;
  readonly required?: true;
  /** Left out of the row's digest: depends on when or in which rendition the entry first came, or on retention. */
  readonly outsideDigest?: true;
}

export interface Index {
  readonly name: string;
  readonly columns: readonly string[];
  readonly storing: readonly string[];
  /** Columns kept newest first. */
  readonly descending?: readonly string[];
  /** Rows where one of its columns is null have no entry. */
  readonly nullFiltered?: true;
}

export interface Table {
  readonly name: TableName;
  readonly kind: TableKind;
  readonly key: readonly string[];
  /** Columns of the key kept newest first. */
  readonly descending?: readonly string[];
  readonly columns: readonly Column[];
  readonly indexes: readonly Index[];
}

export type TableName =
  | 'Events'
  | 'Edges'
  | 'PolicyVersions'
  | 'Quarantine'
  | 'Renditions'
  | 'Receipts'
  | 'Findings'
  | 'Episodes'
  | 'EpisodeTransitions'
  | 'EpisodeFindings'
  | 'Deliveries'
  | 'Bundles'
  | 'BundlesInForce'
  | 'Silences'
  | 'Witnesses'
  | 'Verdicts'
  | 'OpenWork'
  | 'Sightings'
  | 'Paths'
  | 'Arrivals'
  | 'Redriven';

/** Cell limit of a Spanner STRING, in characters. */
export const MAX_CELL = 2_621_440;

export const s = (name: string, max: number, required?: true): Column =>
  required ? { name, type: 'string', max, required } : { name, type: 'string', max };
export const int = (name: string, required?: true): Column =>
  required ? { name, type: 'int64', required } : { name, type: 'int64' };
export const time = (name: string, required?: true): Column =>
  required ? { name, type: 'timestamp', required } : { name, type: 'timestamp' };
export const list = (name: string, max: number): Column => ({ name, type: 'strings', max });
export const outside = (column: Column): Column => ({ ...column, outsideDigest: true });
