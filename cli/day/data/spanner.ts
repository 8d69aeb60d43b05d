/** Data Access entries of Cloud Spanner. Tags are the caller's own; values of parameters and mutations are not logged. */
import { audit } from '../audit.ts';
import type { Permission } from '../audit.ts';
import { REGION } from '../company.ts';
import type { Draft, Json } from '../entry.ts';
import type { Scene } from '../scene.ts';
import { requestTimeOf } from './access.ts';
import type { Access } from './access.ts';

const SPANNER = 'spanner.googleapis.com';
const V1 = 'google.spanner.v1';

export interface Database {
  readonly instance: string;
  readonly database: string;
}

export interface SpannerCall {
  readonly at: number;
  readonly database: Database;
  readonly rpc: 'BatchCreateSessions' | 'ExecuteStreamingSql' | 'StreamingRead' | 'Commit' | 'Rollback';
  /** Without the session and the type. */
  readonly request: Json;
  readonly status?: { readonly code: number; readonly message: string };
}

const PERMISSIONS: Record<SpannerCall['rpc'], readonly [name: string, type: Permission['permissionType']]> = {
  BatchCreateSessions: ['spanner.sessions.create', 'DATA_WRITE'],
  ExecuteStreamingSql: ['spanner.databases.select', 'DATA_READ'],
  StreamingRead: ['spanner.databases.read', 'DATA_READ'],
  Commit: ['spanner.databases.write', 'DATA_WRITE'],
  Rollback: ['spanner.databases.beginOrRollbackReadWriteTransaction', 'DATA_WRITE'],
};

const REQUESTS: Record<SpannerCall['rpc'], string> = {
  BatchCreateSessions: 'BatchCreateSessionsRequest',
  ExecuteStreamingSql: 'ExecuteSqlRequest',
  StreamingRead: 'ReadRequest',
  Commit: 'CommitRequest',
  Rollback: 'RollbackRequest',
};

export function spannerCall(scene: Scene, by: Access, call: SpannerCall): Draft {
  const { rpc, database, at, request, status } = call;
  const name = `projects/${by.project.id}/instances/${database.instance}/databases/${database.database}`;
  const session = `${name}/sessions/AF${scene.random.base36(40)}`;
  const [permission, permissionType] = PERMISSIONS[rpc];
  const onDatabase = rpc === 'BatchCreateSessions';
  return audit({
    at,
    to: 'spanner',
    project: by.project.id,
    log: 'data_access',
    service: SPANNER,
    method: `${V1}.Spanner.${rpc}`,
    caller: by.caller,
    location: REGION,
    requestTime: requestTimeOf(scene, at),
    resourceName: onDatabase ? name : session,
    permissions: [{ permission, resource: name, permissionType }],
    request: {
      '@type': `type.googleapis.com/${V1}.${REQUESTS[rpc]}`,
      ...(onDatabase ? { database: name } : { session }),
      ...request,
    },
    metadata: {
      '@type': 'type.googleapis.com/spanner.cloud.instance_v1.QueryPerformanceMetadata',
      processingDurationSeconds: scene.random.int(2, 90) / 1000,
    },
    ...(status === undefined ? {} : { status }),
    resource: {
      type: 'spanner_instance',
      labels: {
        project_id: by.project.id,
        instance_id: database.instance,
        instance_config: '',
        location: REGION,
      },
    },
  });
}
