/**
 * Datasets in the arguments and properties of a job: what it was told to do, not what it did. The name of the flag
 * gives the direction; a bare URI only says that the dataset is used.
 */
import type { DatasetOp, DatasetUse, Strength } from '../model/event.ts';
import type { Json } from '../sources/fields.ts';
import { datasetsInSql, type SqlNames } from './sql.ts';
import { bigqueryTable, datasetOfUri } from './uri.ts';
import { UseSet } from './uses.ts';

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

const READ_WORDS = words('input inputs in source sources src read reads from load subscription infile');
const WRITE_WORDS = words(
  'output outputs out dest destination destinations dst sink sinks target targets write writes to save result ' +
    'results export outfile deadletter',
);
const SQL_WORDS = words('query sql statement');
const TABLE_WORDS = words('table tables bq bigquery');
/** Lower-case spellings in which two words are one: `inputtable`. */
const JOINED = words('file files path paths dir table tables topic topics subscription pattern uri');

/** Property prefixes of the platform's own files: code, event logs, staging. No data of the job. */
const PLATFORM_PROPERTIES = (
  'spark.jars spark.files spark.archives spark.submit. spark.yarn. spark.eventLog. spark.history. spark.driver. ' +
  'spark.executor. spark.kubernetes. spark.dataproc. spark.openlineage. spark.local. spark:spark.eventLog. ' +
  'spark:spark.history. dataproc: dataproc. yarn: hdfs: core:fs.'
).split(' ');

/**
 * Uses named by command-line arguments in any of the spellings `--flag=value`, `--flag value`, `-flag value`,
 * `key=value` and bare value. A flag whose words say input or output makes the use `declared`; else it is an
 * `inferred` use. A flag that holds SQL is read as SQL.
 */
export function datasetsInArgs(args: readonly string[], sql?: SqlNames): readonly DatasetUse[] {
  const uses = new UseSet();
  let pending = '';
  for (const arg of args) {
    const isFlag = arg.charCodeAt(0) === 0x2d;
    const equals = flagEnd(arg);
    if (equals > 0) addValue(uses, arg.slice(0, equals), arg.slice(equals + 1), sql);
    else if (!isFlag) addValue(uses, pending, arg, sql);
    pending = isFlag && equals < 0 ? arg : '';
  }
  return uses.list();
}

/** Uses named by the values of a properties map (Spark, Hive, Flink options). */
export function datasetsInProperties(properties: Json | undefined, sql?: SqlNames): readonly DatasetUse[] {
  if (properties === undefined) return [];
  const uses = new UseSet();
  for (const key of Object.keys(properties)) {
    const value = properties[key];
    if (typeof value !== 'string' || value.length < SHORTEST) continue;
    if (PLATFORM_PROPERTIES.some((prefix) => key.startsWith(prefix))) continue;
    addValue(uses, key, value, sql);
  }
  return uses.list();
}

/** Uses named by one value under a name (a template parameter, an option). */
export function datasetsInParameter(name: string, value: string, sql?: SqlNames): readonly DatasetUse[] {
  const uses = new UseSet();
  addValue(uses, name, value, sql);
  return uses.list();
}

const MAX_FLAG = 128;
/** `p.d.t` */
const SHORTEST = 5;

/** Position of the `=` that ends a flag name, -1 where the argument is no assignment (a URI may hold `=` too). */
function flagEnd(arg: string): number {
  const equals = arg.indexOf('=');
  if (equals <= 0 || equals > MAX_FLAG) return -1;
  const slash = arg.indexOf('/');
  const blank = arg.indexOf(' ');
  return (slash >= 0 && slash < equals) || (blank >= 0 && blank < equals) ? -1 : equals;
}

function addValue(uses: UseSet, flag: string, value: string, sql: SqlNames | undefined): void {
  if (value.length < SHORTEST) return;
  const said = flag === '' ? NO_WORDS : wordsOf(flag);
  if (said.sql && value.includes(' ')) {
    uses.addAll(datasetsInSql(value, sql));
    return;
  }
  const op: DatasetOp = said.read === said.write ? 'use' : said.read ? 'read' : 'write';
  const strength: Strength = op === 'use' ? 'inferred' : 'declared';
  for (const item of items(value, said.table)) {
    const dataset = datasetOfUri(item) ?? (said.table ? bigqueryTable(item) : undefined);
    if (dataset !== undefined) uses.add({ dataset, op, strength });
  }
}

/** A list value split at the commas that begin another reference; other commas belong to a name. */
function items(value: string, tables: boolean): readonly string[] {
  const text = unquoted(value.trim());
  if (!text.includes(',')) return [text];
  const found: string[] = [];
  for (const piece of text.split(',')) {
    const item = unquoted(piece.trim());
    const last = found.length - 1;
    if (last < 0 || tables || item.includes(':')) found.push(item);
    else found[last] += `,${item}`;
  }
  return found;
}

function unquoted(text: string): string {
  const first = text.charCodeAt(0);
  const quoted = text.length > 1 && (first === 0x22 || first === 0x27) && text.endsWith(text.charAt(0));
  return quoted ? text.slice(1, -1) : text;
}

interface FlagWords {
  read: boolean;
  write: boolean;
  sql: boolean;
  table: boolean;
}

const NO_WORDS: FlagWords = { read: false, write: false, sql: false, table: false };

/** What the words of a flag say: `--inputTable`, `input_table`, `spark.app.output-path` are split into lower-case words. */
function wordsOf(flag: string): FlagWords {
  const found: FlagWords = { read: false, write: false, sql: false, table: false };
  const end = Math.min(flag.length, MAX_FLAG);
  // `-Dinput=…` sets a JVM property.
  let from = flag.startsWith('-D') ? 2 : 0;
  for (let i = from; i <= end; i += 1) {
    const code = i < end ? flag.charCodeAt(i) : 0;
    const upper = code >= 0x41 && code <= 0x5a;
    const letter = upper || (code >= 0x61 && code <= 0x7a);
    const startsWord = upper && i > from && !isUpper(flag.charCodeAt(i - 1));
    if (letter && !startsWord) continue;
    if (i > from) note(found, flag.slice(from, i).toLowerCase());
    from = letter ? i : i + 1;
  }
  return found;
}

const isUpper = (code: number): boolean => code >= 0x41 && code <= 0x5a;

function note(found: FlagWords, word: string): void {
  if (READ_WORDS.has(word)) found.read = true;
  if (WRITE_WORDS.has(word)) found.write = true;
  // Only as the last word: `spark.sql.warehouse.dir` holds no SQL.
  found.sql = SQL_WORDS.has(word);
  if (TABLE_WORDS.has(word)) found.table = true;
  const beginning = word.startsWith('input') ? 'input' : word.startsWith('output') ? 'output' : '';
  const rest = word.slice(beginning.length);
  if (beginning !== '' && JOINED.has(rest)) {
    note(found, beginning);
    note(found, rest);
  }
}
