/** A Dataflow job from a template: mesh, the launch, the job's creation, its messages and the lines of its workers. */
import { CALLERS } from '../callers.ts';
import type { Caller } from '../callers.ts';
import { ACCOUNTS, PROJECTS, REGION } from '../company.ts';
import { dataflowAudit, dataflowJobId, jobMessage, templateLaunch, workerLog } from '../dataflow/entries.ts';
import type { DataflowJob } from '../dataflow/entries.ts';
import { HOUR, MINUTE } from '../entry.ts';
import type { Draft } from '../entry.ts';
import type { DataflowPlan } from './plan.ts';
import { apiRequest } from './request.ts';
import { dataOfDataflow } from '../data/of-dataflow.ts';
import { callOf, clock, sceneOf } from '../scene.ts';
import type { Scene } from '../scene.ts';

function request(scene: Scene, plan: DataflowPlan): readonly Draft[] {
  const parent = `http://dataflow.googleapis.com/v1b3/projects/${PROJECTS[plan.project].id}/locations/${REGION}`;
  return apiRequest(scene, plan.caller, plan.via, {
    at: clock(plan.at) - 280,
    method: 'POST',
    url:
      plan.kind === 'flex'
        ? `${parent}/flexTemplates:launch`
        : `${parent}/templates:launch?gcsPath=${encodeURIComponent(plan.template)}`,
    status: plan.end === 'denied' ? 403 : 200,
  });
}

interface Messages {
  readonly start: readonly (readonly [afterMs: number, text: string, severity?: string])[];
  readonly end: readonly (readonly [afterMs: number, text: string, severity?: string])[];
}

const messages = (plan: DataflowPlan): Messages => ({
  start: [
    [2100, `Worker configuration: n2-standard-4 in ${REGION}-b.`],
    [9400, 'Starting 2 workers in europe-west1-b...'],
    [74_000, 'Workers have started successfully.'],
    [81_000, 'All workers have finished the startup processes and began to receive work requests.', 'DEBUG'],
  ],
  end:
    plan.end === 'failed'
      ? [
          [
            -9000,
            'Workflow failed. Causes: S04:ReadAvro/Read+WriteToSpanner failed., The job failed because a work item has failed 4 times.',
            'ERROR',
          ],
          [0, 'Worker pool stopped.'],
        ]
      : [
          [-21_000, 'Executing success step success22', 'DEBUG'],
          [-19_500, 'Cleaning up.', 'DEBUG'],
          [-17_000, 'Stopping worker pool...'],
          [0, 'Worker pool stopped.'],
        ],
});

function work(scene: Scene, plan: DataflowPlan, job: DataflowJob): readonly Draft[] {
  const project = PROJECTS[plan.project];
  const at = clock(plan.at);
  const end = at + plan.minutes * MINUTE;
  const told = messages(plan);
  const instance = `${plan.id}-harness-${scene.random.base36(4)}`;
  const instanceId = scene.random.digits(19);
  const line = (from: number) => (message: Messages['start'][number]) =>
    jobMessage({ at: from + message[0], project, job }, message[1], message[2]);
  const autoscale = Array.from({ length: plan.streaming === true ? 5 : 0 }, (_, i) =>
    jobMessage(
      { at: at + (i + 1) * 3 * HOUR, project, job },
      `Autoscaling: Raised the number of workers to ${String(i + 3)} so that the Pipeline can catch up with its backlog and keep up with its input rate.`,
    ),
  );
  return [
    ...told.start.map(line(at)),
    ...plan.lines.map((text, i) =>
      workerLog({ at: at + 95_000 + i * 41_000, project, job }, { ...text, instance, instanceId }),
    ),
    ...autoscale,
    ...(plan.streaming === true ? [] : told.end.map(line(end))),
  ];
}

/** Draining a streaming job at the end of the day is one more call by the people on duty. */
function drain(scene: Scene, plan: DataflowPlan, job: DataflowJob): readonly Draft[] {
  if (plan.streaming !== true) return [];
  const at = clock(plan.at) + plan.minutes * MINUTE;
  return [
    dataflowAudit(
      callOf(scene, at, 'goranAtLaptop', plan.project),
      'dataflow.jobs.updateContents',
      job,
      'dataflow.jobs.cancel',
    ),
    jobMessage({ at: at + 4000, project: PROJECTS[plan.project], job }, 'Draining job.'),
  ];
}

/** @param scene the plan's own */
export const dataflowJobOf = (scene: Scene, plan: DataflowPlan): DataflowJob => ({
  id: dataflowJobId(scene.midnight + clock(plan.at), scene.random.digits(19)),
  name: plan.id,
  runAs: ACCOUNTS.dataflowWorker,
});

export function runDataflow(scene: Scene, plan: DataflowPlan): readonly Draft[] {
  const caller: Caller = CALLERS[plan.caller];
  const at = clock(plan.at);
  const job = dataflowJobOf(scene, plan);
  const denied = plan.end === 'denied';
  // A Flex template's job is created by the launcher's machine, minutes later; a classic one by the caller, at once.
  const createdBy = plan.kind === 'flex' ? CALLERS.flexLauncher : caller;
  const createdAt = plan.kind === 'flex' ? at + 96_000 : at + 700;
  const launched = templateLaunch(callOf(scene, at, caller, plan.project), job, {
    kind: plan.kind,
    template: plan.template,
    parameters: plan.parameters,
  });
  const created = dataflowAudit(
    callOf(scene, createdAt, denied ? caller : createdBy, plan.project, { denied }),
    'dataflow.jobs.create',
    job,
  );
  const asked = request(scene, plan);
  if (denied) return [...asked, created];
  return [
    ...asked,
    launched,
    created,
    ...work(scene, plan, job),
    ...drain(scene, plan, job),
    ...dataOfDataflow(sceneOf(scene, 'data'), plan, job),
  ];
}
