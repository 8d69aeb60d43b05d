/**
 * Tables and files that a SQL text reads and writes, as far as its words tell. This is no SQL grammar: it follows the
 * keywords that put a table in a place (FROM, JOIN, INTO, …) through one pass over the tokens, and everything it finds
 * is `inferred`. The text itself is kept nowhere.
 */
import { datasetId, type DatasetId } from '../model/dataset.ts';
import type { DatasetOp, DatasetUse } from '../model/event.ts';
import { sqlTokens, type SqlToken } from './tokens.ts';
import { bigqueryTable, datasetOfUri } from './uri.ts';
import { UseSet } from './uses.ts';

/** What an unqualified name means where the text runs. */
export type SqlNames =
  | { readonly dialect: 'bigquery'; readonly project?: string }
  /** Spark SQL and HiveQL; the metastore goes by the name of the cluster. */
  | { readonly dialect: 'hive'; readonly cluster: string };

/** Words between a keyword and the table it introduces. */
const SKIPPED = new Set([
  'TABLE',
  'INTO',
  'OVERWRITE',
  'LOCAL',
  'DIRECTORY',
  'IF',
  'NOT',
  'EXISTS',
  'ONLY',
  'PATH',
]);
/** Words that take the place of a table. */
const NO_TABLE = new Set(['SELECT', 'WITH', 'VALUES', 'UNNEST', 'LATERAL', 'TABLESAMPLE']);
const END_OF_LIST = new Set(
  'WHERE GROUP ORDER HAVING LIMIT UNION EXCEPT INTERSECT ON WINDOW QUALIFY SET LATERAL CLUSTER SORT'.split(
    ' ',
  ),
);
/** Functions whose arguments hold a FROM of their own. */
const FROM_FUNCTIONS = new Set(['EXTRACT', 'TRIM', 'SUBSTRING', 'SUBSTR', 'OVERLAY', 'POSITION']);
const FILE_FORMATS = new Set(['parquet', 'orc', 'avro', 'json', 'csv', 'text', 'delta', 'binaryfile']);

export function datasetsInSql(sql: string, names: SqlNames = { dialect: 'bigquery' }): readonly DatasetUse[] {
  const reader = new SqlReader(names);
  for (const token of sqlTokens(sql)) reader.take(token);
  return reader.finish();
}

interface Level {
  readonly listing: boolean;
  readonly opener: string;
}

class SqlReader {
  readonly #names: SqlNames;
  readonly #uses = new UseSet();
  readonly #levels: Level[] = [];
  /** Names that are queries of the text itself (WITH, temporary views), lower case. */
  readonly #local = new Set<string>();
  #database = 'default';
  /** Operation of the table that has to come next. */
  #expected: DatasetOp | undefined;
  /** In the comma list of a FROM. */
  #listing = false;
  /** A name seen where a table to read stands; a function call if `(` follows. */
  #candidate: readonly string[] | undefined;
  #statement: 'merge' | 'create' | 'create-view' | 'export' | 'other' | undefined;
  #created: readonly string[] | undefined;
  #locations: DatasetId[] = [];
  #temporary = false;
  #before = '';
  #beforeThat = '';

  constructor(names: SqlNames) {
    this.#names = names;
  }

  take(token: SqlToken): void {
    if (token.kind === 'mark') this.#mark(token.char);
    else if (token.kind === 'string') this.#string(token.text);
    else this.#name(token.parts, token.quoted);
  }

  finish(): readonly DatasetUse[] {
    this.#endStatement();
    return this.#uses.list();
  }

  #mark(char: string): void {
    if (char === '(') {
      if (this.#before === 'AS') this.#subquery(this.#beforeThat);
      this.#candidate = undefined;
      this.#expected = undefined;
      this.#levels.push({ listing: this.#listing, opener: this.#before });
      this.#listing = false;
    } else {
      this.#commit();
      if (char === ')') this.#listing = this.#levels.pop()?.listing ?? false;
      else if (char === ',') this.#expected = this.#listing ? 'read' : undefined;
      else if (char === ';') this.#endStatement();
    }
    this.#before = '';
    this.#beforeThat = '';
  }

