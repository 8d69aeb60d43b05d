/**
 * Work on Databricks: made by a person or by CI, started by a person, by Airflow or by its own schedule, and run as a service
 * principal. Who asked is on the event of the request; what follows is the platform's own and is joined by the run's id.
 */
import { SERVICE_PRINCIPALS, WORKLOADS } from '../company.ts';
import type { RecordDraft } from '../entry.ts';
import { clock, sceneOf } from '../scene.ts';
import type { Scene } from '../scene.ts';
import { auditEvent, inBrowser, PLATFORM } from './record.ts';
import type { Actor } from './record.ts';
import { JOBS, platformEvents } from './runs.ts';

const FARAH = inBrowser('farah', '198.51.100.23');
const ANA = inBrowser('ana', '198.51.100.17');
const HANA = inBrowser('hana', '198.51.100.40');
const AIRFLOW: Actor = {
  email: SERVICE_PRINCIPALS.airflow,
  ip: WORKLOADS.scheduler.ip,
  userAgent: 'databricks-sdk-py/0.73.0 python/3.12.8 os/linux airflow/3.1.3',
};

const AS_TRAINER = { as: SERVICE_PRINCIPALS.churnTrainer } as const;

function retraining(scene: Scene): readonly RecordDraft[] {
  const { retrain } = JOBS;
  const { workspace } = retrain;
  const runId = scene.random.digits(15);
  return [
    auditEvent(scene, {
      at: '09:58:02',
      workspace,
      by: ANA,
      method: 'jobs.create',
      params: {
        name: retrain.name,
        tasks: JSON.stringify([
          { task_key: 'train', notebook_task: { notebook_path: '/Repos/ml/churn/train' } },
        ]),
        job_clusters: JSON.stringify([{ job_cluster_key: 'gpu' }]),
        format: 'MULTI_TASK',
        max_concurrent_runs: '1',
        run_as_user_name: SERVICE_PRINCIPALS.churnTrainer,
      },
      result: { job_id: Number(retrain.id) },
    }),
    auditEvent(scene, {
      at: '10:01:33',
      workspace,
      by: ANA,
      method: 'jobs.resetJobAcl',
      params: {
        job_id: retrain.id,
        grants: JSON.stringify([{ user_name: FARAH.email, permission_level: 'CAN_MANAGE_RUN' }]),
      },
    }),
    auditEvent(scene, {
      at: '10:20:45',
      workspace,
      by: FARAH,
      method: 'jobs.runNow',
      params: { job_id: retrain.id, notebook_params: JSON.stringify({ date: scene.date }) },
      result: { run_id: Number(runId), number_in_job: Number(runId) },
      runs: { by: FARAH.email, ...AS_TRAINER },
    }),
    ...platformEvents(scene, {
      job: retrain,
      workspace,
      runId,
      taskRunId: scene.random.digits(15),
      task: 'train',
      trigger: 'ONE_TIME',
      at: clock('10:20:46'),
      minutes: 48,
    }),
  ];
}

/** Started by its own schedule: nobody asked. It fails, and is repaired by the person on call. */
function scoring(scene: Scene): readonly RecordDraft[] {
  const { score } = JOBS;
  const { workspace } = score;
  const runId = scene.random.digits(15);
  const repairId = scene.random.digits(12);
  const run = { job: score, workspace, runId, task: 'score' } as const;
  return [
    auditEvent(scene, {
      at: '04:00:00',
      workspace,
      by: PLATFORM,
      method: 'jobs.runTriggered',
      params: { jobId: score.id, runId, jobTriggerType: 'PERIODIC' },
    }),
    ...platformEvents(scene, {
      ...run,
      taskRunId: scene.random.digits(15),
      trigger: 'PERIODIC',
      at: clock('04:00:01'),
      minutes: 12,
      failed: true,
    }),
    auditEvent(scene, {
      at: '07:44:18',
      workspace,
      by: inBrowser('goran', '198.51.100.44'),
      method: 'jobs.repairRun',
      params: { run_id: runId, rerun_tasks: JSON.stringify(['score']) },
      result: { repair_id: Number(repairId) },
    }),
    ...platformEvents(scene, {
      ...run,
      taskRunId: scene.random.digits(15),
      trigger: 'RETRY',
      at: clock('07:44:19'),
      minutes: 15,
      repairId,
    }),
  ];
}

/** A run without a definition, that Airflow submits over the API. */
function submitted(scene: Scene): readonly RecordDraft[] {
  return ['05:40:12', '17:40:09'].flatMap((time) => {
    const runId = scene.random.digits(15);
    return [
      auditEvent(scene, {
        at: time,
        workspace: 'staging',
        by: AIRFLOW,
        method: 'jobs.submitRun',
        params: {
          run_name: `feature-drift-${scene.date.replaceAll('-', '')}`,
          tasks: JSON.stringify([
            { task_key: 'drift', spark_python_task: { python_file: 'gs://acme-code/ml/drift.py' } },
          ]),
          idempotency_token: scene.random.uuid(),
        },
        result: { run_id: Number(runId) },
        runs: { by: SERVICE_PRINCIPALS.airflow, as: SERVICE_PRINCIPALS.airflow },
      }),
      ...platformEvents(scene, {
        workspace: 'staging',
        runId,
        taskRunId: scene.random.digits(15),
        task: 'drift',
        trigger: 'ONE_TIME',
        at: clock(time) + 900,
        minutes: 6,
      }),
    ];
  });
}

/** Somebody who may not, and somebody who thinks better of it. */
function refusedAndCancelled(scene: Scene): readonly RecordDraft[] {
  const runId = scene.random.digits(15);
  const ivo = inBrowser('ivo', '203.0.113.90');
  return [
    auditEvent(scene, {
      at: '20:20:41',
      workspace: 'production',
      by: ivo,
      method: 'jobs.runNow',
      params: { job_id: JOBS.score.id },
      status: 403,
      error: `PERMISSION_DENIED: ${ivo.email} does not have Manage Run permissions on job ${JOBS.score.id}`,
    }),
    auditEvent(scene, {
      at: '15:11:20',
      workspace: 'staging',
      by: HANA,
      method: 'jobs.runNow',
      params: { job_id: JOBS.drift.id },
      result: { run_id: Number(runId), number_in_job: Number(runId) },
      runs: { by: HANA.email, as: HANA.email },
    }),
    auditEvent(scene, {
      at: '15:14:02',
      workspace: 'staging',
      by: HANA,
      method: 'jobs.cancel',
      params: { run_id: runId },
    }),
    ...platformEvents(scene, {
      job: JOBS.drift,
      workspace: 'staging',
      runId,
      taskRunId: scene.random.digits(15),
      task: 'drift',
      trigger: 'ONE_TIME',
      at: clock('15:11:21'),
      minutes: 3,
      failed: true,
    }),
  ];
}

export const databricksJobs = (scene: Scene): readonly RecordDraft[] => [
  ...retraining(sceneOf(scene, 'retraining')),
  ...scoring(sceneOf(scene, 'scoring')),
  ...submitted(sceneOf(scene, 'submitted-runs')),
  ...refusedAndCancelled(sceneOf(scene, 'refused-runs')),
];
