/**
 * Calls that start work, by what they start, so that one call is one call under whichever name the API, the mesh and the
 * gateway record it. A call key is `engine|method|project|region` (shared/pipeline/rows.ts).
 */

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
  const [engine = '', method = '', project = '', region = '', ...rest] = callKey.split('|');
  // No project or region holds the separator: a path that does is of no call that an API took.
  if (rest.length > 0) return undefined;
  const family = FAMILIES.get(method);
  return family === undefined ? undefined : { engine, family, project, region };
}

/**
 * Subject of all records of a kind of call, wherever it went: the path of a gRPC call names no place, and others name a
 * project by its number or leave the region out, so that the place can only be compared, not looked up.
 */
export const callGroup = ({ engine, family }: CallFamily): string => `${engine}|${family}`;

/** Subject of connections that somebody had to an engine's API, in which any call may have been. */
export const connectionGroup = (engine: string, who: string): string => `${engine}|connect|${who}`;

/** Engine of the API that a connection was to; undefined for other call keys. */
export function connectedEngine(callKey: string | undefined): string | undefined {
  const [engine, method] = callKey?.split('|') ?? [];
  return method === 'connect' ? engine : undefined;
}

/** Subject of the witnesses of a call: nobody's call is another project's. */
export const callSubject = ({ engine, family, project, region }: CallFamily): string =>
  `${engine}|${family}|${project}|${region}`;
