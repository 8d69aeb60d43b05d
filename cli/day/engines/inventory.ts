/**
 * What the engines' own APIs list when the day is over: answers to whoever asks them, in the form of their REST APIs.
 * Every job that an API took is there, whatever became of its log entries.
 */
import * as z from 'zod';
import { CLUSTERS, PROJECTS, REGION, WORKSPACES, workAccount } from '../company.ts';
import type { ProjectName } from '../company.ts';
import { MINUTE } from '../entry.ts';
import type { Json } from '../entry.ts';
import type { BatchPlan, ClusterJobPlan, DataflowPlan, Plan } from '../jobs/plan.ts';
import { dataflowJobOf } from '../jobs/run-dataflow.ts';
import type { FileVersion } from '../databricks/files.ts';
import { clock, planScene } from '../scene.ts';
import type { Scene } from '../scene.ts';

/** Path of a list, with what it lists. */
export type EngineLists = ReadonlyMap<string, Json>;

export function engineLists(
  scene: Scene,
  plans: readonly Plan[],
  files: readonly FileVersion[],
): EngineLists {
  // What was refused never became a job.
  const taken = plans.filter((plan) => plan.end !== 'denied' && plan.end !== 'refused-by-mesh');
  const lists = new Map<string, Json>();
  for (const name of Object.keys(PROJECTS).filter(isProject)) {
    const { id } = PROJECTS[name];
    const own = taken.filter((plan) => plan.project === name);
    lists.set(`/v1/projects/${id}/regions/${REGION}/jobs`, {
      jobs: own.flatMap((plan) => (plan.kind === 'job' ? clusterJob(scene, plan) : [])),
    });
    lists.set(`/v1/projects/${id}/locations/${REGION}/batches`, {
      batches: own.flatMap((plan) => (plan.kind === 'batch' ? batch(scene, plan) : [])),
    });
    lists.set(`/v1/projects/${id}/locations/${REGION}/sessions`, {});
    lists.set(`/v1b3/projects/${id}/jobs:aggregated`, {
      jobs: own.flatMap((plan) =>
        plan.kind === 'classic' || plan.kind === 'flex' ? dataflowJob(scene, plan) : [],
      ),
    });
  }
  for (const workspace of Object.values(WORKSPACES)) {
    lists.set(`/${workspace}/api/2.2/jobs/runs/list`, { runs: runsOf(workspace, files) });
  }
  return lists;
}

const isProject = (name: string): name is ProjectName => Object.hasOwn(PROJECTS, name);

const instant = (scene: Scene, at: number): string => new Date(scene.midnight + at).toISOString();
const endOf = (plan: Plan): number => clock(plan.at) + plan.minutes * MINUTE;
const hasFailed = (plan: Plan): boolean => plan.end === 'failed' || plan.end === 'cancelled';

function clusterJob(scene: Scene, plan: ClusterJobPlan): Json {
  const at = clock(plan.at);
  const { name, uuid } = CLUSTERS[plan.project];
  return {
    reference: { projectId: PROJECTS[plan.project].id, jobId: plan.id },
    placement: { clusterName: name, clusterUuid: uuid },
    ...plan.work,
    status: { state: hasFailed(plan) ? 'ERROR' : 'DONE', stateStartTime: instant(scene, endOf(plan) + 2000) },
    statusHistory: [
      { state: 'PENDING', stateStartTime: instant(scene, at + 700) },
      { state: 'SETUP_DONE', stateStartTime: instant(scene, at + 1300) },
      { state: 'RUNNING', stateStartTime: instant(scene, at + 5200) },
    ],
    ...(plan.labels === undefined ? {} : { labels: plan.labels }),
  };
}

function batch(scene: Scene, plan: BatchPlan): Json {
  const at = clock(plan.at);
  const project = PROJECTS[plan.project];
  return {
    name: `projects/${project.id}/locations/${REGION}/batches/${plan.id}`,
    createTime: instant(scene, at + 400),
    ...plan.work,
    state: hasFailed(plan) ? 'FAILED' : 'SUCCEEDED',
    stateTime: instant(scene, endOf(plan)),
    stateHistory: [{ state: 'PENDING', stateStartTime: instant(scene, at + 400) }],
    environmentConfig: { executionConfig: { serviceAccount: workAccount(project) } },
  };
}

function dataflowJob(scene: Scene, plan: DataflowPlan): Json {
  const job = dataflowJobOf(planScene(scene, plan), plan);
  const streaming = plan.streaming === true;
  const state = streaming ? 'DRAINED' : hasFailed(plan) ? 'FAILED' : 'DONE';
  return {
    id: job.id,
    projectId: PROJECTS[plan.project].id,
    name: job.name,
    type: `JOB_TYPE_${streaming ? 'STREAMING' : 'BATCH'}`,
    currentState: `JOB_STATE_${state}`,
    currentStateTime: instant(scene, endOf(plan)),
    createTime: instant(scene, clock(plan.at) + 700),
    location: REGION,
  };
}

const RunEvent = z.looseObject({
  workspaceId: z.string(),
  timestamp: z.number(),
  actionName: z.enum(['runStart', 'runSucceeded', 'runFailed']),
  requestParams: z.looseObject({ multitaskParentRunId: z.string() }),
});

/** Runs are told by the platform's events, which the workspace's audit files hold. */
function runsOf(workspace: string, files: readonly FileVersion[]): readonly Json[] {
  const runs = new Map<string, Json>();
  for (const line of files.flatMap(({ text }) => text.split('\n')).filter((text) => text !== '')) {
    const event = RunEvent.safeParse(JSON.parse(line)).data;
    if (event?.workspaceId !== workspace) continue;
    const id = event.requestParams.multitaskParentRunId;
    const known = runs.get(id) ?? { run_id: Number(id), start_time: event.timestamp };
    runs.set(id, { ...known, ...stateOf(event) });
  }
  return [...runs.values()];
}

function stateOf({ actionName, timestamp }: z.infer<typeof RunEvent>): Json {
  if (actionName === 'runStart') return { start_time: timestamp, status: { state: 'RUNNING' } };
  const code = actionName === 'runFailed' ? 'RUN_EXECUTION_ERROR' : 'SUCCESS';
  return { end_time: timestamp, status: { state: 'TERMINATED', termination_details: { code } } };
}
