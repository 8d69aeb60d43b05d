/** How a call of a job API gets on its way, and a whole job: the call as each hop tells it, the audit record, the work, the data. */
import type { Book } from './book.ts';
import type { Caller } from './formats/audit.ts';
import { objectAccess, readSession, type Access } from './formats/data.ts';
import { createJob, dataflowJobId, jobMessage, type DataflowJob } from './formats/dataflow.ts';
import {
  applicationId,
  applicationSummary,
  batchLine,
  createBatch,
  driverLine,
  submitJob,
  type Call,
} from './formats/dataproc.ts';
import { kongCall } from './formats/kong.ts';
import { meshCall } from './formats/mesh.ts';
import { observedJob } from './formats/records.ts';
import {
  gatewayOf,
  KONG,
  LOGIN,
  REGION,
  type Cluster,
  type Identity,
  type Organisation,
  type Project,
  type Way,
} from './organisation/organisation.ts';
import type { Random } from './random.ts';
import { MINUTE, SECOND, type Json, type Told } from './told.ts';

export interface Scene {
  readonly org: Organisation;
  readonly book: Book;
  readonly random: Random;
}

export type Engine = 'dataproc' | 'batch' | 'dataflow';

/** One way to start a job, before it is told. */
export interface Start {
  readonly at: number;
  readonly engine: Engine;
  /** Its id for Dataproc, its name for Dataflow. */
  readonly name: string;
  readonly by: Identity;
  readonly actingFor?: readonly string[];
  readonly cluster: Cluster;
  /** Account it runs under; the cluster's where absent. */
  readonly runAs?: string;
  readonly script: string;
  readonly args?: readonly string[];
  readonly way?: Way;
  /** The job carries the id that its request had at the hops. */
  readonly keyed: boolean;
  readonly requestId: string;
}

export const callerOf = (by: Identity, actingFor?: readonly string[]): Caller => ({
  mail: by.mail,
  ip: by.ip,
  ...(actingFor === undefined ? {} : { actingFor }),
});

interface Target {
  readonly service: 'dataproc' | 'dataflow';
  readonly uri: string;
}

export function targetOf(start: Pick<Start, 'engine' | 'name' | 'cluster' | 'keyed' | 'requestId'>): Target {
  const { project } = start.cluster;
  switch (start.engine) {
    case 'dataproc':
      return { service: 'dataproc', uri: `/v1/projects/${project.id}/regions/${REGION}/jobs:submit` };
    case 'batch': {
      const query = start.keyed
        ? `?batchId=${start.name}&requestId=${start.requestId}`
        : `?batchId=${start.name}`;
      return { service: 'dataproc', uri: `/v1/projects/${project.id}/locations/${REGION}/batches${query}` };
    }
    case 'dataflow':
      return {
        service: 'dataflow',
        uri: `/v1b3/projects/${project.id}/locations/${REGION}/templates:launch?gcsPath=gs%3A%2F%2Fsim-code%2Ftemplate`,
      };
    default:
      return start.engine satisfies never;
  }
}

export interface Hops {
  readonly at: number;
  readonly by: Identity;
  readonly way: Way;
  readonly target: Target;
  readonly status?: number;
  readonly actingFor?: readonly string[];
  readonly requestId: string;
  /** Who refused it. */
  readonly refusedBy?: 'gateway' | 'mesh';
  /** Somebody else's workload made the call to the mesh. */
  readonly workload?: Identity['workload'];
}

/** Who the gateway says it was: a consumer, or a person's token; an agent's token says for whom it acts. */
function passenger({ by, actingFor }: Pick<Hops, 'by' | 'actingFor'>): {
  consumer?: NonNullable<Identity['consumer']>;
  tokenClaims?: Json;
} {
  const name = by.mail.slice(0, by.mail.indexOf('@'));
  const [person] = actingFor ?? [];
  return {
    ...(by.consumer === undefined ? {} : { consumer: by.consumer }),
    ...(by.kind === 'person' ? { tokenClaims: { iss: LOGIN, sub: by.mail, aud: 'jobs' } } : {}),
    ...(by.kind === 'agent' && person !== undefined
      ? { tokenClaims: { iss: LOGIN, sub: person, aud: 'jobs', act: { sub: name } } }
      : {}),
  };
}

