/** Data Access entries of Cloud Storage, BigQuery, Spanner and Pub/Sub, in the shapes these services write. */
import { audit } from '../../cli/day/audit.ts';
import type { AuditCall } from '../../cli/day/audit.ts';
import { REGION } from '../../cli/day/company.ts';
import type { Draft, Json } from '../../cli/day/entry.ts';
import type { Random } from '../../cli/day/random.ts';
import { mark, stamped } from './fresh.ts';
import type { Population } from './population.ts';

type Common = Pick<AuditCall, 'at' | 'to' | 'project' | 'log' | 'caller' | 'requestTime' | 'location'>;

function storage(random: Random, common: Common): Draft {
  const bucket = `acme-curated-${String(random.int(1, 60))}`;
  const object = `projects/_/buckets/${bucket}/objects/orders/dt=2026-11-19/part-${mark('job')}.parquet`;
  const [verb, type] = random.pick([
    ['get', 'DATA_READ'],
    ['get', 'DATA_READ'],
    ['list', 'DATA_READ'],
    ['create', 'DATA_WRITE'],
  ] as const);
  return audit({
    ...common,
    service: 'storage.googleapis.com',
    method: `storage.objects.${verb}`,
    resourceName: verb === 'list' ? `projects/_/buckets/${bucket}` : object,
    permissions: [
      {
        permission: `storage.objects.${verb}`,
        resource: verb === 'list' ? `projects/_/buckets/${bucket}` : object,
        permissionType: type,
      },
    ],
    resource: {
      type: 'gcs_bucket',
      labels: { project_id: common.project, bucket_name: bucket, location: REGION },
    },
  });
}

function queryJob(random: Random, project: string): Json {
  const table = `projects/${project}/datasets/sales/tables/orders_${String(random.int(1, 200))}`;
  return {
    jobName: `projects/${project}/jobs/bquxjob_${mark('job')}`,
    jobConfig: {
      type: 'QUERY',
      queryConfig: {
        query: `SELECT customer_id, SUM(amount) AS total\nFROM \`${project}.sales.orders\`\nWHERE day BETWEEN @from AND @to\nGROUP BY customer_id`,
        destinationTable: `projects/${project}/datasets/marts/tables/totals`,
        createDisposition: 'CREATE_IF_NEEDED',
        writeDisposition: 'WRITE_TRUNCATE',
        priority: 'QUERY_INTERACTIVE',
        statementType: 'SELECT',
      },
    },
    jobStatus: { jobState: 'DONE' },
    jobStats: {
      createTime: mark('requestTime'),
      startTime: mark('requestTime'),
      endTime: mark('requestTime'),
      queryStats: {
        totalProcessedBytes: random.digits(9),
        totalBilledBytes: random.digits(9),
        billingTier: 1,
        referencedTables: [table],
        outputRowCount: random.digits(4),
      },
      totalSlotMs: random.digits(5),
    },
  };
}

function bigquery(random: Random, common: Common): Draft {
  const { project } = common;
  const read = random.chance(0.5);
  const table = `projects/${project}/datasets/sales/tables/orders_${String(random.int(1, 200))}`;
  return audit({
    ...common,
    service: 'bigquery.googleapis.com',
    method: 'google.cloud.bigquery.v2.JobService.InsertJob',
    resourceName: read ? table : `projects/${project}/jobs/bquxjob_${mark('job')}`,
    permissions: [
      read
        ? { permission: 'bigquery.tables.getData', resource: table, permissionType: 'DATA_READ' }
        : {
            permission: 'bigquery.jobs.create',
            resource: `projects/${project}`,
            permissionType: 'DATA_WRITE',
          },
    ],
    metadata: {
      '@type': 'type.googleapis.com/google.cloud.audit.BigQueryAuditMetadata',
      ...(read
        ? {
            tableDataRead: {
              fields: ['customer_id', 'order_id', 'amount', 'day', 'state'],
              jobName: `projects/${project}/jobs/bquxjob_${mark('job')}`,
              reason: 'JOB',
            },
          }
        : { jobChange: { before: 'RUNNING', after: 'DONE', job: queryJob(random, project) } }),
    },
    resource: read
      ? { type: 'bigquery_dataset', labels: { project_id: project, dataset_id: 'sales' } }
      : { type: 'bigquery_project', labels: { project_id: project, location: 'EU' } },
  });
}

