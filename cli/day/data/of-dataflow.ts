/**
 * What a Dataflow job does to data: staging under a path with the job's id, reads and loads with the label that Beam sets, and
 * commits to Spanner. All of it as the workers' account.
 */
import { ACCOUNTS, PROJECTS } from '../company.ts';
import type { DataflowJob } from '../dataflow/entries.ts';
import { MINUTE } from '../entry.ts';
import type { Draft, Json } from '../entry.ts';
import type { DataflowPlan } from '../jobs/plan.ts';
import { clock } from '../scene.ts';
import type { Scene } from '../scene.ts';
import { CLIENTS, workerOf } from './access.ts';
import type { Access } from './access.ts';
import { loadTable, tableOf } from './bigquery.ts';
import { spannerCall } from './spanner.ts';
import { locationOf, objectAccess, readFolder } from './storage.ts';

const text = (parameters: Json, ...names: readonly string[]): string | undefined => {
  const found = names.map((name) => parameters[name]).find((value) => typeof value === 'string');
  return typeof found === 'string' ? found : undefined;
};

/** Writes of the job that fails: the first commits are taken, the last is not. */
function commits(scene: Scene, by: Access, plan: DataflowPlan, job: DataflowJob): readonly Draft[] {
  const instance = text(plan.parameters, 'instanceId');
  const database = text(plan.parameters, 'databaseId');
  if (instance === undefined || database === undefined) return [];
  const into = { instance, database };
  const at = clock(plan.at) + 2 * MINUTE;
  const commit = (i: number, failed: boolean): Draft =>
    spannerCall(scene, by, {
      at: at + (i + 1) * 44_000,
      database: into,
      rpc: 'Commit',
      request: {
        requestOptions: { transactionTag: `app=beam,job=${job.id}`, priority: 'PRIORITY_MEDIUM' },
        singleUseTransaction: { readWrite: {} },
      },
      ...(failed ? { status: { code: 5, message: 'Table not found: refund_lines' } } : {}),
    });
  return [
    spannerCall(scene, by, { at, database: into, rpc: 'BatchCreateSessions', request: { sessionCount: 4 } }),
    ...[0, 1, 2, 3].map((i) => commit(i, i === 3)),
  ];
}

export function dataOfDataflow(scene: Scene, plan: DataflowPlan, job: DataflowJob): readonly Draft[] {
  const project = PROJECTS[plan.project];
  const by: Access = {
    project,
    caller: workerOf(ACCOUNTS.dataflowWorker, '10.132.0.41', CLIENTS.dataflow),
  };
  const at = clock(plan.at) + 100_000;
  const bucket = `acme-dataflow-${project.number}`;
  const staged = ['create', 'get'].map((verb, i) =>
    objectAccess(scene, by, {
      at: at + i * 9000,
      verb: verb === 'get' ? 'get' : 'create',
      bucket,
      object: `tmp/staging/${job.id}/pipeline-${job.name}.pb`,
    }),
  );
  const input = text(plan.parameters, 'inputPath', 'inputDir', 'inputFilePattern');
  const folder = input === undefined ? undefined : locationOf(input);
  const output = text(plan.parameters, 'outputTable');
  const table = output === undefined ? undefined : tableOf(output);
  const load = `beam_bq_job_LOAD_${job.name.replaceAll('-', '')}_${scene.random.hex(32)}`;
  return [
    ...staged,
    ...(folder === undefined ? [] : readFolder(scene, by, at + 20_000, folder, 2)),
    ...(table === undefined || plan.end === 'failed'
      ? []
      : loadTable(scene, by, at + 60_000, table, {
          id: `${load}_00001_00000-0`,
          sources: [`gs://${bucket}/tmp/BigQueryWriteTemp/${load}/0`],
          labels: { beam_job_id: job.id },
        })),
    ...commits(scene, by, plan, job),
  ];
}
