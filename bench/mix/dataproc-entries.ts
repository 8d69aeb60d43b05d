/** Dataproc and Dataflow: jobs, what runs of them say, changes of clusters, and reads; in the shapes of the day's builders. */
import { REGION, workAccount } from '../../cli/day/company.ts';
import { dataflowAudit, jobMessage, templateLaunch } from '../../cli/day/dataflow/entries.ts';
import type { DataflowJob } from '../../cli/day/dataflow/entries.ts';
import { changeCluster, createCluster, readAccess, simpleChange } from '../../cli/day/dataproc/admin.ts';
import {
  applicationAccepted,
  applicationId,
  applicationSummary,
  driverLog,
} from '../../cli/day/dataproc/cluster-logs.ts';
import type { Application } from '../../cli/day/dataproc/cluster-logs.ts';
import { submitJob } from '../../cli/day/dataproc/jobs.ts';
import { createBatch } from '../../cli/day/dataproc/serverless.ts';
import type { Call, Ending } from '../../cli/day/dataproc/audit.ts';
import type { Draft } from '../../cli/day/entry.ts';
import { pyspark, pysparkBatch, sparkSql } from '../../cli/day/jobs/plan.ts';
import type { Random } from '../../cli/day/random.ts';
import { mark, stamped } from './fresh.ts';
import type { Population } from './population.ts';

const callOf = (random: Random, people: Population): Call => ({
  at: 0,
  requestTime: mark('requestTime'),
  caller: random.pick(people.callers),
  project: random.pick(people.projects),
});

const endingOf = (random: Random): Ending => ({
  operationId: mark('operation'),
  afterMs: 0,
  requestTime: mark('requestTime'),
  namesCaller: random.chance(0.6),
});

function workOf(random: Random): Parameters<typeof submitJob>[1]['work'] {
  const n = String(random.int(1, 400));
  if (random.chance(0.25)) {
    return sparkSql(
      `CREATE TEMPORARY VIEW t USING bigquery OPTIONS (table 'acme-data-prod.sales.orders_${n}')`,
      `INSERT OVERWRITE DIRECTORY 'gs://acme-curated/report-${n}/' USING parquet SELECT day, sum(amount) FROM t GROUP BY day`,
    );
  }
  return pyspark(`jobs/job_${n}.py`, [
    `--input=gs://acme-landing/set-${n}/`,
    `--output=gs://acme-curated/set-${n}/`,
    '--date=2026-11-19',
  ]);
}

/** SubmitJob and CreateBatch with both entries of their operation. */
export function dataprocJobEntries(random: Random, people: Population): readonly string[] {
  const call = callOf(random, people);
  if (random.chance(0.4)) {
    const n = String(random.int(1, 400));
    return createBatch(
      call,
      {
        id: `batch-${mark('job')}`,
        uuid: mark('uuid'),
        work: pysparkBatch(`jobs/batch_${n}.py`, [
          `--input=gs://acme-curated/set-${n}/`,
          `--output-table=acme-data-prod.marts.set_${n}`,
        ]),
        runAs: workAccount(call.project),
        labels: { team: `team-${String(random.int(1, 30))}` },
        requestId: mark('requestId'),
      },
      endingOf(random),
    ).map(stamped);
  }
  return submitJob(
    call,
    {
      id: `job-${mark('job')}`,
      uuid: mark('uuid'),
      cluster: random.pick(people.clusters),
      work: workOf(random),
      labels: { team: `team-${String(random.int(1, 30))}`, pipeline: `p-${String(random.int(1, 90))}` },
      requestId: mark('requestId'),
    },
    endingOf(random),
  ).map(stamped);
}

const dataflowJob = (random: Random, call: Call): DataflowJob => ({
  id: `2026-11-18_23_10_05-${random.digits(19)}`,
  name: `pipeline-${mark('job')}`,
  runAs: workAccount(call.project),
});

export function dataflowJobEntries(random: Random, people: Population): readonly string[] {
  const call = callOf(random, people);
  return [stamped(dataflowAudit(call, 'dataflow.jobs.create', dataflowJob(random, call)))];
}

