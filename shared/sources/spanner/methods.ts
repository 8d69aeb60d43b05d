/**
 * Audited methods of Spanner and what each means.
 * Source: https://docs.cloud.google.com/spanner/docs/audit-logging
 */
import type { Action } from '../../model/event.ts';

/** What a data method does to the database: decides how the direction is read. */
export type Access = 'read' | 'write' | 'statement' | 'session' | 'transaction';

export interface Method {
  readonly action: Action;
  readonly access?: Access;
}

const DATA = 'google.spanner.v1.Spanner.';
const DATABASE = 'google.spanner.admin.database.v1.DatabaseAdmin.';
const INSTANCE = 'google.spanner.admin.instance.v1.InstanceAdmin.';
const OPERATIONS = 'google.longrunning.Operations.';
const ADAPTER = 'google.spanner.adapter.v1.Adapter.';

type Group = readonly [prefix: string, action: Action, names: string, access?: Access];

const GROUPS: readonly Group[] = [
  [DATA, 'data.read', 'Read StreamingRead PartitionRead', 'read'],
  [DATA, 'data.read', 'ExecuteSql ExecuteStreamingSql PartitionQuery', 'statement'],
  [DATA, 'data.write', 'Commit ExecuteBatchDml BatchWrite', 'write'],
  [DATA, 'metadata.read', 'BeginTransaction Rollback', 'transaction'],
  [
    DATA,
    'metadata.read',
    'CreateSession BatchCreateSessions GetSession ListSessions DeleteSession',
    'session',
  ],
  [ADAPTER, 'metadata.read', 'CreateSession', 'session'],
  // Cassandra's protocol: the statement is in an opaque message.
  [ADAPTER, 'data.read', 'AdaptMessage', 'statement'],
  ['google.cloud.keyvisualizer.KeyVisualizer.', 'telemetry.read', 'GetScan'],

  [DATABASE, 'schema.change', 'CreateDatabase UpdateDatabase UpdateDatabaseDdl AddSplitPoints ChangeQuorum'],
  [DATABASE, 'data.delete', 'DropDatabase DeleteBackup'],
  [DATABASE, 'data.write', 'CreateBackup CopyBackup RestoreDatabase'],
  [DATABASE, 'schema.change', 'UpdateBackup'],
  [DATABASE, 'schedule.change', 'CreateBackupSchedule UpdateBackupSchedule DeleteBackupSchedule'],
  [DATABASE, 'iam.change', 'SetIamPolicy'],
  [
    DATABASE,
    'metadata.read',
    'GetBackup GetBackupSchedule GetDatabase GetDatabaseDdl GetIamPolicy ListBackupOperations ListBackupSchedules ' +
      'ListBackups ListDatabaseOperations ListDatabaseRoles ListDatabases TestIamPermissions',
  ],

  [INSTANCE, 'cluster.create', 'CreateInstance CreateInstanceConfig CreateInstancePartition'],
  [INSTANCE, 'cluster.update', 'UpdateInstance UpdateInstanceConfig UpdateInstancePartition MoveInstance'],
  [INSTANCE, 'cluster.delete', 'DeleteInstance DeleteInstanceConfig DeleteInstancePartition'],
  [INSTANCE, 'iam.change', 'SetIamPolicy'],
  [
    INSTANCE,
    'metadata.read',
    'GetIamPolicy GetInstance GetInstanceConfig GetInstancePartition ListInstanceConfigs ListInstancePartitions ' +
      'ListInstances TestIamPermissions',
  ],

  [OPERATIONS, 'operation.cancel', 'CancelOperation'],
  [OPERATIONS, 'metadata.read', 'GetOperation ListOperations'],
];

const BY_NAME = new Map<string, Method>();
for (const [prefix, action, names, access] of GROUPS) {
  for (const name of names.split(' ')) {
    BY_NAME.set(prefix + name, access === undefined ? { action } : { action, access });
  }
}

export const METHODS: readonly string[] = [...BY_NAME.keys()];

export const methodOf = (name: string): Method | undefined => BY_NAME.get(name);

/** RPC name without package and service. */
export const shortName = (name: string): string => name.slice(name.lastIndexOf('.') + 1);
