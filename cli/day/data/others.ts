/** Data that is touched by no job of a job API: people's queries, services, Databricks' compute, and who looks around. */
import { CALLERS, atLaptop } from '../callers.ts';
import { ACCOUNTS, PROJECTS, WORKLOADS } from '../company.ts';
import { HOUR } from '../entry.ts';
import type { Draft, Json } from '../entry.ts';
import { clock, sceneOf } from '../scene.ts';
import type { Scene } from '../scene.ts';
import { CLIENTS, workerOf } from './access.ts';
import type { Access } from './access.ts';
import { bigQueryJob, tableRead } from './bigquery.ts';
import { olderQueryCompleted } from './bigquery-older.ts';
import { spannerCall } from './spanner.ts';
import { objectAccess } from './storage.ts';

const { prod } = PROJECTS;
const ORDERS = { project: prod.id, dataset: 'sales', table: 'orders' } as const;
const tableName = `projects/${prod.id}/datasets/sales/tables/orders`;

const query = (sql: string, more: Json = {}): Json => ({
  type: 'QUERY',
  queryConfig: {
    query: sql,
    destinationTable: `projects/${prod.id}/datasets/_9f0c/tables/anon31d7`,
    createDisposition: 'CREATE_IF_NEEDED',
    writeDisposition: 'WRITE_TRUNCATE',
    priority: 'QUERY_INTERACTIVE',
    statementType: 'SELECT',
    ...more,
  },
});

/** A script, whose statements are jobs of their own, and an export that leaves the warehouse. */
function queries(scene: Scene): readonly Draft[] {
  const { random } = scene;
  const hana: Access = { project: prod, caller: CALLERS.hana };
  const script = `script_job_${random.hex(32)}`;
  const statement = `${script}_0`;
  const at = clock('14:31:20');
  const read: Json = {
    queryStats: {
      referencedTables: [tableName],
      totalProcessedBytes: '6059419081',
      totalBilledBytes: '6060769280',
      outputRowCount: '112',
    },
  };
  const exported = `bquxjob_${random.hex(8)}_${random.hex(11)}`;
  const ivo: Access = { project: PROJECTS.dev, caller: atLaptop('ivo', '203.0.113.90') };
  return [
    ...bigQueryJob(scene, hana, at, {
      id: script,
      lastsMs: 9400,
      config: query('DECLARE d DATE DEFAULT CURRENT_DATE(); SELECT * FROM sales.orders;', {
        statementType: 'SCRIPT',
      }),
      stats: {},
    }),
    ...bigQueryJob(scene, hana, at + 900, {
      id: statement,
      lastsMs: 7800,
      config: query('SELECT product, count(*) FROM sales.orders GROUP BY product'),
      stats: { ...read, parentJobName: `projects/${prod.id}/jobs/${script}` },
    }),
    tableRead(scene, hana, at + 8800, ORDERS, { job: statement, fields: ['product', 'order_id'] }),
    // The same completion once more, as the generation of entries before tells it.
    olderQueryCompleted(scene, hana, at + 8750, { id: statement, table: ORDERS }),
    ...bigQueryJob(scene, { project: prod, caller: CALLERS.anaAtLaptop }, clock('22:10:04'), {
      id: exported,
      lastsMs: 12_600,
      config: {
        type: 'EXPORT',
        extractConfig: {
          sourceTable: `projects/${prod.id}/datasets/pricing/tables/proposals`,
          destinationUris: ['gs://acme-exports/proposals/*.csv'],
        },
        labels: { ticket: 'chg-2207' },
      },
      stats: { extractStats: { totalInputBytes: '88120331' } },
    }),
    ...bigQueryJob(scene, ivo, clock('20:29:50'), {
      id: `bquxjob_${random.hex(8)}_${random.hex(11)}`,
      lastsMs: 400,
      config: query(`SELECT * FROM \`${prod.id}.crm.customers\` LIMIT 1000`),
      stats: {},
      error: {
        code: 7,
        message: `Access Denied: Table ${prod.id}:crm.customers: User does not have permission to query table`,
      },
    }),
  ];
}

/** The portal's pages and the lineage service read Spanner under tags of their own. */
function services(scene: Scene): readonly Draft[] {
  const portal: Access = {
    project: prod,
    caller: workerOf(ACCOUNTS.portal, WORKLOADS.portal.ip, 'gl-node/24.11.0 gccl/8.3.0,gzip(gfe)'),
  };
  return Array.from({ length: 24 }, (_, i) => {
    const at = clock('07:00') + i * 0.6 * HOUR + scene.random.int(0, 1_000_000);
    const database = { instance: 'acme-core', database: 'refunds' };
    return i % 3 === 0
      ? spannerCall(scene, portal, {
          at,
          database,
          rpc: 'StreamingRead',
          request: {
            table: 'refunds',
            columns: ['refund_id', 'state'],
            requestOptions: { requestTag: 'app=portal,page=refund', priority: 'PRIORITY_HIGH' },
          },
        })
      : spannerCall(scene, portal, {
          at,
          database,
          rpc: 'ExecuteStreamingSql',
          request: {
            sql: 'SELECT refund_id, amount FROM refunds WHERE state = @state LIMIT 100',
            requestOptions: { requestTag: 'app=portal,page=refunds' },
            queryOptions: {},
          },
        });
  });
}

/** Compute of Databricks reads the training set as an account of the company's project, not as whoever runs the job. */
function databricksCompute(scene: Scene): readonly Draft[] {
  const by: Access = {
    project: prod,
    caller: workerOf(ACCOUNTS.databricksCompute, '10.132.4.21', CLIENTS.databricks),
  };
  const reads = Array.from({ length: 6 }, (_, i) =>
    objectAccess(scene, by, {
      at: clock('10:24:44') + i * 1700,
      verb: 'get',
      bucket: 'acme-models',
      object: `churn/training-set/part-${String(i).padStart(5, '0')}-${scene.random.uuid()}-c000.snappy.parquet`,
    }),
  );
  const written = objectAccess(scene, by, {
    at: clock('11:06:44'),
    verb: 'create',
    bucket: 'acme-models',
    object: 'churn/artifacts/model-14/model.pkl',
  });
  return [...reads, written];
}

/** The partner fetches what was pushed; somebody tries a bucket that is not his. */
function outsiders(scene: Scene): readonly Draft[] {
  const partner: Access = { project: prod, caller: CALLERS.partnerSync };
  const fetched = ['06:31:10', '06:31:12', '18:36:40'].map((time, i) =>
    objectAccess(scene, partner, {
      at: clock(time),
      verb: 'get',
      bucket: 'acme-partner-exchange',
      object: `${i === 2 ? 'prices' : 'churn'}/part-0000${String(i)}-${scene.random.uuid()}-c000.snappy.parquet`,
    }),
  );
  const ivo: Access = { project: prod, caller: CALLERS.ivoAtLaptop };
  const denied = ['20:31:40', '20:31:44', '20:32:09'].map((time) =>
    objectAccess(scene, ivo, {
      at: clock(time),
      verb: time === '20:32:09' ? 'list' : 'get',
      bucket: 'acme-curated',
      ...(time === '20:32:09' ? {} : { object: 'customers/part-00000.parquet' }),
      denied: true,
    }),
  );
  return [...fetched, ...denied];
}

export const dataOfOthers = (scene: Scene): readonly Draft[] => [
  ...queries(sceneOf(scene, 'queries')),
  ...services(sceneOf(scene, 'spanner-reads')),
  ...databricksCompute(sceneOf(scene, 'databricks-compute')),
  ...outsiders(sceneOf(scene, 'outsiders')),
];
