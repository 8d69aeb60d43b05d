/** What goes on in the organisation when nothing is wrong, with the noise that real logs have. */
import type { StoryId } from './book.ts';
import { authorizationPolicy, kubernetesCall, projectGrant } from './formats/control.ts';
import { databricksEvent, databricksRun } from './formats/databricks.ts';
import { clusterOperation, simpleCall } from './formats/dataproc.ts';
import { lineageEvents } from './formats/lineage.ts';
import { approval, deployment, observedJob } from './formats/records.ts';
import {
  BREAK_GLASS,
  CI,
  DATABRICKS,
  REGION,
  type Identity,
  type Pipeline,
  type Project,
} from './organisation/organisation.ts';
import type { Random } from './random.ts';
import { callerOf, dataOf, hops, targetOf, work, type Scene, type Start } from './scene.ts';
import { HOUR, MINUTE, SECOND, type Told } from './told.ts';

export interface Span {
  readonly from: number;
  readonly until: number;
}

const minutesOf = (random: Random): number => random.int(2, 25);
const stamp = (at: number): string =>
  new Date(Math.floor(at)).toISOString().replaceAll(/[-:]/g, '').slice(0, 13).toLowerCase();

/** One start of a job told whole; retries and refusals before it now and then. */
export function tellJob(
  scene: Scene,
  start: Start,
  more: {
    readonly reads?: readonly string[];
    readonly writes?: readonly string[];
    readonly before?: readonly Told[];
    readonly minutes?: number;
    readonly quietRetries?: boolean;
  } = {},
): StoryId {
  const { random, book } = scene;
  const way = start.way ?? start.by.way;
  const call = {
    at: start.at - random.int(120, 700),
    by: start.by,
    way,
    target: targetOf(start),
    requestId: start.requestId,
    ...(start.actingFor === undefined ? {} : { actingFor: start.actingFor }),
  };
  const told: Told[] = [...(more.before ?? [])];
  if (more.quietRetries !== true && way === 'gateway' && random.chance(0.01)) {
    // A token that had run out: renewed, and asked again on the same way.
    told.push(
      ...hops(scene, {
        ...call,
        at: call.at - random.int(3, 40) * SECOND,
        status: random.chance(0.5) ? 401 : 403,
        refusedBy: 'gateway',
        requestId: random.uuid(),
      }),
    );
  }
  told.push(...hops(scene, call));
  // The client heard nothing and sent the same request again: the API makes one job of it.
  if (more.quietRetries !== true && start.keyed && random.chance(0.02))
    told.push(...hops(scene, { ...call, at: call.at + random.int(2, 9) * SECOND }));
  const minutes = more.minutes ?? minutesOf(random);
  const done = work(scene, start, { minutes });
  const named = start.engine !== 'dataflow' && random.chance(0.5);
  book.jobs += 1;
  const { project } = start.cluster;
  const lineage =
    start.engine === 'dataflow' || !random.chance(0.2)
      ? []
      : lineageEvents(random, {
          project,
          name: start.name,
          ...(start.engine === 'dataproc' ? { cluster: start.cluster } : {}),
          at: start.at + 11 * SECOND,
          endsAt: done.endsAt - 2 * SECOND,
          reads: more.reads ?? [],
          writes: more.writes ?? [],
        });
  return book.tell([
    ...told,
    ...done.told,
    ...lineage,
    ...dataOf(scene, {
      from: start.at,
      until: done.endsAt,
      project: start.cluster.project,
      runAs: start.engine === 'dataproc' ? start.cluster.runAs : (start.runAs ?? start.cluster.runAs),
      script: start.script,
      reads: more.reads ?? [],
      writes: more.writes ?? [],
      ...(named ? { job: done.job } : {}),
    }),
  ]);
}

export function pipelineRun(scene: Scene, pipeline: Pipeline, at: number): StoryId {
  const { random } = scene;
  return tellJob(
    scene,
    {
      at,
      engine: pipeline.engine,
      name: `${pipeline.name}-${stamp(at)}-${random.base36(4)}`,
      by: pipeline.owner,
      cluster: pipeline.cluster,
      script: pipeline.script,
      keyed: pipeline.engine !== 'dataflow' && random.chance(0.6),
      requestId: random.uuid(),
    },
    { reads: pipeline.inputs, writes: [pipeline.output] },
  );
}

export function personJob(scene: Scene, by: Identity, at: number, prefix = 'adhoc'): StoryId {
  const { random, org } = scene;
  return tellJob(
    scene,
    {
      at,
      engine: random.chance(0.7) ? 'dataproc' : 'batch',
      name: `${prefix}-${random.base36(10)}`,
      by,
      cluster: random.pick(org.clusters),
      script: 'gs://sim-code/adhoc/query.py',
      keyed: random.chance(0.5),
      requestId: random.uuid(),
    },
    { reads: ['gs://sim-curated/shared'], writes: ['gs://sim-scratch/people'] },
  );
}

