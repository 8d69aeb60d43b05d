/**
 * Audited methods of Cloud Storage and what each means. They are permission names; a service perimeter writes them with
 * `google.` before. Copying and composing write an entry for what is read and one for what is written.
 * Source: https://cloud.google.com/storage/docs/audit-logging, google-cloudevents json/audit/service_catalog.json.
 */
import type { Action } from '../../model/event.ts';

const LISTED: readonly (readonly [name: string, action: Action])[] = [
  ['storage.objects.get', 'data.read'],
  // Names of objects, not what is in them.
  ['storage.objects.list', 'metadata.read'],
  ['storage.objects.create', 'data.write'],
  ['storage.objects.update', 'data.write'],
  ['storage.objects.compose', 'data.write'],
  ['storage.objects.rewrite', 'data.write'],
  ['storage.objects.delete', 'data.delete'],
  ['storage.multipartUploads.list', 'metadata.read'],
  ['storage.multipartUploads.uploadPart', 'data.write'],
  ['storage.multipartUploads.complete', 'data.write'],
  ['storage.buckets.get', 'metadata.read'],
  ['storage.buckets.list', 'metadata.read'],
  ['storage.getIamPermissions', 'metadata.read'],
  ['storage.buckets.create', 'schema.change'],
  ['storage.buckets.update', 'schema.change'],
  ['storage.buckets.delete', 'data.delete'],
  ['storage.setIamPermissions', 'iam.change'],
  ['storage.hmacKeys.create', 'credential.create'],
  ['storage.hmacKeys.update', 'credential.create'],
  ['storage.hmacKeys.delete', 'credential.revoke'],
  ['storage.hmacKeys.get', 'metadata.read'],
  ['storage.hmacKeys.list', 'metadata.read'],
];

/** Permission names of operations the documentation describes without naming a method. */
const ALSO: readonly (readonly [name: string, action: Action])[] = [
  ['storage.objects.copy', 'data.write'],
  ['storage.objects.move', 'data.write'],
  ['storage.objects.restore', 'data.write'],
  ['storage.objects.getIamPolicy', 'metadata.read'],
  ['storage.objects.setIamPolicy', 'iam.change'],
  ['storage.multipartUploads.create', 'data.write'],
  ['storage.multipartUploads.abort', 'data.delete'],
  ['storage.multipartUploads.listParts', 'metadata.read'],
  ['storage.buckets.restore', 'schema.change'],
  ['storage.buckets.getIamPolicy', 'metadata.read'],
  ['storage.buckets.setIamPolicy', 'iam.change'],
  ['storage.managedFolders.create', 'schema.change'],
  ['storage.managedFolders.delete', 'schema.change'],
  ['storage.managedFolders.get', 'metadata.read'],
  ['storage.managedFolders.list', 'metadata.read'],
  ['storage.folders.create', 'schema.change'],
  ['storage.folders.rename', 'data.write'],
  ['storage.folders.delete', 'data.delete'],
  ['storage.folders.get', 'metadata.read'],
  ['storage.folders.list', 'metadata.read'],
];

const ACTIONS = new Map<string, Action>([...LISTED, ...ALSO]);

export const METHODS: readonly string[] = LISTED.map(([name]) => name);

const PERIMETER_PREFIX = 'google.';

export function actionOf(method: string): Action | undefined {
  return (
    ACTIONS.get(method) ?? (method.startsWith(PERIMETER_PREFIX) ? ACTIONS.get(method.slice(7)) : undefined)
  );
}

/** Parts of an upload: the object is not there before the upload is complete. */
const NO_OBJECT_YET = new Set([
  'storage.multipartUploads.create',
  'storage.multipartUploads.uploadPart',
  'storage.multipartUploads.abort',
]);
export const makesNoObject = (method: string): boolean => NO_OBJECT_YET.has(method);
