/** What of the gateway a change is about, spelled alike by requests, audited objects, Konnect and clusters. */
import type { TrailEvent } from '../model/trail-event.ts';
import { textOf } from './evidence.ts';

const COLLECTIONS: ReadonlySet<string> = new Set([
  'routes',
  'services',
  'plugins',
  'consumers',
  'acls',
  'certificates',
]);

/** `plugins/ID`, `routes/ID/plugins` of what has no id yet, `NAMESPACE/KIND/NAME` of a cluster. */
export function entityOf(event: TrailEvent): string {
  if (event.source === 'kubernetes') {
    const { claims } = event;
    const parts = [textOf(claims, 'namespace'), textOf(claims, 'kind'), textOf(claims, 'name')];
    return parts.map((part) => part ?? '-').join('/');
  }
  const segments = segmentsOf(event);
  const last = segments.findLastIndex((segment) => COLLECTIONS.has(segment));
  if (last < 0) return segments.join('/');
  // A collection by itself is told with what it belongs to.
  return segments.slice(last + 1 < segments.length ? last : Math.max(last - 2, 0), last + 2).join('/');
}

/** The collections that the path goes through, outermost first. */
export const collectionsOf = (event: TrailEvent): readonly string[] =>
  segmentsOf(event).filter((segment) => COLLECTIONS.has(segment));

const segmentsOf = ({ resource = '' }: TrailEvent): readonly string[] =>
  resource
    .slice(0, 1024)
    .split('/')
    .filter((segment) => segment !== '');

const VERBS: ReadonlyMap<string, 'create' | 'update' | 'delete'> = new Map([
  ['POST', 'create'],
  ['PUT', 'update'],
  ['PATCH', 'update'],
  ['DELETE', 'delete'],
  ['create', 'create'],
  ['update', 'update'],
  ['patch', 'update'],
  ['delete', 'delete'],
  ['deletecollection', 'delete'],
]);

/** Of a request, an audited object, an access record of Konnect, a call of a cluster. */
export const verbOf = ({ method, claims }: TrailEvent): 'create' | 'update' | 'delete' | undefined =>
  VERBS.get(textOf(claims, 'verb') ?? textOf(claims, 'act') ?? method);