/** For somebody, by an approval that names the job, or by its own schedule. */
export function agentJob(scene: Scene, by: Identity, at: number): StoryId {
  const { random, org } = scene;
  const draw = random.unit();
  const name = `${draw > 0.9 ? 'nightly' : 'agent'}-${random.base36(10)}`;
  const before =
    draw > 0.8 && draw <= 0.9
      ? [
          approval({
            at: at - random.int(5, 300) * SECOND,
            id: `CHG-${random.digits(7)}`,
            approver: random.pick(org.approvers),
            for: by.mail,
            what: { actions: ['job.submit'], job: name, environment: 'prod' },
            until: at + 2 * HOUR,
            uses: 1,
          }),
        ]
      : [];
  return tellJob(
    scene,
    {
      at,
      engine: 'dataproc',
      name,
      by,
      ...(draw <= 0.8 ? { actingFor: [random.pick(org.people).mail] } : {}),
      cluster: random.pick(org.clusters),
      script: 'gs://sim-code/agents/propose.py',
      keyed: random.chance(0.6),
      requestId: random.uuid(),
    },
    { reads: ['gs://sim-curated/shared'], writes: ['gs://sim-scratch/agents'], before },
  );
}

/** What goes to partners or to a vault: with a signed approval of somebody else. */
export function approvedJob(scene: Scene, at: number, kind: 'push' | 'vault' | 'glass'): StoryId {
  const { random, org } = scene;
  const person = random.pick(org.people);
  const by = kind === 'glass' ? BREAK_GLASS : person;
  const name = `${kind}-${random.base36(10)}`;
  const approver = random.pick(org.approvers.filter((mail) => mail !== person.mail));
  const granted = approval({
    at: at - random.int(20, 3000) * SECOND,
    id: `CHG-${random.digits(7)}`,
    approver,
    requestedBy: person.mail,
    for: by.mail,
    what: { actions: ['job.submit'], job: name, environment: 'prod' },
    until: at + random.int(1, 6) * HOUR,
    uses: 1,
  });
  return tellJob(
    scene,
    {
      at,
      engine: 'dataproc',
      name,
      by,
      ...(kind === 'glass' ? { actingFor: [person.mail] } : {}),
      cluster: random.pick(org.clusters),
      script: 'gs://sim-code/share/push.py',
      keyed: random.chance(0.5),
      requestId: random.uuid(),
    },
    {
      reads: ['gs://sim-curated/shared'],
      writes: ['gs://sim-exchange/partners'],
      before: [granted],
      quietRetries: kind === 'glass',
    },
  );
}

/** Fifty jobs in a minute, as a scheduler catches up. */
export function burst(scene: Scene, by: Identity, at: number, jobs: number): void {
  const { random, org } = scene;
  const cluster = random.pick(org.clusters);
  for (let i = 0; i < jobs; i += 1) {
    tellJob(
      scene,
      {
        at: at + random.int(0, 60_000),
        engine: 'dataproc',
        name: `burst-${stamp(at)}-${random.base36(8)}`,
        by,
        cluster,
        script: 'gs://sim-code/burst/main.py',
        keyed: random.chance(0.3),
        requestId: random.uuid(),
      },
      { reads: [], writes: [] },
    );
  }
}

export function databricksJob(scene: Scene, by: Identity, at: number): void {
  const { random, book } = scene;
  const runId = random.digits(15);
  const endsAt = at + minutesOf(random) * MINUTE;
  const job = `8153021109${String(random.int(10_000, 99_999))}`;
  const state = { api: 'databricks-runs', workspace: DATABRICKS, id: runId, definition: job };
  book.jobs += 1;
  book.tell([
    ...databricksRun(random, { at, by: by.mail, job, runId, endsAt }),
    observedJob(at + SECOND, { ...state, state: 'RUNNING' }),
    observedJob(endsAt + SECOND, { ...state, state: 'TERMINATED', result: 'SUCCESS' }),
  ]);
}

