/** The audit record that should be there, as Cloud Logging would have it: what to look for before its absence is told. */
import { later, MINUTE_MS } from '../alerts/times.ts';
import { engineOf } from '../model/job-place.ts';
import type { TrailEvent } from '../model/trail-event.ts';
import { textOf } from '../detections/evidence.ts';
import { callFamilyOf } from './call-family.ts';
import type { MissingRecord } from './rule.ts';

/** Engines whose audit records are in Cloud Logging, with their methods that start work by what they start. */
const METHODS: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>> = new Map([
  [
    'dataproc',
    new Map([
      ['submit-job', ['SubmitJob']],
      ['create-batch', ['CreateBatch']],
      ['create-session', ['CreateSession']],
      ['run-workflow', ['InstantiateWorkflowTemplate', 'InstantiateInlineWorkflowTemplate']],
      ['create-cluster', ['CreateCluster']],
    ]),
  ],
  ['dataflow', new Map([['create-job', ['dataflow.jobs.create']]])],
]);

const BEFORE_MS = 5 * MINUTE_MS;
const AFTER_MS = 15 * MINUTE_MS;
/** A job is listed and logs for as long as it runs. */
const JOB_DAYS_MS = 7 * 24 * 60 * MINUTE_MS;

/** Of a call that a hop let through; undefined where its engine has no records there, or no project is told. */
export function recordOfCall(event: TrailEvent): MissingRecord | undefined {
  const call = callFamilyOf(event.callKey);
  const methods = call === undefined ? undefined : METHODS.get(call.engine)?.get(call.family);
  if (call === undefined || methods === undefined || call.project === '') return undefined;
  return {
    project: call.project,
    service: `${call.engine}.googleapis.com`,
    methods,
    id: textOf(event.claims, 'callJob'),
    from: later(event.time, -BEFORE_MS),
    until: later(event.time, AFTER_MS),
  };
}

/** Of a job that is known to run: `ENGINE:PROJECT/REGION/…/ID`. */
export function recordOfJob(job: string, seenAt: string): MissingRecord | undefined {
  const engine = engineOf(job);
  const methods = METHODS.get(engine);
  const [project = '-', , ...rest] = job.slice(engine.length + 1).split('/');
  const id = rest.at(-1);
  if (methods === undefined || project === '-' || id === undefined) return undefined;
  return {
    project,
    service: `${engine}.googleapis.com`,
    methods: [...methods.values()].flat().toSorted(),
    id,
    from: later(seenAt, -JOB_DAYS_MS),
    until: later(seenAt, AFTER_MS),
  };
}
