/** Data Access entries of Cloud Storage. What a client attaches to its requests is copied into the entry's metadata. */
import { audit } from '../audit.ts';
import type { Permission } from '../audit.ts';
import type { Draft, Json } from '../entry.ts';
import type { Scene } from '../scene.ts';
import { requestTimeOf } from './access.ts';
import type { Access } from './access.ts';

const STORAGE = 'storage.googleapis.com';
/** Where the company's buckets are. */
const LOCATION = 'eu';

type Verb = 'get' | 'list' | 'create' | 'delete';

const ACCESS_TYPE = {
  get: 'DATA_READ',
  list: 'DATA_READ',
  create: 'DATA_WRITE',
  delete: 'DATA_WRITE',
} as const satisfies Record<Verb, Permission['permissionType']>;

const customContext = (job: string): Json => ({
  '@type': 'type.googleapis.com/google.cloud.audit.GcsAuditMetadata',
  audit_context: { app_context: 'EXTERNAL', audit_info: { 'jobtrail-job': job } },
});

export interface ObjectAccess {
  readonly at: number;
  readonly verb: Verb;
  readonly bucket: string;
  /** Of a list, nothing. */
  readonly object?: string;
  /** The object was there before: replacing it needs the permission to delete it. */
  readonly replaces?: true;
  readonly denied?: true;
}

export function objectAccess(scene: Scene, by: Access, access: ObjectAccess): Draft {
  const { verb, bucket, object } = access;
  const name = `projects/_/buckets/${bucket}${object === undefined ? '' : `/objects/${object}`}`;
  const permission = `storage.objects.${verb}`;
  const granted = (wanted: string): Permission => ({
    permission: wanted,
    resource: name,
    permissionType: ACCESS_TYPE[verb],
  });
  return audit({
    at: access.at,
    to: 'storage',
    project: by.project.id,
    log: 'data_access',
    service: STORAGE,
    method: permission,
    caller: by.caller,
    location: LOCATION,
    requestTime: requestTimeOf(scene, access.at),
    resourceName: name,
    permissions: [
      granted(permission),
      ...(access.replaces === true ? [granted('storage.objects.delete')] : []),
    ],
    ...(by.job === undefined ? {} : { metadata: customContext(by.job) }),
    ...(access.denied === true
      ? {
          status: {
            code: 7,
            message: `The caller does not have ${permission} access to the Google Cloud Storage object. Permission '${permission}' denied on resource (or it may not exist).`,
          },
        }
      : {}),
    resource: {
      type: 'gcs_bucket',
      labels: { project_id: by.project.id, bucket_name: bucket, location: LOCATION },
    },
  });
}

export interface Location {
  readonly bucket: string;
  /** Ends in `/`, or is empty. */
  readonly prefix: string;
}

/** Of `gs://bucket/prefix/…`; a pattern counts as the folder it is in. */
export function locationOf(uri: string): Location | undefined {
  const match = /^gs:\/\/([^/]+)\/?(.*)$/.exec(uri);
  if (match === null) return undefined;
  const path = match[2] ?? '';
  return { bucket: match[1] ?? '', prefix: path.slice(0, path.lastIndexOf('/') + 1) };
}

const partName = (index: number, suffix: string): string =>
  `part-${String(index).padStart(5, '0')}-${suffix}-c000.snappy.parquet`;

/** How Spark reads a folder: it looks what is there, and opens the files. */
export function readFolder(
  scene: Scene,
  by: Access,
  at: number,
  { bucket, prefix }: Location,
  files: number,
): readonly Draft[] {
  const suffix = scene.random.uuid();
  return [
    objectAccess(scene, by, { at, verb: 'list', bucket }),
    ...Array.from({ length: files }, (_, i) =>
      objectAccess(scene, by, {
        at: at + 1200 + i * 340,
        verb: 'get',
        bucket,
        object: `${prefix}${partName(i, suffix)}`,
      }),
    ),
  ];
}

/** How Spark writes a folder: part files, and the marker that it is whole. */
export function writeFolder(
  scene: Scene,
  by: Access,
  at: number,
  { bucket, prefix }: Location,
  files: number,
): readonly Draft[] {
  const suffix = scene.random.uuid();
  const parts = Array.from({ length: files }, (_, i) =>
    objectAccess(scene, by, {
      at: at + i * 410,
      verb: 'create',
      bucket,
      object: `${prefix}${partName(i, suffix)}`,
    }),
  );
  const marker = objectAccess(scene, by, {
    at: at + files * 410 + 300,
    verb: 'create',
    bucket,
    object: `${prefix}_SUCCESS`,
    replaces: true,
  });
  return [...parts, marker];
}
