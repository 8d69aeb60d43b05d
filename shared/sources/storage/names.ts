/** Buckets and objects as resource names of audit entries spell them. Object names are not encoded and may hold `/`. */

export interface ObjectName {
  readonly bucket: string;
  readonly object?: string;
}

const BUCKETS = '/buckets/';
const OBJECTS = '/objects/';

/** `projects/_/buckets/B` and `projects/_/buckets/B/objects/NAME`; undefined for anything else. */
export function objectName(resource: string | undefined): ObjectName | undefined {
  if (resource === undefined || !resource.startsWith('projects/')) return undefined;
  const at = resource.indexOf(BUCKETS);
  // The project is one segment: an object's name may hold `/buckets/` as well.
  if (at < 0 || resource.indexOf('/', 9) !== at) return undefined;
  const from = at + BUCKETS.length;
  const slash = resource.indexOf('/', from);
  const bucket = slash < 0 ? resource.slice(from) : resource.slice(from, slash);
  if (bucket === '') return undefined;
  if (slash < 0 || !resource.startsWith(OBJECTS, slash)) return { bucket };
  const object = resource.slice(slash + OBJECTS.length);
  return object === '' ? { bucket } : { bucket, object };
}
