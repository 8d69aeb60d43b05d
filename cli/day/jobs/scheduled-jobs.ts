/**
 * What runs by itself: the chain that turns landed orders into a training set, one hop after the other, and the hourly
 * click stream. gs://acme-landing/orders → gs://acme-curated/orders → sales.orders → sales.daily_revenue →
 * gs://acme-features/churn → gs://acme-models/churn/training-set.
 */
import { PROJECTS } from '../company.ts';
import { hive, pyspark, pysparkBatch, sparkSql } from './plan.ts';
import type { BatchPlan, Plan } from './plan.ts';

const { prod, staging } = PROJECTS;
const team = (name: string, pipeline: string): { team: string; pipeline: string } => ({
  team: name,
  pipeline,
});

const chain = (day: string): readonly Plan[] => [
  {
    kind: 'job',
    id: `orders-curate-${day}`,
    at: '01:05:12',
    caller: 'scheduler',
    via: 'mesh',
    project: 'prod',
    minutes: 18,
    named: true,
    labels: team('orders', 'revenue'),
    work: pyspark('orders/curate.py', [
      '--input',
      'gs://acme-landing/orders/',
      '--output',
      'gs://acme-curated/orders/',
      '--date',
      day,
    ]),
  },
  {
    kind: 'flex',
    id: `orders-to-warehouse-${day}`,
    at: '01:31:40',
    caller: 'scheduler',
    via: 'mesh',
    project: 'prod',
    minutes: 14,
    template: 'gs://acme-templates/flex/parquet-to-bigquery.json',
    parameters: {
      inputPath: 'gs://acme-curated/orders/',
      outputTable: `${prod.id}:sales.orders`,
      writeDisposition: 'WRITE_TRUNCATE',
    },
    lines: [
      {
        step: 'ReadOrders/Read',
        logger: 'org.apache.beam.sdk.io.FileBasedSource',
        message: 'Filepattern gs://acme-curated/orders/** matched 212 files with total size 8841203377',
      },
      {
        step: 'WriteOrders/BatchLoads',
        logger: 'org.apache.beam.sdk.io.gcp.bigquery.BigQueryHelpers',
        message: `Started BigQuery load job for ${prod.id}:sales.orders with 14 files`,
      },
    ],
  },
  {
    kind: 'job',
    id: `daily-revenue-${day}`,
    at: '02:04:03',
    caller: 'scheduler',
    via: 'mesh',
    project: 'prod',
    minutes: 9,
    labels: team('finance', 'revenue'),
    work: pyspark('finance/daily_revenue.py', [
      `--input-table=${prod.id}.sales.orders`,
      `--output-table=${prod.id}.sales.daily_revenue`,
      `--date=${day}`,
    ]),
  },
  {
    kind: 'batch',
    id: `churn-features-${day}`,
    at: '02:41:27',
    caller: 'scheduler',
    via: 'mesh',
    project: 'prod',
    minutes: 22,
    named: true,
    labels: team('ml', 'churn'),
    work: pysparkBatch('ml/churn_features.py', [
      `--input-table=${prod.id}.sales.daily_revenue`,
      '--input=gs://acme-curated/customers/',
      '--output=gs://acme-features/churn/',
    ]),
  },
  {
    kind: 'job',
    id: `churn-training-set-${day}`,
    at: '03:30:55',
    caller: 'pricingAgentForAna',
    via: 'gateway-in-mesh',
    project: 'prod',
    minutes: 27,
    asOperation: true,
    named: true,
    labels: team('ml', 'churn'),
    work: pyspark('ml/training_set.py', [
      '--input=gs://acme-features/churn/',
      '--output=gs://acme-models/churn/training-set/',
    ]),
  },
];

