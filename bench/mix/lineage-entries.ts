/**
 * OpenLineage run events, which reach the pipeline outside a LogEntry: Spark on Dataproc tells each query of an
 * application, Airflow each task. Facets and sizes as their integrations write them (spec 2-0-2).
 */
import type { Json } from '../../cli/day/entry.ts';
import type { Random } from '../../cli/day/random.ts';
import { REGION } from '../../cli/day/company.ts';
import { mark, recordText } from './fresh.ts';
import type { Population } from './population.ts';

const SPEC = 'https://openlineage.io/spec';
const SPARK = 'https://github.com/OpenLineage/OpenLineage/tree/1.41.0/integration/spark';
const AIRFLOW = 'https://github.com/apache/airflow/tree/providers-openlineage/2.8.0';

interface Writer {
  readonly producer: string;
}

function facet({ producer }: Writer, schema: string, value: Json): Json {
  return { _producer: producer, _schemaURL: `${SPEC}/${schema}`, ...value };
}

const jobType = (writer: Writer, integration: string, type: string): Json =>
  facet(writer, 'facets/2-0-3/JobTypeJobFacet.json#/$defs/JobTypeJobFacet', {
    processingType: 'BATCH',
    integration,
    jobType: type,
  });

const parent = (writer: Writer, namespace: string, name: string): Json =>
  facet(writer, 'facets/1-0-1/ParentRunFacet.json#/$defs/ParentRunFacet', {
    run: { runId: mark('operation') },
    job: { namespace, name },
  });

const FIELDS = ['customer_id', 'order_id', 'amount', 'day', 'state'] as const;

function dataset(
  writer: Writer,
  namespace: string,
  name: string,
  from?: { namespace: string; name: string },
): Json {
  const schema = facet(writer, 'facets/1-1-1/SchemaDatasetFacet.json#/$defs/SchemaDatasetFacet', {
    fields: FIELDS.map((field) => ({ name: field, type: 'string' })),
  });
  if (from === undefined) {
    return {
      namespace,
      name,
      facets: {
        dataSource: facet(writer, 'facets/1-0-1/DatasourceDatasetFacet.json#/$defs/DatasourceDatasetFacet', {
          name: namespace,
          uri: namespace,
        }),
        schema,
      },
    };
  }
  const columns = Object.fromEntries(
    FIELDS.map((field) => [
      field,
      {
        inputFields: [
          {
            ...from,
            field,
            transformations: [{ type: 'DIRECT', subtype: 'IDENTITY', description: '', masking: false }],
          },
        ],
      },
    ]),
  );
  return {
    namespace,
    name,
    facets: {
      schema,
      columnLineage: facet(
        writer,
        'facets/1-2-0/ColumnLineageDatasetFacet.json#/$defs/ColumnLineageDatasetFacet',
        {
          fields: columns,
        },
      ),
    },
  };
}

