/**
 * OpenLineage events as events of ours. A run that belongs to a job of an engine speaks of that job; one that does not is
 * a job of its own, so that Airflow's tasks and dbt's models are hops of lineage too.
 * https://openlineage.io/spec/2-0-2/OpenLineage.json
 */
import type { LogEntry } from '../../../schemas/log-entry.ts';
import type { Action, AuditEventDraft, Normalised, Outcome } from '../../model/event.ts';
import { openlineageJob, openlineageRun, type JobId } from '../../model/job.ts';
import { obj, str, type Json } from '../fields.ts';
import { datasetsOf } from './datasets.ts';
import { engineJobOf, type EngineJob } from './engine.ts';
import { claim, facetClaims, type Claims } from './facets.ts';

type Draft = { -readonly [K in keyof AuditEventDraft]: AuditEventDraft[K] };

/** Kinds of event, as `method` says them. */
export const METHODS = ['START', 'RUNNING', 'COMPLETE', 'ABORT', 'FAIL', 'OTHER', 'JobEvent', 'DatasetEvent'];

const STATES: ReadonlyMap<string, { readonly action: Action; readonly outcome: Outcome }> = new Map([
  ['START', { action: 'job.start', outcome: 'unknown' }],
  ['RUNNING', { action: 'job.run', outcome: 'unknown' }],
  ['OTHER', { action: 'job.run', outcome: 'unknown' }],
  ['COMPLETE', { action: 'job.finish', outcome: 'allowed' }],
  ['FAIL', { action: 'job.finish', outcome: 'failed' }],
  ['ABORT', { action: 'job.finish', outcome: 'failed' }],
]);

export function normaliseEvent(entry: LogEntry): Normalised {
  const event = entry.jsonPayload;
  const job = obj(event, 'job');
  const run = obj(event, 'run');
  const namespace = str(job, 'namespace');
  const name = str(job, 'name');
  const dataset = obj(event, 'dataset');
  const named = str(dataset, 'namespace') !== undefined && str(dataset, 'name') !== undefined;
  if (event === undefined || (!named && (namespace === undefined || name === undefined))) {
    return {
      kind: 'refused',
      code: 'payload-shape',
      reason: 'The OpenLineage event names neither a job nor a dataset.',
    };
  }
  if (run === undefined || namespace === undefined || name === undefined) {
    return { kind: 'event', event: staticEvent(event, namespace, name) };
  }
  return runEvent(event, run, { namespace, name, runId: str(run, 'runId') });
}

/** Characters of a run's id kept among the claims. */
const MAX_RUN = 512;

interface Named {
  readonly namespace: string;
  readonly name: string;
  /** Absent in recorded events of old clients. */
  readonly runId: string | undefined;
}

function runEvent(event: Json, run: Json, named: Named): Normalised {
  // `eventType` is optional: such an event adds facets to a run.
  const type = (str(event, 'eventType') ?? 'OTHER').toUpperCase();
  const state = STATES.get(type);
  const job = obj(event, 'job');
  const engine = engineJobOf(run, job);
  const parent = parentOf(run);
  const own = jobOf(named);
  // A query within an application is no job: neither its start nor its end are the application's.
  const within = engine !== undefined && parent !== undefined && isPart(named, parent);
  const { uses, left } = datasetsOf(event);
  const claims: Claims = {};
  claim(claims, 'run', named.runId);
  claim(claims, 'job', `${named.namespace}/${named.name}`);
  if (parent !== undefined) claim(claims, 'parentRun', parent.runId);
  facetClaims(claims, run, job);
  if (left > 0) claims['datasetsLeftOut'] = left;
  // Some clients send the facets that name the engine's job with a run's first event only: the others are of the run alone.
  if (engine !== undefined && own.length <= MAX_RUN) claims['lineageRun'] = own;
  const draft = draftOf(type, claims);
  draft.action = state === undefined ? 'unclassified' : within ? 'job.run' : state.action;
  draft.outcome = state?.outcome ?? 'unknown';
  draft.job = engine?.job ?? own;
  draft.jobName = `${named.namespace}/${named.name}`;
  place(draft, engine);
  // The first event of a run leads from the run to the engine's job, where no parent of the run does.
  const startedBy = parent !== undefined && !within ? jobOf(parent) : type === 'START' ? own : undefined;
  if (startedBy !== undefined && startedBy !== draft.job) {
    draft.parentJob = startedBy;
    draft.parentStrength = 'declared';
  }
  const user = str(obj(obj(run, 'facets'), 'spark_applicationDetails'), 'userName');
  if (user !== undefined) {
    draft.identity = { ...draft.identity, runAs: { kind: 'named', name: user, realm: 'spark' } };
  }
  if (uses.length > 0) draft.datasets = uses;
  return state === undefined
    ? { kind: 'event', event: draft, unknownMethod: draft.method }
    : { kind: 'event', event: draft };
}

/** A JobEvent or DatasetEvent: what is known of a job or dataset apart from any run. */
function staticEvent(event: Json, namespace: string | undefined, name: string | undefined): AuditEventDraft {
  const { uses, left } = datasetsOf(event);
  const claims: Claims = {};
  const ofJob = namespace !== undefined && name !== undefined;
  if (ofJob) {
    claim(claims, 'job', `${namespace}/${name}`);
    facetClaims(claims, undefined, obj(event, 'job'));
  }
  if (left > 0) claims['datasetsLeftOut'] = left;
  const draft = draftOf(ofJob ? 'JobEvent' : 'DatasetEvent', claims);
  if (ofJob) {
    draft.job = openlineageJob(namespace, name);
    draft.jobName = `${namespace}/${name}`;
  }
  if (uses.length > 0) draft.datasets = uses;
  return draft;
}

function draftOf(method: string, claims: Claims): Draft {
  return {
    action: 'telemetry.write',
    outcome: 'unknown',
    method,
    // Clients do not say who started the work, and whoever may send events may say anything.
    identity: { absent: 'not-recorded' },
    via: 'direct',
    provenance: 'tenant',
    claims,
  };
}

function place(draft: Draft, engine: EngineJob | undefined): void {
  if (engine?.project !== undefined) draft.project = engine.project;
  if (engine?.location !== undefined) draft.location = engine.location;
}

/** Without a run id all runs of a job are one: better than none, and the claims show it. */
function jobOf({ namespace, name, runId }: Named): JobId {
  return runId === undefined ? openlineageJob(namespace, name) : openlineageRun(namespace, runId);
}

/** The `parent` facet, `parentRun` in clients before 0.17. */
function parentOf(run: Json): Named | undefined {
  const facets = obj(run, 'facets');
  const facet = obj(facets, 'parent') ?? obj(facets, 'parentRun');
  const namespace = str(obj(facet, 'job'), 'namespace');
  const name = str(obj(facet, 'job'), 'name');
  if (namespace === undefined || name === undefined) return undefined;
  return { namespace, name, runId: str(obj(facet, 'run'), 'runId') };
}

/** Spark names the queries of an application `APPLICATION.node.table`, with the application as their parent. */
function isPart(named: Named, parent: Named): boolean {
  return named.namespace === parent.namespace && named.name.startsWith(`${parent.name}.`);
}