  #string(text: string): void {
    this.#commit();
    const dataset = datasetOfUri(text);
    const expected = this.#expected;
    this.#expected = undefined;
    if (dataset === undefined) return;
    if (expected !== undefined) this.#add(dataset, expected);
    else if (this.#statement === 'export') this.#add(dataset, 'write');
    else if (this.#statement === 'create' && this.#before === 'LOCATION') this.#locations.push(dataset);
    else this.#add(dataset, 'use');
  }

  #name(parts: readonly string[], quoted: boolean): void {
    this.#commit();
    const first = parts[0] ?? '';
    const word = quoted || parts.length > 1 ? '' : first.toUpperCase();
    if (this.#expected !== undefined && !SKIPPED.has(word)) this.#expectedName(parts, word);
    else if (word !== '') this.#keyword(word);
    this.#beforeThat = this.#before;
    this.#before = parts.length > 1 ? '' : quoted ? first : word;
  }

  #expectedName(parts: readonly string[], word: string): void {
    const op = this.#expected;
    this.#expected = undefined;
    if (NO_TABLE.has(word)) this.#keyword(word);
    else if (op === 'read') this.#candidate = parts;
    else if (this.#statement === 'create') this.#created = parts;
    else if (this.#statement === 'create-view') this.#local.add(parts.join('.').toLowerCase());
    else if (op !== undefined) this.#table(parts, op);
  }

  #keyword(word: string): void {
    if (this.#statement === undefined) this.#startStatement(word);
    if (END_OF_LIST.has(word)) this.#listing = false;
    switch (word) {
      case 'FROM':
        if (this.#before === 'DISTINCT' || FROM_FUNCTIONS.has(this.#levels.at(-1)?.opener ?? '')) return;
        this.#expected = this.#before === 'DELETE' ? 'write' : 'read';
        this.#listing = this.#expected === 'read';
        return;
      case 'JOIN':
      case 'CLONE':
      case 'INPATH':
        this.#expected = 'read';
        return;
      case 'INTO':
      case 'OVERWRITE':
        this.#expected = 'write';
        return;
      case 'USING':
        if (this.#statement === 'merge') this.#expected = 'read';
        return;
      case 'TEMP':
      case 'TEMPORARY':
        this.#temporary = true;
        return;
      case 'TABLE':
        if (this.#statement === 'create' && this.#created === undefined) this.#expected = 'write';
        return;
      case 'VIEW':
        if (this.#statement !== 'create' || this.#created !== undefined) return;
        this.#statement = this.#temporary ? 'create-view' : 'other';
        if (this.#temporary) this.#expected = 'write';
        return;
      case 'SELECT':
        this.#listing = false;
        this.#fillCreated();
        return;
      default:
        if (this.#before === 'USE' && this.#names.dialect === 'hive') this.#database = word.toLowerCase();
    }
  }

  #startStatement(word: string): void {
    this.#statement = 'other';
    if (word === 'UPDATE' || word === 'TRUNCATE' || word === 'MERGE') this.#expected = 'write';
    if (word === 'CREATE') this.#statement = 'create';
    else if (word === 'MERGE') this.#statement = 'merge';
    else if (word === 'EXPORT') this.#statement = 'export';
  }

  /** CREATE TABLE … AS SELECT writes the table and its location; without AS it only names them. */
  #fillCreated(): void {
    if (this.#statement !== 'create' || this.#created === undefined) return;
    this.#table(this.#created, 'write');
    for (const location of this.#locations) this.#add(location, 'write');
    this.#created = undefined;
    this.#locations = [];
  }

  #endStatement(): void {
    this.#commit();
    for (const location of this.#locations) this.#add(location, 'use');
    this.#locations = [];
    this.#levels.length = 0;
    this.#created = undefined;
    this.#expected = undefined;
    this.#statement = undefined;
    this.#listing = false;
    this.#temporary = false;
  }

  /** `name AS (`: a query of the text's own, or the body of CREATE TABLE name. */
  #subquery(name: string): void {
    const creates = this.#created?.length === 1 && this.#created[0]?.toUpperCase() === name.toUpperCase();
    if (this.#levels.length === 0) this.#fillCreated();
    if (name !== '' && !creates) this.#local.add(name.toLowerCase());
  }

  #commit(): void {
    const parts = this.#candidate;
    if (parts === undefined) return;
    this.#candidate = undefined;
    this.#table(parts, 'read');
  }

  #table(parts: readonly string[], op: DatasetOp): void {
    const [first = '', second] = parts;
    const file =
      second !== undefined && FILE_FORMATS.has(first.toLowerCase()) ? datasetOfUri(second) : undefined;
    const dataset = file ?? this.#datasetOf(parts.join('.'));
    if (dataset !== undefined) this.#add(dataset, op);
  }

  #datasetOf(name: string): DatasetId | undefined {
    const lower = name.toLowerCase();
    if (this.#local.has(lower) || lower.includes('information_schema')) return undefined;
    if (this.#names.dialect === 'bigquery') return bigqueryTable(name, this.#names.project);
    const parts = lower.split('.', 5);
    // A hyphen is legal in project ids and in no catalog name: a BigQuery catalog table.
    if (parts.length === 3 && parts[0]?.includes('-')) return bigqueryTable(name);
    if (parts.length > 4 || !parts.every((part) => /^[\p{L}\p{N}_$]{1,255}$/u.test(part))) return undefined;
    // The metastore's own catalog under the names that engines give it.
    const own = parts.length === 3 && (parts[0] === 'hive' || parts[0] === 'spark_catalog');
    const table = own ? lower.slice(lower.indexOf('.') + 1) : lower;
    const qualified = parts.length === 1 ? `${this.#database}.${table}` : table;
    return datasetId(`hive://${this.#names.cluster}/${qualified}`);
  }

  #add(dataset: DatasetId, op: DatasetOp): void {
    this.#uses.add({ dataset, op, strength: 'inferred' });
  }
}
