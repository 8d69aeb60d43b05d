/**
 * Which version of a gateway policy a change leaves. Of a gateway of one's own the audited object tells it whole, and is
 * named `kong:PROJECT/DAO/ID` after the project whose log it is in; the request of the same change names it by path, name or id, and makes no version.
 * Of Konnect only the call is recorded: `konnect:ORG/CONTROL-PLANE/COLLECTION/ID`, and what it changed is a difference.
 */
import type { PolicyVersion } from '../../model/event.ts';
import type { Json } from '../fields.ts';
import { changedCollection, changedPolicy, deletedPolicy, without } from '../policy-version.ts';
import type { Operation } from './admin-actions.ts';

/** The gateway's own bookkeeping, which differs after a change was taken back. */
const BOOKKEEPING: ReadonlySet<string> = new Set(['created_at', 'updated_at']);

export function versionOfObject(
  project: string | undefined,
  dao: string,
  id: string,
  operation: Operation,
  entity: Json | undefined,
): PolicyVersion {
  const policy = `kong:${project ?? '-'}/${dao}/${id}`;
  if (operation === 'delete') return deletedPolicy('gateway', policy);
  return changedPolicy('gateway', policy, entity === undefined ? undefined : without(entity, BOOKKEEPING));
}

const CONTROL_PLANES: ReadonlySet<string> = new Set(['control-planes', 'control_planes']);
/** Longest path looked into; the deepest has about ten segments. */
const MAX_PATH = 1024;

/**
 * `…/control-planes/ID[/core-entities][/COLLECTION/ID]…` in both forms of the API. An entity below another has the name it
 * has by itself; a call on a collection adds to it what it does not name. Undefined for calls on anything else.
 */
export function versionOfCall(
  org: string | undefined,
  verb: string | undefined,
  target: string | undefined,
): PolicyVersion | undefined {
  const path = target?.split('?', 1)[0] ?? '';
  if (path === '' || path.length > MAX_PATH) return undefined;
  const segments = path.split('/').filter((segment) => segment !== '');
  const at = segments.findIndex((segment) => CONTROL_PLANES.has(segment));
  if (at < 0) return undefined;
  const [plane, ...rest] = segments.slice(at + 1);
  const owner = `konnect:${org ?? '-'}`;
  if (plane === undefined) return changedCollection('gateway', owner);
  const entities = rest[0] === 'core-entities' ? rest.slice(1) : rest;
  const whole = `${owner}/${plane}`;
  if (entities.length % 2 === 1) return changedCollection('gateway', `${whole}/${entities.at(-1)}`);
  const policy = entities.length === 0 ? whole : `${whole}/${entities.slice(-2).join('/')}`;
  return verb === 'DELETE' ? deletedPolicy('gateway', policy) : changedPolicy('gateway', policy, undefined);
}