const others = (day: string): readonly Plan[] => [
  {
    // The push nobody approved: a person's impersonation, around the mesh, three minutes past midnight.
    kind: 'job',
    id: `training-set-push-${day}`,
    at: '00:03:21',
    caller: 'benAsBreakGlass',
    via: 'direct',
    project: 'prod',
    minutes: 6,
    work: pyspark('share/push_dataset.py', [
      '--input=gs://acme-models/churn/training-set/',
      '--output=gs://acme-partner-exchange/churn/',
    ]),
  },
  {
    kind: 'job',
    id: `customers-merge-${day}`,
    at: '00:40:09',
    caller: 'scheduler',
    via: 'mesh-grpc',
    project: 'prod',
    minutes: 12,
    labels: team('crm', 'customers'),
    work: hive(
      "CREATE EXTERNAL TABLE IF NOT EXISTS customers_in (id BIGINT, email_hash STRING) STORED AS PARQUET LOCATION 'gs://acme-landing/customers/'",
      "INSERT OVERWRITE DIRECTORY 'gs://acme-curated/customers/' STORED AS PARQUET SELECT id, max(email_hash) FROM customers_in GROUP BY id",
    ),
  },
  {
    kind: 'job',
    id: `ledger-check-${day}`,
    at: '04:12:30',
    caller: 'scheduler',
    via: 'mesh',
    project: 'prod',
    minutes: 5,
    end: 'failed',
    labels: team('finance', 'ledger'),
    work: sparkSql(
      `CREATE TEMPORARY VIEW revenue USING bigquery OPTIONS (table '${prod.id}.sales.daily_revenue')`,
      "INSERT OVERWRITE DIRECTORY 'gs://acme-curated/ledger/' USING parquet SELECT day, sum(amount) FROM revenue GROUP BY day",
    ),
  },
  {
    kind: 'classic',
    id: `partner-files-${day}`,
    at: '04:48:00',
    caller: 'partnerSync',
    via: 'gateway',
    project: 'prod',
    minutes: 8,
    template: 'gs://dataflow-templates-europe-west1/latest/GCS_Text_to_BigQuery',
    parameters: {
      inputFilePattern: 'gs://acme-partner-inbox/prices/*.csv',
      outputTable: `${prod.id}:partners.prices`,
      javascriptTextTransformGcsPath: 'gs://acme-code/udf/prices.js',
    },
    lines: [
      {
        step: 'ReadLines',
        logger: 'org.apache.beam.sdk.io.FileBasedSource',
        message: 'Filepattern gs://acme-partner-inbox/prices/*.csv matched 3 files with total size 181223',
      },
    ],
  },
  {
    kind: 'job',
    id: `staging-orders-curate-${day}`,
    at: '05:10:44',
    caller: 'scheduler',
    via: 'mesh',
    project: 'staging',
    minutes: 7,
    work: pyspark('orders/curate.py', [
      '--input',
      `gs://${staging.id}-landing/orders/`,
      '--output',
      `gs://${staging.id}-curated/orders/`,
    ]),
  },
  {
    kind: 'flex',
    id: 'clickstream-enrich',
    at: '05:30:00',
    caller: 'scheduler',
    via: 'mesh',
    project: 'prod',
    minutes: 17 * 60,
    streaming: true,
    template: 'gs://acme-templates/flex/clickstream-enrich.json',
    parameters: {
      inputSubscription: `projects/${prod.id}/subscriptions/clickstream`,
      outputTable: `${prod.id}:web.clicks`,
      deadLetterTopic: `projects/${prod.id}/topics/clickstream-dead`,
    },
    lines: [
      {
        step: 'Parse',
        logger: 'com.example.clickstream.ParseFn',
        message: 'Dropped 17 events without a session, 0.02 % of the bundle',
      },
    ],
  },
];

/** One serverless batch an hour, at quarter past. */
const hourly = (day: string): readonly BatchPlan[] =>
  Array.from({ length: 24 }, (_, hour): BatchPlan => {
    const hh = String(hour).padStart(2, '0');
    return {
      kind: 'batch',
      id: `clicks-compact-${day}-${hh}`,
      at: `${hh}:15:0${String(hour % 7)}`,
      caller: 'scheduler',
      via: hour % 3 === 2 ? 'mesh-grpc' : 'mesh',
      project: 'prod',
      minutes: 4,
      labels: team('web', 'clicks'),
      work: pysparkBatch('web/compact.py', [
        `--input=gs://acme-landing/clicks/dt=${day}/hour=${hh}/`,
        `--output=gs://acme-curated/clicks/dt=${day}/hour=${hh}/`,
      ]),
    };
  });

export const scheduledJobs = (date: string): readonly Plan[] => {
  const day = date.replaceAll('-', '');
  return [...chain(day), ...others(day), ...hourly(day)];
};
