/**
 * Input and output datasets of an event as dataset ids. OpenLineage names a dataset by the namespace of its data source
 * and its name there (https://openlineage.io/docs/spec/naming); both come from a client, which anybody may be.
 */
import { bigqueryTable, datasetOfUri } from '../../datasets/uri.ts';
import { UseSet } from '../../datasets/uses.ts';
import { datasetId, type DatasetId } from '../../model/dataset.ts';
import type { DatasetOp, DatasetUse } from '../../model/event.ts';
import { isObject, list, obj, str, type Json } from '../fields.ts';

/** Datasets of one event that are kept. */
const MAX_DATASETS = 64;
const MAX_ALIASES = 8;
/** Names that mean something else on each machine or in each process. */
const LOCAL = new Set(['file', 'inmemory', 'inmemory:']);
const SCHEME = /^[a-z][a-z0-9+.-]{0,31}$/;
const AUTHORITY = /^[A-Za-z0-9._:,-]{1,255}$/;
const PATH = /^[A-Za-z0-9._~/-]{0,255}$/;
/** A namespace of the user's own making. */
const WORDS = /^[A-Za-z0-9._ -]{1,128}$/;
const NAME = /^[^?#]{1,700}$/;

export interface Datasets {
  readonly uses: readonly DatasetUse[];
  /** Named in a way that tells no dataset apart from others, or beyond the limit. */
  readonly left: number;
}

export function datasetsOf(event: Json): Datasets {
  const uses = new UseSet();
  let left = 0;
  let taken = 0;
  const take = (items: readonly unknown[], op: DatasetOp): void => {
    for (const item of items) {
      const ids = taken < MAX_DATASETS && isObject(item) ? idsOf(item) : [];
      if (ids.length === 0) left += 1;
      else taken += 1;
      // What the client says it was about to do, or did: nobody but the client vouches for it.
      for (const dataset of ids) uses.add({ dataset, op, strength: 'declared' });
    }
  };
  take(list(event, 'inputs'), 'read');
  take(list(event, 'outputs'), 'write');
  const about = obj(event, 'dataset');
  if (about !== undefined) take([about], 'use');
  return { uses: uses.list(), left };
}

/** The dataset and what its symlinks facet calls it besides: a table beside its path. */
function idsOf(item: Json): readonly DatasetId[] {
  const found: DatasetId[] = [];
  const aliases = list(obj(obj(item, 'facets'), 'symlinks'), 'identifiers').slice(0, MAX_ALIASES);
  for (const named of [item, ...aliases]) {
    if (!isObject(named)) continue;
    const id = idOf(str(named, 'namespace'), str(named, 'name'));
    if (id !== undefined && !found.includes(id)) found.push(id);
  }
  return found;
}

/** Undefined where the two name nothing that is one thing everywhere. */
export function idOf(namespace: string | undefined, name: string | undefined): DatasetId | undefined {
  if (namespace === undefined || name === undefined || LOCAL.has(namespace)) return undefined;
  if (namespace === 'bigquery') return bigqueryTable(name);
  if (namespace === 'pubsub') return datasetOfUri(`pubsub:${name}`);
  const split = namespace.indexOf('://');
  if (split < 0) {
    return WORDS.test(namespace) && NAME.test(name) ? datasetId(`${namespace}/${name}`) : undefined;
  }
  const scheme = namespace.slice(0, split).toLowerCase();
  const joined = join(namespace, name);
  return datasetOfUri(joined) ?? general(scheme, namespace.slice(split + 3), name);
}

const join = (namespace: string, name: string): string =>
  namespace.endsWith('/') || name.startsWith('/') ? `${namespace}${name}` : `${namespace}/${name}`;

/** Data sources without a grammar of their own here: the parts are checked, and user info before the host is dropped. */
function general(scheme: string, rest: string, name: string): DatasetId | undefined {
  if (!SCHEME.test(scheme) || LOCAL.has(scheme) || !NAME.test(name)) return undefined;
  const slash = rest.indexOf('/');
  const host = slash < 0 ? rest : rest.slice(0, slash);
  const authority = host.slice(host.lastIndexOf('@') + 1);
  const path = slash < 0 ? '' : rest.slice(slash);
  if (!AUTHORITY.test(authority) || !PATH.test(path)) return undefined;
  return datasetId(join(`${scheme}://${authority}${path}`, name));
}
