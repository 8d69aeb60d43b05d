/**
 * Well-known texts of Dataflow's job messages. They are written for people and their wording is not guaranteed: a text
 * that is not here still says that the job ran. Wordings as printed by Beam's runners and as queried by tools in use
 * (apache/beam, GoogleCloudPlatform/DataflowTemplates).
 */
import type { Action, Outcome } from '../../model/event.ts';

export interface JobMessage {
  /** Beginning of the text. */
  readonly prefix: string;
  readonly action: Extract<Action, 'job.start' | 'job.run' | 'job.finish' | 'job.cancel'>;
  readonly outcome: Outcome;
  /** Name of the message among an event's claims. */
  readonly name: string;
}

export const JOB_MESSAGES: readonly JobMessage[] = [
  message('Workers have started successfully', 'job.start', 'allowed', 'workers-started'),
  message('All workers have finished the startup processes', 'job.start', 'allowed', 'workers-ready'),
  message('Executing success step', 'job.finish', 'allowed', 'success'),
  message('Executing failure step', 'job.finish', 'failed', 'failure'),
  message('Workflow failed.', 'job.finish', 'failed', 'workflow-failed'),
  // The pool stops after success, failure and cancellation alike.
  message('Worker pool stopped.', 'job.finish', 'unknown', 'pool-stopped'),
  message('Cancel request is committed for workflow job', 'job.cancel', 'allowed', 'cancel-committed'),
  message('Stopping worker pool', 'job.run', 'unknown', 'pool-stopping'),
  message('Cleaning up.', 'job.run', 'unknown', 'cleaning-up'),
];

function message(prefix: string, action: JobMessage['action'], outcome: Outcome, name: string): JobMessage {
  return { prefix, action, outcome, name };
}

const RAN = { action: 'job.run', outcome: 'unknown', name: undefined } as const;

/** What a job message says; any text that is not well known says that the job ran. */
export function jobMessageOf(text: string | undefined): JobMessage | typeof RAN {
  if (text === undefined) return RAN;
  return JOB_MESSAGES.find(({ prefix }) => text.startsWith(prefix)) ?? RAN;
}