/** A change that CI makes, with the record of it before or after. */
export function deployedChange(scene: Scene, at: number): void {
  const { random, org, book } = scene;
  const by = callerOf(CI);
  const kind = random.int(0, 2);
  const project = random.pick(kind === 1 ? org.projects.slice(0, 1) : org.projects);
  const name = random.base36(8);
  const change =
    kind === 0
      ? authorizationPolicy(random, {
          at,
          caller: by,
          verb: 'patch',
          name: `teams-${name}`,
          generation: 4,
          spec: { action: 'ALLOW', rules: [{ from: [{ source: { namespaces: ['team-1'] } }] }] },
        })
      : kind === 1
        ? projectGrant(random, at, by, project, {
            role: 'roles/dataproc.editor',
            member: `group:team-${name}@example.com`,
          })
        : templateUpdate(scene, at, CI, project, `sim-template-${name}`);
  const uri =
    kind === 0
      ? `security.istio.io/v1/namespaces/istio-egress/authorizationpolicies/teams-${name}`
      : kind === 1
        ? `projects/${project.id}`
        : `projects/${project.id}/regions/${REGION}/workflowTemplates/sim-template-${name}`;
  book.tell([
    change,
    deployment(random, at + random.int(-20, 20) * MINUTE, kind === 0 ? 'platform' : 'prod', [
      { uri, content: `${name} deployed` },
    ]),
  ]);
}

export function templateUpdate(
  { random }: Pick<Scene, 'random'>,
  at: number,
  by: Identity,
  project: Project,
  template: string,
): Told {
  const name = `projects/${project.id}/regions/${REGION}/workflowTemplates/${template}`;
  return simpleCall(
    random,
    { at, caller: callerOf(by) },
    {
      project,
      method: 'WorkflowTemplateService.UpdateWorkflowTemplate',
      name,
      permission: 'dataproc.workflowTemplates.update',
      request: {
        '@type': 'type.googleapis.com/google.cloud.dataproc.v1.UpdateWorkflowTemplateRequest',
        template: {
          id: template,
          name,
          jobs: [{ stepId: 'run', pysparkJob: { mainPythonFileUri: 'gs://sim-code/flow/main.py' } }],
          placement: { managedCluster: { clusterName: 'managed', config: {} } },
        },
      },
    },
  );
}

/** What is below every threshold: a refusal or two, a download, a secret read, a cluster that comes and goes. */
export function everyday(scene: Scene, at: number): void {
  const { random, org, book } = scene;
  const person = random.pick(org.people);
  const cluster = random.pick(org.clusters);
  switch (random.int(0, 3)) {
    case 0: {
      const path = `projects/${cluster.project.id}/regions/${REGION}/jobs/adhoc-${random.base36(6)}`;
      book.tell([
        simpleCall(
          random,
          { at, caller: callerOf(person), denied: true },
          {
            project: cluster.project,
            method: 'JobController.DeleteJob',
            name: path,
            permission: 'dataproc.jobs.delete',
            request: { '@type': 'type.googleapis.com/google.cloud.dataproc.v1.DeleteJobRequest' },
            cluster,
          },
        ),
      ]);
      return;
    }
    case 1:
      book.tell([
        databricksEvent(random, {
          at,
          mail: person.mail,
          ip: person.ip,
          method: 'databrickssql.downloadQueryResult',
          params: { queryId: random.uuid(), fileType: 'csv' },
        }),
      ]);
      return;
    case 2:
      book.tell([
        kubernetesCall(random, {
          at,
          caller: callerOf(random.pick(org.services)),
          method: 'io.k8s.core.v1.secrets.get',
          resourceName: `core/v1/namespaces/team-1/secrets/app-${random.base36(4)}`,
        }),
      ]);
      return;
    default:
      book.tell(
        clusterOperation(
          random,
          { at, caller: callerOf(CI) },
          random.chance(0.5) ? 'Create' : 'Delete',
          { ...cluster, name: `temp-${random.base36(6)}`, uuid: random.uuid() },
          { first: true, last: true },
        ),
      );
  }
}

/** A large entry in pieces, all of which come, in some order. */
export function splitEntry(scene: Scene, at: number, left?: number): readonly Told[] {
  const { random, org } = scene;
  const uid = random.hex(32);
  const total = random.int(3, 5);
  const cluster = random.pick(org.clusters);
  const caller = callerOf(random.pick(org.people));
  return Array.from({ length: total }, (_, index) =>
    simpleCall(
      random,
      { at: at + index, caller },
      {
        project: cluster.project,
        method: 'JobController.ListJobs',
        name: `projects/${cluster.project.id}/regions/${REGION}`,
        permission: 'dataproc.jobs.list',
        request: { '@type': 'type.googleapis.com/google.cloud.dataproc.v1.ListJobsRequest', pageSize: 100 },
        cluster,
      },
    ),
  )
    .map((told, index) => withSplit(told, { uid, index, totalSplits: total }))
    .filter((_, index) => index !== left);
}

const withSplit = (told: Told, split: { uid: string; index: number; totalSplits: number }): Told => ({
  ...told,
  text: `${told.text.slice(0, -1)},"split":${JSON.stringify(split)}}`,
});
