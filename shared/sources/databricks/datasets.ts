/** Tables, volumes and paths that an audit event names. */
import { databricksPath, unityCatalogObject } from '../../datasets/unity.ts';
import { UseSet } from '../../datasets/uses.ts';
import type { DatasetId } from '../../model/dataset.ts';
import type { Action, DatasetOp, DatasetUse, Strength } from '../../model/event.ts';
import type { Method } from './methods.ts';
import { scalar, type AuditRecord } from './record.ts';
import { fullName } from './target.ts';

/** Kinds of securables that hold data. */
const HOLDS_DATA = new Set(['TABLE', 'VIEW', 'VOLUME', 'MATERIALIZED_VIEW', 'STREAMING_TABLE']);
const WRITES = new Set<Action>(['data.write', 'data.delete', 'schema.change']);
const FILES = new Set(['dbfs', 'filesystem']);

export function datasetsOf(
  record: AuditRecord,
  method: Method,
  workspace: string | undefined,
): readonly DatasetUse[] {
  const service = record.service.toLowerCase();
  if (service === 'unitycatalog') return catalogUses(record, method);
  if (!FILES.has(service)) return [];
  const path = scalar(record.params, 'path') ?? scalar(record.params, 'mountPoint');
  const dataset = path === undefined ? undefined : databricksPath(path, workspace);
  return dataset === undefined ? [] : [{ dataset, op: opOf(method), strength: 'stated' }];
}

function catalogUses(record: AuditRecord, method: Method): readonly DatasetUse[] {
  const { params } = record;
  const uses = new UseSet();
  const minted = method.action === 'credential.mint';
  const op = minted ? grantedOp(scalar(params, 'operation')) : opOf(method);
  // A credential shows what its holder may do, not what was done.
  const strength: Strength = minted ? 'declared' : 'stated';
  const add = (dataset: DatasetId | undefined): void => {
    if (dataset !== undefined) uses.add({ dataset, op, strength });
  };
  const kind = scalar(params, 'securable_type')?.toUpperCase();
  if (kind !== undefined && HOLDS_DATA.has(kind)) addNamed(add, scalar(params, 'securable_full_name'));
  if (isAboutData(method)) {
    addNamed(add, scalar(params, 'table_full_name') ?? scalar(params, 'full_name_arg') ?? fullName(record));
    addNamed(add, scalar(params, 'volume_full_name'));
    for (const key of ['table_url', 'storage_location', 'url']) {
      const url = scalar(params, key);
      if (url !== undefined) add(databricksPath(url, undefined));
    }
  }
  return uses.list();
}

/** Functions, models and the like have three-part names as well. */
function isAboutData({ name, action }: Method): boolean {
  return action === 'credential.mint' || name.endsWith('Table') || name.endsWith('Volume');
}

function addNamed(add: (dataset: DatasetId | undefined) => void, name: string | undefined): void {
  if (name !== undefined) add(unityCatalogObject(name));
}

function opOf({ action }: Method): DatasetOp {
  if (action === 'data.read') return 'read';
  return WRITES.has(action) ? 'write' : 'use';
}

/** READ, READ_WRITE, WRITE, PATH_CREATE_TABLE and the like: whatever can write, writes. */
function grantedOp(operation: string | undefined): DatasetOp {
  if (operation === undefined) return 'use';
  const granted = operation.toUpperCase();
  if (granted.includes('CREATE') || granted.includes('WRITE')) return 'write';
  return granted.includes('READ') ? 'read' : 'use';
}