/** The call as everybody on its way tells it; nothing for one that goes around everything. */
export function hops({ org, random }: Pick<Scene, 'org' | 'random'>, call: Hops): readonly Told[] {
  const { by, way, target, requestId, status = 200, refusedBy, at } = call;
  if (way === 'direct') return [];
  const skewMs = random.chance(0.02) ? random.int(-20_000, 20_000) : random.int(-900, 900);
  // Clients that do not take part, or a proxy in between, lose the id.
  const carried = random.chance(0.03) ? {} : { requestId };
  const workload = call.workload ?? by.workload;
  const url = `http://${target.service}.googleapis.com${target.uri}`;
  if (way === 'mesh') {
    if (workload === undefined) throw new Error(`${by.mail} has no workload`);
    return meshCall(random, {
      at,
      from: workload,
      verb: 'POST',
      url,
      status,
      skewMs,
      ...carried,
      ...(refusedBy === undefined ? {} : { refusedBy: 'istio-egress.who-may-start-jobs' }),
    });
  }
  const tries = refusedBy === undefined && random.chance(0.01) ? 2 : 1;
  const record = kongCall(random, {
    at: at + 4,
    cluster: gatewayOf(org, by),
    service: target.service,
    verb: 'POST',
    uri: target.uri,
    status,
    clientIp: by.ip,
    ...passenger(call),
    ...(random.chance(0.04) ? {} : { correlationId: requestId }),
    refused: refusedBy !== undefined,
    tries,
    skewMs,
  });
  if (way === 'gateway' || workload === undefined) return [record];
  const before = meshCall(random, {
    at: at + 1,
    from: workload,
    to: KONG,
    verb: 'POST',
    url: `http://kong-gateway.kong.svc.cluster.local:8080/${target.service}${target.uri}`,
    status,
    ...carried,
  });
  if (refusedBy !== undefined) return [...before, record];
  const onward = Array.from({ length: tries }, (_, i) =>
    meshCall(random, {
      at: at + 8 + i * 40,
      from: KONG,
      verb: 'POST',
      url,
      status: i < tries - 1 ? 503 : status,
      ...carried,
    }),
  );
  return [...before, record, ...onward.flat()];
}

export interface Work {
  readonly told: readonly Told[];
  readonly endsAt: number;
  /** Canonical id of the job. */
  readonly job: string;
}

