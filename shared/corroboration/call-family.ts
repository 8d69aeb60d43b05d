/**
 * Calls that start work, by what they start, so that one call is one call under whichever name the API, the mesh and the
 * gateway record it. A call key is `engine|method|project|region` (shared/pipeline/rows.ts).
 */
import type { TrailEvent } from '../model/trail-event.ts';

const FAMILIES: ReadonlyMap<string, string> = new Map([
  ['SubmitJob', 'submit-job'],
  ['SubmitJobAsOperation', 'submit-job'],
  ['CreateBatch', 'create-batch'],
  ['CreateSession', 'create-session'],
  ['InstantiateWorkflowTemplate', 'run-workflow'],
  ['InstantiateInlineWorkflowTemplate', 'run-workflow'],
  ['CreateCluster', 'create-cluster'],
  ['dataflow.jobs.create', 'create-job'],
  ['CreateJob', 'create-job'],
  ['CreateJobFromTemplate', 'create-job'],
  ['LaunchTemplate', 'create-job'],
  ['LaunchFlexTemplate', 'create-job'],
  ['jobs.runNow', 'run-now'],
  ['jobs.submitRun', 'submit-run'],
  ['clusters.create', 'create-cluster'],
]);

export interface CallFamily {
  readonly engine: string;
  readonly family: string;
  readonly project: string;
  readonly region: string;
}

/** Undefined where the call starts no work. */
export function callFamilyOf(callKey: string | undefined): CallFamily | undefined {
  if (callKey === undefined) return undefined;
  const [engine = '', method = '', project = '', region = ''] = callKey.split('|');
  const family = FAMILIES.get(method);
  return family === undefined ? undefined : { engine, family, project, region };
}

/** Subject of the witnesses of a call: nobody's call is another project's. */
export const callSubject = ({ engine, family, project, region }: CallFamily): string =>
  `${engine}|${family}|${project}|${region}`;

export const callSubjectOf = ({ callKey }: TrailEvent): string | undefined => {
  const call = callFamilyOf(callKey);
  return call === undefined ? undefined : callSubject(call);
};