/** What jobs and the machines under them say of themselves: driver, YARN, messages of a Dataflow job. */
export function runtimeEntries(random: Random, people: Population): readonly string[] {
  const call = callOf(random, people);
  const cluster = random.pick(people.clusters);
  const node = { project: call.project, cluster, suffix: 'm', instanceId: random.digits(19) } as const;
  const id = applicationId(cluster, random.int(100, 9000));
  switch (random.int(0, 3)) {
    case 0:
      return [
        stamped(
          jobMessage(
            { at: 0, project: call.project, job: dataflowJob(random, call) },
            'Starting 2 workers in europe-west1-b...',
          ),
        ),
      ];
    case 1:
      return [
        stamped(
          driverLog(
            0,
            node,
            { id: `job-${mark('job')}`, uuid: mark('uuid') },
            {
              className: 'org.apache.hadoop.yarn.client.api.impl.YarnClientImpl',
              message: `Submitted application ${id}`,
            },
          ),
        ),
      ];
    default: {
      const application: Application = {
        id,
        name: `curate_${String(random.int(1, 90))}`,
        user: 'root',
        type: 'SPARK',
        submitMs: 1_795_075_200_000,
        endMs: 1_795_075_290_000,
        succeeded: true,
        tags: `dataproc_job_${mark('job')},dataproc_uuid_${mark('uuid')}`,
      };
      return [applicationAccepted(0, node, application), applicationSummary(0, node, application)].map(
        stamped,
      );
    }
  }
}

export function dataprocAdminEntries(random: Random, people: Population): readonly string[] {
  return adminDrafts(random, people).map(stamped);
}

function adminDrafts(random: Random, people: Population): readonly Draft[] {
  const call = callOf(random, people);
  const cluster = random.pick(people.clusters);
  const parent = `projects/${call.project.id}/regions/${REGION}`;
  switch (random.int(0, 4)) {
    case 0:
      return createCluster(
        call,
        {
          cluster,
          runAs: workAccount(call.project),
          workers: random.int(2, 40),
          machineType: 'n2-highmem-8',
        },
        endingOf(random),
      );
    case 1:
      return changeCluster(
        call,
        'Update',
        cluster,
        {
          cluster: { config: { workerConfig: { numInstances: random.int(2, 40) } } },
          updateMask: 'config.worker_config.num_instances',
        },
        endingOf(random),
      );
    case 2: {
      const name = `${parent}/autoscalingPolicies/policy-${String(random.int(1, 20))}`;
      return [
        simpleChange(
          call,
          'AutoscalingPolicyService.UpdateAutoscalingPolicy',
          { name, kind: 'AutoscalingPolicy', permission: 'dataproc.autoscalingPolicies.update' },
          { policy: { name, workerConfig: { minInstances: 2, maxInstances: random.int(4, 60) } } },
        ),
      ];
    }
    case 3: {
      const name = `${parent}/workflowTemplates/template-${String(random.int(1, 20))}`;
      return [
        simpleChange(
          call,
          'WorkflowTemplateService.UpdateWorkflowTemplate',
          { name, kind: 'WorkflowTemplate', permission: 'dataproc.workflowTemplates.update' },
          { template: { name, version: random.int(1, 90), jobs: [{ stepId: 'curate', ...workOf(random) }] } },
        ),
      ];
    }
    default: {
      const name = `${parent}/clusters/${cluster.name}`;
      return [
        simpleChange(
          call,
          'google.iam.v1.IAMPolicy.SetIamPolicy',
          { name, kind: 'Cluster', permission: 'dataproc.clusters.setIamPolicy' },
          {
            resource: name,
            policy: {
              bindings: [{ role: 'roles/dataproc.editor', members: ['group:data-platform@example.com'] }],
            },
          },
          cluster,
        ),
      ];
    }
  }
}

/** Data Access entries of the engines: who looks at jobs, batches and clusters. */
export function jobReadEntries(random: Random, people: Population): readonly string[] {
  return [stamped(readDraft(random, people))];
}

function readDraft(random: Random, people: Population): Draft {
  const call = callOf(random, people);
  const cluster = random.pick(people.clusters);
  const id = `job-${mark('job')}`;
  switch (random.int(0, 9)) {
    case 0:
      return readAccess(call, { method: 'ClusterController.GetCluster', cluster });
    case 1:
    case 2:
    case 3:
      return readAccess(call, { method: 'JobController.ListJobs', cluster, items: '100' });
    case 4:
      return readAccess(call, { method: 'BatchController.GetBatch', id });
    case 5:
      return readAccess(call, { method: 'BatchController.AccessSparkApplication', id, app: 'app-1' });
    case 6:
      return templateLaunch(call, dataflowJob(random, call), {
        kind: 'flex',
        template: 'gs://acme-templates/flex/parquet-to-bigquery.json',
        parameters: { inputPath: 'gs://acme-curated/set/', outputTable: 'acme-data-prod:sales.set' },
      });
    default:
      return readAccess(call, { method: 'JobController.GetJob', cluster, id });
  }
}
