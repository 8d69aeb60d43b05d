/** `corroboration` of the configuration, prepared for look-ups. Pure; built once for each bundle. */
import type {
  Corroboration,
  DeclaredCanary,
  DeclaredJob,
  DeclaredPath,
  RequiredApproval,
  RequiredEvidence,
  Thresholds,
} from '../../schemas/corroboration.ts';
import { anyPattern, longestMatch, matchesAny } from '../detections/patterns.ts';
import { engineOf } from '../model/job-place.ts';
import type { PrincipalId } from '../model/principal.ts';
import type { TrailEvent } from '../model/trail-event.ts';
import { callFamilyOf } from './call-family.ts';
import { latenessMs } from './lateness.ts';
import { memo } from './memo.ts';

export interface DeclaredCorroboration {
  /** What must stand beside a job start; undefined where nothing is declared for it. */
  evidenceFor(event: TrailEvent): RequiredEvidence | undefined;
  /** Whether who called passes on the calls of others. */
  isRelay(event: TrailEvent): boolean;
  /** The longest, of all that is declared, that a connection and a call in it may lie apart, milliseconds. */
  readonly connectedMs: number;
  /** Each approval that an action needs. */
  approvalsFor(event: TrailEvent): readonly RequiredApproval[];
  /** Whether somebody may give the approval that `required` asks for, where that is declared. */
  mayApprove(required: RequiredApproval, approver: PrincipalId): boolean;
  jobFor(event: TrailEvent): DeclaredJob | undefined;
  /** Whether any job declares what it reads. */
  readonly declaresInputs: boolean;
  /** A job by a name, an id or a template alone. */
  jobNamed(name: string, environment: string | undefined): DeclaredJob | undefined;
  /** Whether the declared schedule of a job is this identity's. */
  isSchedule(job: DeclaredJob, id: PrincipalId): boolean;
  path(path: string): DeclaredPath | undefined;
  /** Every declared path that is a whole name. */
  readonly paths: readonly DeclaredPath[];
  /** How the canary of a path is sent, where that is said. */
  canary(path: string): DeclaredCanary | undefined;
  /** Milliseconds from one canary to the next. */
  readonly canaryEveryMs: number;
  /** How late records of a path (`kong/edge`) or of a source may be, milliseconds. */
  lateness(path: string): number;
  readonly thresholds: Thresholds;
  readonly deployRecords: Corroboration['deployRecords'];
}

/** Where nothing is declared of a call: how far it and the connection that it is in may lie apart. */
export const CONNECTED_SECONDS = 3600;

/** @param setOf identifiers as canonical ids; it notes those that are in no grammar */
export function declaredCorroboration(
  corroboration: Corroboration,
  setOf: (texts: readonly string[], where: string) => ReadonlySet<PrincipalId>,
): DeclaredCorroboration {
  const evidence = corroboration.evidence.map((one) => ({
    one,
    principals:
      one.principals === undefined
        ? undefined
        : setOf(one.principals, `corroboration.evidence.${one.id}.principals`),
  }));
  const approvals = corroboration.approvals.map((one) => ({
    one,
    actions: anyPattern(one.actions),
    jobs: one.jobs === undefined ? undefined : anyPattern(one.jobs),
    datasets: one.datasets === undefined ? undefined : anyPattern(one.datasets),
    except: setOf(one.except, `corroboration.approvals.${one.id}.except`),
    approvers:
      one.approvers === undefined
        ? undefined
        : setOf(one.approvers, `corroboration.approvals.${one.id}.approvers`),
  }));
  const relays = setOf(corroboration.relays, 'corroboration.relays');
  const approvers = new Map(approvals.map(({ one, approvers: who }) => [one, who]));
  const schedules = new Map(
    corroboration.jobs.map((job) => [
      job,
      setOf(job.schedule?.principals ?? [], `corroboration.jobs.${job.id}.schedule.principals`),
    ]),
  );
  for (const { id, sponsor } of corroboration.jobs) {
    if (sponsor !== undefined) setOf([sponsor], `corroboration.jobs.${id}.sponsor`);
  }
  const pathOf = longestMatch(corroboration.paths.map((path) => [path.path, path] as const));

  const holds = (environments: readonly string[] | undefined, environment: string | undefined): boolean =>
    environments === undefined || (environment !== undefined && environments.includes(environment));
  const jobOf = (names: readonly string[], environment: string | undefined): DeclaredJob | undefined =>
    corroboration.jobs.find(
      (job) => holds(job.environments, environment) && names.some((name) => matchesAny(job.names, name)),
    );

  return {
    // Asked of every start by every rule about hops, and by those of its neighbours.
    evidenceFor: memo((event: TrailEvent) => {
      const engine = callFamilyOf(event.callKey)?.engine ?? event.source;
      return evidence.find(
        ({ one, principals }) =>
          holds(one.environments, event.environment) &&
          (one.engines === undefined || one.engines.some((name) => name === engine)) &&
          (principals === undefined || (event.actor !== undefined && principals.has(event.actor.id))),
      )?.one;
    }),
    isRelay: ({ actor }) => actor !== undefined && relays.has(actor.id),
    connectedMs: 1000 * Math.max(CONNECTED_SECONDS, ...evidence.map(({ one }) => one.connectionSeconds)),
    approvalsFor: (event) =>
      approvals.flatMap(({ one, actions, jobs, datasets, except }) => {
        if (!actions(event.action) || !holds(one.environments, event.environment)) return [];
        if (event.actor !== undefined && except.has(event.actor.id)) return [];
        if (jobs !== undefined && !namesOf(event).some(jobs)) return [];
        if (datasets !== undefined && !event.datasets.some(({ dataset }) => datasets(dataset))) return [];
        return [one];
      }),
    mayApprove: (required, approver) => approvers.get(required)?.has(approver) ?? true,
    declaresInputs: corroboration.jobs.some(({ inputs }) => inputs !== undefined),
    jobFor: (event) => jobOf(namesOf(event), event.environment),
    jobNamed: (name, environment) => jobOf([name], environment),
    isSchedule: (job, id) => schedules.get(job)?.has(id) ?? false,
    path: pathOf,
    paths: corroboration.paths.filter(({ path }) => !path.endsWith('*')),
    canary: (path) => corroboration.canaries.find((one) => one.path === path),
    canaryEveryMs: corroboration.canarySeconds * 1000,
    lateness: (path) => {
      const declared = pathOf(path)?.latenessSeconds;
      return declared === undefined ? latenessMs(path) : declared * 1000;
    },
    thresholds: corroboration.thresholds,
    deployRecords: corroboration.deployRecords,
  };
}

/** What a declared job may be known by. */
export function namesOf(event: TrailEvent): readonly string[] {
  const { job, jobName, claims, parentJob } = event;
  const names: string[] = [];
  if (job !== undefined) names.push(job, job.slice(job.lastIndexOf('/') + 1));
  if (jobName !== undefined) names.push(jobName);
  if (parentJob !== undefined && engineOf(parentJob) === 'databricks') names.push(parentJob);
  for (const name of ['template', 'templatePath', 'scheduledJob', 'pipeline']) {
    const value = Object.hasOwn(claims, name) ? claims[name] : undefined;
    if (typeof value === 'string' && value !== '') names.push(value);
  }
  return names;
}
