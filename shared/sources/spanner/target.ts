/** Which database and table an entry is about: dataset ids `spanner://P:I/DB` and `spanner://P:I/DB.TABLE`. */
import { segmentAfter } from '../../audit/payload.ts';
import { datasetOfUri } from '../../datasets/uri.ts';
import { datasetId, type DatasetId } from '../../model/dataset.ts';
import { isObject, list, obj, str, type Json } from '../fields.ts';

const TABLE = /^[\p{L}\p{N}_.]{1,256}$/u;

/** The database of `projects/P/instances/I/databases/D[/sessions/S]`. */
export function databaseOf(resource: string | undefined): DatasetId | undefined {
  if (resource === undefined) return undefined;
  const project = segmentAfter(resource, 'projects');
  const instance = segmentAfter(resource, 'instances');
  const database = segmentAfter(resource, 'databases');
  if (project === undefined || instance === undefined || database === undefined) return undefined;
  return datasetOfUri(`projects/${project}/instances/${instance}/databases/${database}`);
}

/** The table of the database where one is named, else the database. */
export function tableOf(database: DatasetId, table: string | undefined): DatasetId {
  if (table === undefined || !TABLE.test(table)) return database;
  return datasetId(`${database}.${table}`) ?? database;
}

/** Mutations looked at for their tables; a commit may hold 80,000 cells. */
const MAX_MUTATIONS = 1000;
const KINDS = ['insert', 'update', 'insertOrUpdate', 'replace', 'delete', 'send', 'ack'];

/** Tables that the mutations of a Commit or BatchWrite name, where the entry kept them. */
export function tablesOfMutations(request: Json | undefined): ReadonlySet<string> {
  const tables = new Set<string>();
  const groups = list(request, 'mutationGroups');
  if (groups.length === 0) addTables(tables, list(request, 'mutations'));
  else
    for (const group of groups.slice(0, MAX_MUTATIONS)) {
      if (isObject(group)) addTables(tables, list(group, 'mutations'));
    }
  return tables;
}

function addTables(tables: Set<string>, mutations: readonly unknown[]): void {
  for (const mutation of mutations.slice(0, MAX_MUTATIONS)) {
    if (!isObject(mutation)) continue;
    for (const kind of KINDS) {
      const body = obj(mutation, kind);
      if (body === undefined) continue;
      const table = str(body, 'table') ?? str(body, 'queue');
      if (table !== undefined) tables.add(table);
    }
  }
}
