/**
 * Dataset ids from the spellings in which requests name data: URIs, BigQuery table references and Google resource names
 * (OpenLineage naming, https://openlineage.io/docs/spec/naming). All input is attacker-controlled: matching is by
 * indexOf and anchored single classes, and whatever can hold a secret (user info, query strings, JDBC parameters) is
 * cut away before the rest is looked at.
 */
import { datasetId, MAX_DATASET_ID, type DatasetId } from '../model/dataset.ts';

/** Longer text than this is no reference to one dataset, whatever is cut off it. */
const MAX_TEXT = 4 * MAX_DATASET_ID;
const BUCKET = /^[A-Za-z0-9._-]{1,222}$/;
const NAME = /^[A-Za-z0-9_~.%+-]{1,255}$/;
const HOST = /^[A-Za-z0-9._-]{1,255}(?::[0-9]{1,5})?$/;
/** Domain-scoped projects hold one colon (`example.com:proj`). */
const PROJECT = /^[A-Za-z0-9:._-]{1,128}$/;
const TABLE_PART = /^[\p{L}\p{M}\p{N}_ -]{1,300}$/u;
/** Tables may be sharded by wildcard: `events_*`. */
const GLOB = /[*?[{]/;

/** The dataset a text names as a whole; undefined where it names none. */
export function datasetOfUri(text: string): DatasetId | undefined {
  if (text.length < 6 || text.length > MAX_TEXT) return undefined;
  const colon = text.indexOf(':');
  if (colon > 0 && colon < 12) {
    const scheme = text.slice(0, colon).toLowerCase();
    const rest = text.slice(colon + 1);
    switch (scheme) {
      case 'gs':
        return objectStore('gs', rest);
      case 's3':
      case 's3a':
      case 's3n':
        return objectStore('s3', rest);
      case 'abfs':
      case 'abfss':
        return azure('abfss', rest);
      case 'wasb':
      case 'wasbs':
        return azure('wasbs', rest);
      case 'hdfs':
        return fileSystem('hdfs', rest);
      case 'bq':
      case 'bigquery':
        return bigqueryTable(rest.startsWith('//') ? rest.slice(2).replaceAll('/', '.') : rest);
      case 'jdbc':
        return jdbc(rest);
      case 'kafka':
        return fileSystem('kafka', rest);
      case 'pubsub':
        return pubsub(rest);
      case 'spanner':
        return spanner(rest);
      default:
        return undefined;
    }
  }
  if (text.startsWith('projects/') || text.startsWith('//')) return resourceName(text);
  return undefined;
}

/**
 * A BigQuery table reference: `p.d.t`, legacy `p:d.t`, with backticks or brackets around, with `$partition` and
 * `@snapshot` decorators (dropped). Two parts need the project that the request runs in.
 */
export function bigqueryTable(text: string, defaultProject?: string): DatasetId | undefined {
  if (text.length > MAX_TEXT) return undefined;
  let name = text.trim();
  if (name.startsWith('[') && name.endsWith(']')) name = name.slice(1, -1);
  name = name.replaceAll('`', '');
  const tableDot = name.lastIndexOf('.');
  if (tableDot <= 0) return undefined;
  const table = undecorated(name.slice(tableDot + 1));
  const head = name.slice(0, tableDot);
  const split = Math.max(head.lastIndexOf('.'), head.lastIndexOf(':'));
  const dataset = head.slice(split + 1);
  const project = split > 0 ? head.slice(0, split) : defaultProject;
  if (project === undefined || !PROJECT.test(project)) return undefined;
  if (!TABLE_PART.test(dataset) || !TABLE_PART.test(table.endsWith('*') ? table.slice(0, -1) : table))
    return undefined;
  return datasetId(`bigquery:${project}.${dataset}.${table}`);
}

function undecorated(table: string): string {
  const end = table.search(/[$@]/);
  return end < 0 ? table : table.slice(0, end);
}

/** `//bucket/key`; user info before the bucket (old S3 URIs carry keys there) is dropped. */
function objectStore(scheme: string, rest: string): DatasetId | undefined {
  if (!rest.startsWith('//')) return undefined;
  const slash = rest.indexOf('/', 2);
  const authority = withoutUserInfo(slash < 0 ? rest.slice(2) : rest.slice(2, slash));
  if (!BUCKET.test(authority)) return undefined;
  return datasetId(`${scheme}://${authority}${slash < 0 ? '' : prefix(rest.slice(slash))}`);
}

/** `//container@account.host/path`: here the part before `@` is the container. */
function azure(scheme: string, rest: string): DatasetId | undefined {
  if (!rest.startsWith('//')) return undefined;
  const slash = rest.indexOf('/', 2);
  const authority = slash < 0 ? rest.slice(2) : rest.slice(2, slash);
  const at = authority.indexOf('@');
  if (at < 0 || !BUCKET.test(authority.slice(0, at)) || !BUCKET.test(authority.slice(at + 1)))
    return undefined;
  return datasetId(`${scheme}://${authority}${slash < 0 ? '' : prefix(rest.slice(slash))}`);
}

/** `//host[:port][,host…]/path`, or `/path` on the default file system. */
function fileSystem(scheme: string, rest: string): DatasetId | undefined {
  if (!rest.startsWith('//'))
    return rest.startsWith('/') ? datasetId(`${scheme}:${prefix(rest)}`) : undefined;
  const slash = rest.indexOf('/', 2);
  const authority = withoutUserInfo(slash < 0 ? rest.slice(2) : rest.slice(2, slash));
  if (authority !== '' && !authority.split(',', 16).every((host) => HOST.test(host))) return undefined;
  const path = slash < 0 ? '' : prefix(rest.slice(slash));
  return authority === '' && path === '' ? undefined : datasetId(`${scheme}://${authority}${path}`);
}

/**
 * A path as the prefix that surely holds what was meant: cut at the last `/` before a glob or a `${variable}`, without
 * generation (`#123`) and without trailing slashes.
 */
function prefix(path: string): string {
  let end = path.search(GLOB);
  if (end >= 0) end = path.lastIndexOf('/', end);
  else {
    end = path.length;
    const hash = path.lastIndexOf('#');
    if (hash > 0 && /^[0-9]{1,20}$/.test(path.slice(hash + 1))) end = hash;
  }
  while (end > 0 && path.charCodeAt(end - 1) === 0x2f) end -= 1;
  return path.slice(0, Math.max(end, 0));
}

function withoutUserInfo(authority: string): string {
  return authority.slice(authority.lastIndexOf('@') + 1);
}

const HOST_PORT = /^[A-Za-z0-9.-]{1,255}(?::[0-9]{1,5})?$/;
/** `host:port:SID`, Oracle's older form. */
const HOST_PORT_SID = /^[A-Za-z0-9.-]{1,255}:[0-9]{1,5}:[A-Za-z0-9_]{1,64}$/;

/**
 * `jdbc:<product>:…//host:port/db?…` as `jdbc:<product>://host:port/db`. User, password and parameters, which these
 * URLs carry in several places, are never taken along; what does not leave a plain host is not taken at all.
 */
function jdbc(rest: string): DatasetId | undefined {
  const colon = rest.indexOf(':');
  const product = rest.slice(0, colon).toLowerCase();
  if (colon <= 0 || !/^[a-z0-9]{2,32}$/.test(product)) return undefined;
  let target = rest.slice(colon + 1);
  if (product === 'oracle') {
    const at = target.indexOf('@');
    if (at < 0) return undefined;
    target = target.slice(at + 1);
    if (target.startsWith('//')) target = target.slice(2);
  } else {
    const slashes = target.indexOf('//');
    if (slashes < 0) return undefined;
    target = target.slice(slashes + 2);
  }
  const end = target.search(/[/?;#]/);
  const at = target.indexOf('@');
  // A second `@`, or one behind the host, may belong to a password that was not encoded: nothing is safe to take.
  if (at !== target.lastIndexOf('@') || (end >= 0 && at > end)) return undefined;
  const host = withoutUserInfo(end < 0 ? target : target.slice(0, end));
  if (!HOST_PORT.test(host) && !(product === 'oracle' && HOST_PORT_SID.test(host))) return undefined;
  let database = '';
  if (end >= 0 && target.charAt(end) === '/') {
    const path = target.slice(end + 1);
    const stop = path.search(/[?;#]/);
    database = stop < 0 ? path : path.slice(0, stop);
  }
  return datasetId(`jdbc:${product}://${host}${NAME.test(database) ? `/${database}` : ''}`);
}

/** `topic:P:T` and `subscription:P:S` (OpenLineage), `//projects/P/topics/T`. */
function pubsub(rest: string): DatasetId | undefined {
  if (rest.startsWith('//')) return resourceName(rest.slice(2));
  const [kind, project, name, more] = rest.split(':', 4);
  if ((kind !== 'topic' && kind !== 'subscription') || more !== undefined) return undefined;
  if (project === undefined || name === undefined || !PROJECT.test(project) || !NAME.test(name))
    return undefined;
  return datasetId(`pubsub:${kind}:${project}:${name}`);
}

/** `//PROJECT:INSTANCE/DB[.TABLE]`. */
function spanner(rest: string): DatasetId | undefined {
  if (!rest.startsWith('//')) return undefined;
  const [instance, name, more] = rest.slice(2).split('/', 3);
  if (instance === undefined || name === undefined || more !== undefined) return undefined;
  const colon = instance.lastIndexOf(':');
  if (colon <= 0 || !PROJECT.test(instance.slice(0, colon)) || !NAME.test(instance.slice(colon + 1)))
    return undefined;
  return NAME.test(name) ? datasetId(`spanner://${instance}/${name}`) : undefined;
}

/** Relative or full Google resource names of tables, topics, subscriptions and databases. */
function resourceName(text: string): DatasetId | undefined {
  const at = text.startsWith('projects/') ? 0 : text.indexOf('/projects/', 2) + 1;
  if (at === 0 && !text.startsWith('projects/')) return undefined;
  const parts = text.slice(at).split('/', 9);
  const [, project, kind, second, sub, third] = parts;
  if (project === undefined || kind === undefined || second === undefined) return undefined;
  if (!PROJECT.test(project) || !NAME.test(second)) return undefined;
  if (parts.length === 4) {
    if (kind === 'topics') return datasetId(`pubsub:topic:${project}:${second}`);
    if (kind === 'subscriptions') return datasetId(`pubsub:subscription:${project}:${second}`);
    return undefined;
  }
  if (third === undefined || parts.length !== 6) return undefined;
  if (kind === 'datasets' && sub === 'tables') return bigqueryTable(`${project}.${second}.${third}`);
  if (kind !== 'instances' || !NAME.test(third)) return undefined;
  if (sub === 'databases') return datasetId(`spanner://${project}:${second}/${third}`);
  if (sub === 'tables') return datasetId(`bigtable://${project}:${second}/${third}`);
  return undefined;
}
