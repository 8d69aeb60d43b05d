/** Definitions of jobs on Databricks, and what the platform logs of each run of one. */
import type { WorkspaceName } from '../company.ts';
import { MINUTE } from '../entry.ts';
import type { Json, RecordDraft } from '../entry.ts';
import type { Scene } from '../scene.ts';
import { auditEvent, PLATFORM } from './record.ts';

/** Definitions, with what they are called and where they live. */
export const JOBS = {
  retrain: { id: '815302110984215', name: 'churn-retrain', workspace: 'training' },
  score: { id: '815302110984377', name: 'churn-score-nightly', workspace: 'production' },
  drift: { id: '815302110984402', name: 'feature-drift', workspace: 'staging' },
} as const satisfies Record<string, { id: string; name: string; workspace: WorkspaceName }>;
type Job = (typeof JOBS)[keyof typeof JOBS];

export interface Run {
  readonly job?: Job;
  readonly workspace: WorkspaceName;
  readonly runId: string;
  readonly taskRunId: string;
  readonly task: string;
  readonly trigger: 'ONE_TIME' | 'PERIODIC' | 'RETRY';
  readonly at: number;
  readonly minutes: number;
  readonly failed?: true;
  readonly repairId?: string;
}

/** What the platform logs of a run: its start on a cluster, and how it ended. */
export function platformEvents(scene: Scene, run: Run): readonly RecordDraft[] {
  const params: Json = {
    ...(run.job === undefined ? {} : { jobId: run.job.id }),
    runId: run.taskRunId,
    multitaskParentRunId: run.runId,
    taskKey: run.task,
    jobTriggerType: run.trigger,
    jobTaskType: 'notebook',
    jobClusterType: 'new',
    clusterId: `1118-${scene.random.digits(6)}-${scene.random.base36(8)}`,
    orgId: '0',
    ...(run.repairId === undefined ? {} : { repairId: run.repairId }),
  };
  const tell = (at: number, method: string, more: Json): RecordDraft =>
    auditEvent(scene, {
      at,
      workspace: run.workspace,
      by: PLATFORM,
      method,
      params: { ...params, ...more },
    });
  const ends = run.at + run.minutes * MINUTE;
  return [
    tell(run.at + 95_000, 'jobs.runStart', {}),
    run.failed === true
      ? tell(ends, 'jobs.runFailed', { idInJob: '41', jobTerminalState: 'Failed' })
      : tell(ends, 'jobs.runSucceeded', { idInJob: '41', jobTerminalState: 'Succeeded' }),
  ];
}
