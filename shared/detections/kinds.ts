/** Questions that many detections ask of an event. */
import type { Action } from '../model/event.ts';
import type { PrincipalId } from '../model/principal.ts';
import type { TrailEvent } from '../model/trail-event.ts';

/** Work that begins. `job.update` begins one where a new job takes over from the old, which its own rule looks at. */
export const JOB_STARTS: readonly Action[] = ['job.submit', 'job.start', 'session.create', 'workflow.run'];

const STARTS: ReadonlySet<Action> = new Set(JOB_STARTS);

/** Done, and told by the entry that began it: the entry that ends an operation says the same again. */
export const isDone = (event: TrailEvent): boolean =>
  event.outcome === 'allowed' && event.operation?.phase !== 'last';

export const isJobStart = (event: TrailEvent): boolean => STARTS.has(event.action) && isDone(event);

const START_METHODS: readonly string[] = [
  'SubmitJob',
  'SubmitJobAsOperation',
  'CreateBatch',
  'CreateSession',
  'InstantiateWorkflowTemplate',
  'InstantiateInlineWorkflowTemplate',
  'dataflow.jobs.create',
];

/** A call that the gateway or the mesh let through to a job API, and that starts work there. */
export const isJobStartCall = (event: TrailEvent): boolean =>
  event.action === 'api.call' &&
  isDone(event) &&
  START_METHODS.some((method) => method === event.callKey?.split('|')[1]);

/** Calls by which work begins: jobs, sessions, workflows, and the clusters that jobs run on. */
export const START_CALLS: readonly Action[] = [
  'job.submit',
  'job.update',
  'session.create',
  'workflow.run',
  'cluster.create',
];

/** A query of BigQuery is access to data, a run of Cloud Scheduler makes a call that has an entry of its own. */
const ENGINES: ReadonlySet<string> = new Set(['dataproc', 'dataflow', 'databricks']);

/** A call of an engine's API that would begin work, whatever came of it. */
export const isStartCall = (event: TrailEvent): boolean =>
  START_CALLS.includes(event.action) && ENGINES.has(event.source) && event.operation?.phase !== 'last';

/** An engine was made to begin work. Of updates only the one by which a new job takes the place of the old. */
export const beginsWork = (event: TrailEvent): boolean =>
  START_CALLS.includes(event.action) &&
  ENGINES.has(event.source) &&
  isDone(event) &&
  (event.action !== 'job.update' || event.parentJob !== undefined);

/** What the event is about, for keys: never empty. */
export const subjectOf = (event: TrailEvent): string => event.job ?? event.resource ?? event.id;

/** Everybody the entry names as having done it: the caller and those it acted for. */
export const partiesOf = (event: TrailEvent): readonly PrincipalId[] => [
  ...(event.actor === undefined ? [] : [event.actor.id]),
  ...event.actingFor.map((link) => link.id),
];

/** Who did it, for sentences: the caller's id, or why there is none. */
export const whoOf = (event: TrailEvent): string =>
  event.actor?.id ?? 'somebody whom the entry does not name';