function spanner(random: Random, common: Common): Draft {
  const instance = `projects/${common.project}/instances/acme-core`;
  const session = `${instance}/databases/db${String(random.int(1, 9))}/sessions/${mark('job')}`;
  return audit({
    ...common,
    service: 'spanner.googleapis.com',
    method: 'google.spanner.v1.Spanner.ExecuteStreamingSql',
    resourceName: session,
    permissions: [{ permission: 'spanner.databases.select', resource: session, permissionType: 'DATA_READ' }],
    request: {
      '@type': 'type.googleapis.com/google.spanner.v1.ExecuteSqlRequest',
      session,
      requestOptions: { requestTag: `svc-${String(random.int(1, 40))}` },
      sql: 'SELECT OrderId, State, Amount FROM Orders WHERE CustomerId = @customer ORDER BY Created DESC LIMIT 50',
      queryOptions: {},
    },
    metadata: {
      '@type': 'type.googleapis.com/spanner.cloud.instance_v1.QueryPerformanceMetadata',
      processingDurationSeconds: random.int(1, 90) / 10_000,
    },
    resource: {
      type: 'spanner_instance',
      labels: {
        project_id: common.project,
        instance_id: 'acme-core',
        instance_config: '',
        location: REGION,
      },
    },
  });
}

/** Messages leave no entry: what does are subscriptions that are read, sought back and changed. */
function pubsub(random: Random, common: Common): Draft {
  const n = String(random.int(1, 60));
  const subscription = `projects/${common.project}/subscriptions/orders-${n}`;
  const rpc = random.pick<'Seek' | 'GetSubscription' | 'CreateSubscription'>([
    'Seek',
    'GetSubscription',
    'CreateSubscription',
  ]);
  const permission = { Seek: 'consume', GetSubscription: 'get', CreateSubscription: 'create' }[rpc];
  return audit({
    ...common,
    ...(rpc === 'CreateSubscription' ? { log: 'activity' as const } : {}),
    service: 'pubsub.googleapis.com',
    method: `google.pubsub.v1.Subscriber.${rpc}`,
    resourceName: subscription,
    permissions: [
      {
        permission: `pubsub.subscriptions.${permission}`,
        resource: subscription,
        permissionType: 'ADMIN_READ',
      },
    ],
    request: {
      '@type': `type.googleapis.com/google.pubsub.v1.${rpc === 'CreateSubscription' ? 'Subscription' : `${rpc}Request`}`,
      ...(rpc === 'CreateSubscription'
        ? {
            name: subscription,
            topic: `projects/${common.project}/topics/orders-${n}`,
            ackDeadlineSeconds: 60,
            messageRetentionDuration: '604800s',
            pushConfig: { pushEndpoint: 'https://orders.example.com/in' },
          }
        : { subscription, ...(rpc === 'Seek' ? { time: mark('requestTime') } : {}) }),
    },
    resource: {
      type: 'pubsub_subscription',
      labels: { project_id: common.project, subscription_id: subscription },
    },
  });
}

type Maker = (random: Random, people: Population) => readonly string[];

/** The one entry of an access, by somebody who says in `userAgent` what he is. */
function accesses(make: (random: Random, common: Common) => Draft, userAgent: string): Maker {
  return (random, people) => {
    const common: Common = {
      at: 0,
      to: 'dataproc',
      project: random.pick(people.projects).id,
      log: 'data_access',
      caller: { ...random.pick(people.callers), userAgent },
      requestTime: mark('requestTime'),
      location: REGION,
    };
    return [stamped(make(random, common))];
  };
}

export const storageEntries = accesses(storage, 'GHFS/hadoop3-3.1.5 (GPN:Dataproc) Storage/2.53.0,gzip(gfe)');
export const bigqueryEntries = accesses(
  bigquery,
  'spark-bigquery-connector/0.42.4 spark/3.5.3 java/17.0.14 scala/2.12.18 dataproc-image/2.3,gzip(gfe)',
);
export const spannerEntries = accesses(spanner, 'gl-node/24.11.0 gccl/8.2.2 grpc/1.14.0');
export const pubsubEntries = accesses(pubsub, 'gcloud-java/2.60.0 gl-java/21.0.5,gzip(gfe)');