/** The audit record of a start, and what its engine, its poll and its logs tell of the work. */
export function work(
  scene: Pick<Scene, 'random'>,
  start: Start,
  options: {
    readonly minutes: number;
    readonly audited?: boolean;
    readonly observed?: boolean;
    readonly denied?: boolean;
    readonly logs?: boolean;
  },
): Work {
  const { random } = scene;
  const { at, cluster, name, script, requestId, keyed } = start;
  const { project } = cluster;
  const { audited = true, observed = true, denied = false, logs = true } = options;
  const endsAt = at + options.minutes * MINUTE;
  const call: Call = { at, caller: callerOf(start.by, start.actingFor), ...(denied ? { denied } : {}) };
  const labels: Json = { pipeline: 'sim', ...(keyed ? { 'gw-request-id': requestId } : {}) };
  const key = keyed ? { requestId } : {};
  const args = start.args ?? [];
  const uuid = random.uuid();
  const told: Told[] = [];
  const states = (api: string, id: string, more: Json, atEnd: Json = {}): void => {
    if (!observed || denied) return;
    const base: Json = { api, project: project.id, location: REGION, id, ...more };
    const running = api === 'dataflow-jobs' ? 'JOB_STATE_RUNNING' : 'RUNNING';
    const done = api === 'dataflow-jobs' ? 'JOB_STATE_DONE' : api === 'dataproc-jobs' ? 'DONE' : 'SUCCEEDED';
    told.push(observedJob(at + 9 * SECOND, { ...base, state: running }));
    told.push(
      observedJob(endsAt + SECOND, {
        ...base,
        ...atEnd,
        state: done,
        endTime: new Date(Math.floor(endsAt)).toISOString(),
      }),
    );
  };
  switch (start.engine) {
    case 'dataproc': {
      const job = { id: name, uuid, cluster, script, args, labels, ...key };
      if (audited) told.push(...submitJob(random, call, job));
      const sequence = random.int(1, 9999);
      if (logs && !denied) {
        told.push(driverLine(random, at + 6 * SECOND, job, 'Running Spark version 3.5.3'));
        if (random.chance(0.3))
          told.push(applicationSummary(random, endsAt, cluster, { sequence, startedAt: at + 9000, job }));
      }
      states(
        'dataproc-jobs',
        name,
        { uuid, cluster: cluster.name, clusterUuid: cluster.uuid, labels },
        { applications: [applicationId(cluster, sequence)] },
      );
      return { told, endsAt, job: `dataproc:${project.id}/${REGION}/job/${name}` };
    }
    case 'batch': {
      const runAs = start.runAs ?? cluster.runAs;
      const batch = { id: name, uuid, project, runAs, script, args, labels, ...key };
      if (audited) told.push(...createBatch(random, call, batch, endsAt - at));
      if (logs && !denied) told.push(batchLine(random, at + 40 * SECOND, project, name, 'Driver started'));
      states('dataproc-batches', name, { uuid, runAs, labels });
      return { told, endsAt, job: `dataproc:${project.id}/${REGION}/batch/${name}` };
    }
    case 'dataflow': {
      const job: DataflowJob = {
        id: dataflowJobId(at, random),
        name,
        project,
        runAs: start.runAs ?? cluster.runAs,
      };
      if (audited) told.push(createJob(random, { ...call, at: at + 700 }, job));
      if (logs && !denied) {
        told.push(jobMessage(random, at + 10 * SECOND, job, `Starting 2 workers in ${REGION}-b...`));
        told.push(jobMessage(random, endsAt, job, 'Worker pool stopped.'));
      }
      states('dataflow-jobs', job.id, { name, ...(keyed ? { labels } : {}) });
      return { told, endsAt, job: `dataflow:${project.id}/${REGION}/${job.id}` };
    }
    default:
      return start.engine satisfies never;
  }
}

/** What an account does to data from a worker while its job runs. */
export function dataOf(
  { random }: Pick<Scene, 'random'>,
  of: {
    readonly from: number;
    readonly until: number;
    readonly project: Project;
    readonly runAs: string;
    readonly script?: string;
    readonly reads: readonly string[];
    readonly writes: readonly string[];
    /** Job id that requests to Cloud Storage carry. */
    readonly job?: string;
  },
): readonly Told[] {
  const { from, until, project } = of;
  const caller: Caller = { mail: of.runAs, ip: `10.132.0.${String(random.int(10, 90))}` };
  const access = (at: number): Access => ({
    at,
    project,
    caller,
    ...(of.job === undefined ? {} : { job: of.job }),
  });
  const span = Math.max(1, until - from);
  const told: Told[] = [];
  if (of.script !== undefined) told.push(objectAccess(random, access(from + 5000), 'get', of.script));
  of.reads.forEach((read, i) => {
    const at = from + Math.min(span * 0.5, 24_000 + i * 5000);
    told.push(
      read.startsWith('gs://')
        ? objectAccess(random, access(at), 'get', `${read}/part-${String(random.int(0, 99_999))}.parquet`)
        : readSession(random, access(at), read.slice('bigquery:'.length)),
    );
  });
  of.writes.forEach((write, i) => {
    const at = Math.max(from + 6000, until - 40_000 + i * 3000);
    told.push(objectAccess(random, access(at), 'create', `${write}/part-${random.base36(8)}.parquet`));
  });
  return told;
}
