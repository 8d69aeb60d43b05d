/**
 * Dataset ids of Databricks: objects of Unity Catalog by their three-part name, files by their path. Unity Catalog keeps
 * names in lower case; a name holds no `.`, `/`, space or control character (SQL reference, "Names").
 */
import { datasetId, type DatasetId } from '../model/dataset.ts';
import { datasetOfUri } from './uri.ts';

const PART = /^[^\s./]{1,255}$/;
const WORKSPACE = /^[A-Za-z0-9_-]{1,64}$/;
const VOLUMES = '/Volumes/';
const MAX_NAME = 1000;

/** `catalog.schema.object`; undefined where the text is no such name. */
export function unityCatalogObject(fullName: string): DatasetId | undefined {
  if (fullName.length > MAX_NAME) return undefined;
  const parts = fullName.replaceAll('`', '').split('.', 4);
  if (parts.length !== 3 || !parts.every((part) => PART.test(part))) return undefined;
  return datasetId(`unitycatalog:${parts.join('.').toLowerCase()}`);
}

/**
 * A path in the spellings of DBFS, Unity Catalog volumes and cloud storage. Volumes belong to the metastore, the DBFS root
 * to one workspace; without a workspace its paths name nothing.
 */
export function databricksPath(path: string, workspace: string | undefined): DatasetId | undefined {
  if (path.length > MAX_NAME) return undefined;
  const local = path.startsWith('dbfs:/') ? path.slice('dbfs:'.length) : path;
  if (!local.startsWith('/')) return datasetOfUri(path);
  const end = local.length > 1 && local.endsWith('/') ? -1 : undefined;
  if (local.startsWith(VOLUMES)) return datasetId(`unitycatalog:${local.slice(0, end)}`);
  if (workspace === undefined || !WORKSPACE.test(workspace) || workspace === '0') return undefined;
  return datasetId(`dbfs://${workspace}${local.slice(0, end)}`);
}
