/**
 * What a job does to data, as Cloud Storage and BigQuery tell it: its script is fetched, its inputs are read, its outputs
 * written, its driver's output is put beside it. Who did it is the account that the job runs under; which job it was is
 * seen from the paths of the engine, from labels, and from the header that the company's libraries send.
 */
import { CLUSTERS, REGION, workAccount } from '../company.ts';
import type { Project } from '../company.ts';
import { MINUTE } from '../entry.ts';
import type { Draft, Json } from '../entry.ts';
import { clock } from '../scene.ts';
import type { Scene } from '../scene.ts';
import type { BatchPlan, ClusterJobPlan } from '../jobs/plan.ts';
import { touchedBy } from '../jobs/touched.ts';
import { CLIENTS, workerOf } from './access.ts';
import type { Access } from './access.ts';
import { loadTable, readSession, tableOf } from './bigquery.ts';
import { locationOf, objectAccess, readFolder, writeFolder } from './storage.ts';

interface Running {
  readonly project: Project;
  readonly ip: string;
  /** Id that its requests to Cloud Storage carry. */
  readonly job: string | undefined;
  readonly labels: Json;
  readonly at: number;
  readonly endsAt: number;
  /** A failed job read and did not get as far as writing. */
  readonly writes: boolean;
  readonly files: number;
}

function touches(scene: Scene, work: Json, alsoReads: readonly string[], running: Running): readonly Draft[] {
  const { project, at, endsAt, files, job } = running;
  const { script, reads, writes } = touchedBy(work, alsoReads);
  const account = workAccount(project);
  const storage: Access = {
    project,
    caller: workerOf(account, running.ip, CLIENTS.sparkStorage),
    ...(job === undefined ? {} : { job }),
  };
  const warehouse: Access = { project, caller: workerOf(account, running.ip, CLIENTS.sparkBigQuery) };
  const code = script === undefined ? undefined : /^gs:\/\/([^/]+)\/(.+)$/.exec(script);
  const fetched =
    code === undefined || code === null
      ? []
      : [
          objectAccess(scene, storage, {
            at: at + 5200,
            verb: 'get',
            bucket: code[1] ?? '',
            object: code[2] ?? '',
          }),
        ];
  const readFrom = at + 24_000;
  const read = reads.flatMap((input, i): readonly Draft[] => {
    const when = readFrom + i * 5000;
    const table = tableOf(input);
    if (table !== undefined)
      return [readSession(scene, warehouse, when, table, ['id', 'amount', 'updated_at'])];
    const location = locationOf(input);
    return location === undefined ? [] : readFolder(scene, storage, when, location, files);
  });
  const wrote = (running.writes ? writes : []).flatMap((output, i): readonly Draft[] => {
    const when = Math.max(endsAt - 40_000 + i * 6000, readFrom + 9000);
    const table = tableOf(output);
    const location = locationOf(output);
    if (location !== undefined) return writeFolder(scene, storage, when, location, files);
    if (table === undefined) return [];
    return loadTable(scene, warehouse, when, table, {
      id: scene.random.uuid(),
      sources: [`gs://acme-spark-temp-${project.number}/.spark-bigquery-${scene.random.uuid()}/*.parquet`],
      labels: running.labels,
    });
  });
  return [...fetched, ...read, ...wrote];
}

/** Kept by whoever waits for the job: the driver's output, in the bucket of the cluster. */
function driverOutput(scene: Scene, plan: ClusterJobPlan, running: Running): Draft {
  const { project, ip, endsAt } = running;
  return objectAccess(
    scene,
    { project, caller: workerOf(workAccount(project), ip, CLIENTS.sparkStorage) },
    {
      at: endsAt + 900,
      verb: 'create',
      bucket: `dataproc-staging-${REGION}-${project.number}`,
      object: `google-cloud-dataproc-metainfo/${CLUSTERS[plan.project].uuid}/jobs/${plan.id}/driveroutput.000000000`,
    },
  );
}

const NODE_IPS = ['10.132.0.12', '10.132.0.13', '10.132.0.14'] as const;

function runningOf(
  scene: Scene,
  plan: ClusterJobPlan | BatchPlan,
  project: Project,
  job: string | undefined,
): Running {
  const at = clock(plan.at);
  return {
    project,
    ip: scene.random.pick(NODE_IPS),
    job,
    // The connector puts the labels it is configured with on its jobs.
    labels: { dataproc_job: plan.id, ...plan.labels },
    at,
    endsAt: at + plan.minutes * MINUTE,
    writes: plan.end === undefined || plan.end === 'done',
    files: plan.minutes > 5 ? 2 : 1,
  };
}

export function dataOfClusterJob(
  scene: Scene,
  plan: ClusterJobPlan,
  project: Project,
  job: string | undefined,
): readonly Draft[] {
  const running = runningOf(scene, plan, project, job);
  return [...touches(scene, plan.work, plan.alsoReads ?? [], running), driverOutput(scene, plan, running)];
}

export const dataOfBatch = (
  scene: Scene,
  plan: BatchPlan,
  project: Project,
  job: string | undefined,
): readonly Draft[] => touches(scene, plan.work, [], runningOf(scene, plan, project, job));