/** A query within an application: it begins, runs and completes. */
function sparkQuery(random: Random, people: Population): readonly string[] {
  const writer = { producer: SPARK };
  const project = random.pick(people.projects).id;
  const cluster = random.pick(people.clusters);
  const name = `curate_orders_${String(random.int(1, 90))}`;
  const from = { namespace: 'gs://acme-landing', name: `orders_${String(random.int(1, 200))}` };
  const run = {
    runId: mark('uuid'),
    facets: {
      parent: parent(writer, 'default', name),
      spark_properties: facet(writer, '2-0-2/OpenLineage.json#/$defs/RunFacet', {
        properties: { 'spark.master': 'yarn', 'spark.app.name': name },
      }),
      processing_engine: facet(
        writer,
        'facets/1-1-1/ProcessingEngineRunFacet.json#/$defs/ProcessingEngineRunFacet',
        {
          version: '3.5.3',
          name: 'spark',
          openlineageAdapterVersion: '1.41.0',
        },
      ),
      spark_jobDetails: facet(writer, '2-0-2/OpenLineage.json#/$defs/RunFacet', { jobId: 1 }),
      gcp_dataproc: facet(writer, 'facets/1-0-0/GcpDataprocRunFacet.json#/$defs/GcpDataprocRunFacet', {
        clusterUuid: cluster.uuid,
        jobId: `job-${mark('job')}`,
        jobUuid: mark('requestId'),
        queryNodeName: 'execute_insert_into_hadoop_fs_relation_command',
        appName: name,
        clusterName: cluster.name,
        appId: `application_${cluster.startedMs}_${random.digits(4)}`,
        projectId: project,
        jobType: 'cluster',
      }),
    },
  };
  const job = {
    namespace: 'default',
    name: `${name}.execute_insert_into_hadoop_fs_relation_command.curated_orders`,
    facets: {
      jobType: jobType(writer, 'SPARK', 'SQL_JOB'),
      gcp_lineage: facet(writer, 'facets/1-0-0/GcpLineageJobFacet.json#/$defs/GcpLineageJobFacet', {
        origin: {
          sourceType: 'DATAPROC',
          name: `projects/${project}/regions/${REGION}/clusters/${cluster.name}`,
        },
      }),
    },
  };
  return (['START', 'RUNNING', 'COMPLETE'] as const).map((eventType) =>
    recordText({
      eventTime: mark('eventTime'),
      producer: writer.producer,
      schemaURL: `${SPEC}/2-0-2/OpenLineage.json#/$defs/RunEvent`,
      eventType,
      run,
      job,
      inputs: eventType === 'RUNNING' ? [] : [dataset(writer, from.namespace, from.name)],
      outputs: eventType === 'RUNNING' ? [] : [dataset(writer, 'gs://acme-curated', from.name, from)],
    }),
  );
}

function airflowTask(random: Random): readonly string[] {
  const writer = { producer: AIRFLOW };
  const dag = `orders_${String(random.int(1, 60))}`;
  const runId = `scheduled__${mark('eventTime')}`;
  const table = `acme-data-prod.sales.orders_${String(random.int(1, 200))}`;
  const from = { namespace: 'gs://acme-landing', name: `orders_${String(random.int(1, 200))}.csv` };
  return [
    recordText({
      eventTime: mark('eventTime'),
      eventType: 'COMPLETE',
      inputs: [dataset(writer, from.namespace, from.name)],
      job: {
        facets: { jobType: jobType(writer, 'AIRFLOW', 'TASK') },
        name: `${dag}.upload`,
        namespace: 'airflow',
      },
      outputs: [dataset(writer, 'bigquery', table, from)],
      producer: writer.producer,
      run: {
        facets: {
          airflow: facet(writer, '2-0-2/OpenLineage.json#/$defs/RunFacet', {
            dag: {
              dag_id: dag,
              fileloc: `/opt/airflow/dags/${dag}.py`,
              owner: 'airflow',
              start_date: '2024-01-01T00:00:00+00:00',
              tags: '[]',
              timetable: {},
            },
            dagRun: {
              conf: {},
              dag_id: dag,
              data_interval_end: mark('eventTime'),
              data_interval_start: mark('eventTime'),
              external_trigger: false,
              run_id: runId,
              run_type: 'scheduled',
              start_date: mark('eventTime'),
            },
            task: {
              depends_on_past: false,
              downstream_task_ids: "['copy']",
              mapped: false,
              operator_class: 'GCSToBigQueryOperator',
              operator_class_path:
                'airflow.providers.google.cloud.transfers.gcs_to_bigquery.GCSToBigQueryOperator',
              owner: 'airflow',
              priority_weight: 1,
              queue: 'default',
              retries: 0,
              task_id: 'upload',
              trigger_rule: 'all_success',
              wait_for_downstream: false,
            },
            taskInstance: { duration: random.int(1, 900), pool: 'default_pool', try_number: 1 },
            taskUuid: mark('uuid'),
          }),
          nominalTime: facet(writer, 'facets/1-0-1/NominalTimeRunFacet.json#/$defs/NominalTimeRunFacet', {
            nominalEndTime: mark('eventTime'),
            nominalStartTime: mark('eventTime'),
          }),
          parent: parent(writer, 'airflow', dag),
        },
        runId: mark('uuid'),
      },
      schemaURL: `${SPEC}/2-0-2/OpenLineage.json#/$defs/RunEvent`,
    }),
  ];
}

export function lineageEntries(random: Random, people: Population): readonly string[] {
  return random.chance(0.7) ? sparkQuery(random, people) : airflowTask(random);
}
