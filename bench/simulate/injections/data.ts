/** Data that jobs and people take beyond what is declared or usual. */
import { kubernetesCall } from '../formats/control.ts';
import { objectAccess, spannerCall } from '../formats/data.ts';
import { databricksEvent } from '../formats/databricks.ts';
import { callerOf, dataOf, hops, targetOf, work, type Start } from '../scene.ts';
import { MINUTE, SECOND, type Told } from '../told.ts';
import { nth, type InjectionKind } from './kind.ts';

const repeated = (count: number, make: (i: number) => Told): readonly Told[] =>
  Array.from({ length: count }, (_, i) => make(i));

export const DATA_KINDS: readonly InjectionKind[] = [
  {
    rule: 'job-reads-undeclared-data',
    variant: 'named-in-storage',
    tell: (scene, at, n) => {
      const { random, org } = scene;
      const pipelines = org.pipelines.filter(({ engine }) => engine !== 'dataflow');
      const pipeline = nth(pipelines, n);
      const start: Start = {
        at,
        engine: pipeline.engine,
        name: `${pipeline.name}-${random.base36(10)}`,
        by: pipeline.owner,
        cluster: pipeline.cluster,
        script: pipeline.script,
        keyed: true,
        requestId: random.uuid(),
      };
      const done = work(scene, start, { minutes: random.int(4, 15) });
      const common = { project: pipeline.cluster.project, runAs: pipeline.cluster.runAs, job: done.job };
      return {
        told: [
          ...hops(scene, {
            at: at - random.int(120, 700),
            by: start.by,
            way: start.by.way,
            target: targetOf(start),
            requestId: start.requestId,
          }),
          ...done.told,
          ...dataOf(scene, {
            ...common,
            from: at,
            until: done.endsAt,
            script: start.script,
            reads: [...pipeline.inputs, `gs://sim-restricted/salaries-${random.base36(4)}`],
            writes: [pipeline.output],
          }),
        ],
        subject: done.job,
        job: true,
      };
    },
  },
  {
    rule: 'spanner-partitioned-reads',
    variant: 'by-a-service',
    tell: (scene, at, n) => {
      const { random, org } = scene;
      const by = nth([...org.services, ...org.people], n);
      const database = { instance: 'core', database: 'payments' };
      const project = nth(org.projects, n);
      return {
        told: repeated(random.int(11, 16), (i) =>
          spannerCall(
            random,
            { at: at + i * random.int(2, 25) * SECOND, project, caller: callerOf(by) },
            i % 2 === 0 ? 'PartitionQuery' : 'PartitionRead',
            database,
          ),
        ),
        subject: by.mail,
      };
    },
  },
  {
    rule: 'databricks-downloads',
    variant: 'query-results',
    tell: (scene, at, n) => {
      const { random, org } = scene;
      const by = nth(org.people, n);
      return {
        told: repeated(random.int(22, 28), (i) =>
          databricksEvent(random, {
            at: at + i * random.int(60, 110) * SECOND,
            mail: by.mail,
            ip: by.ip,
            method: i % 2 === 0 ? 'databrickssql.downloadQueryResult' : 'notebook.downloadLargeResults',
            params: { queryId: random.uuid(), fileType: 'csv' },
          }),
        ),
        subject: by.mail,
      };
    },
  },
  {
    rule: 'databricks-repeated-secret-access',
    variant: 'one-scope',
    tell: (scene, at, n) => {
      const { random, org } = scene;
      const by = nth(org.people, n + 7);
      return {
        told: repeated(random.int(11, 15), (i) =>
          databricksEvent(random, {
            at: at + i * random.int(20, 200) * SECOND,
            mail: by.mail,
            ip: by.ip,
            method: 'secrets.getSecret',
            params: { scope: 'warehouse', key: `key-${String(i)}` },
          }),
        ),
        subject: by.mail,
      };
    },
  },
  {
    rule: 'gke-secret-burst',
    variant: 'by-a-person',
    tell: (scene, at, n) => {
      const { random, org } = scene;
      const by = nth(org.people, n + 13);
      return {
        told: repeated(random.int(11, 15), (i) =>
          kubernetesCall(random, {
            at: at + i * random.int(2, 18) * SECOND,
            caller: callerOf(by),
            method: 'io.k8s.core.v1.secrets.get',
            resourceName: `core/v1/namespaces/team-${String(i % 4)}/secrets/app-${random.base36(6)}`,
          }),
        ),
        subject: by.mail,
      };
    },
  },
  {
    rule: 'job-artifact-overwritten',
    variant: 'script-by-an-analyst',
    tell: (scene, at, n) => {
      const { random, org } = scene;
      const by = nth(org.people, n);
      const owner = nth(org.services, n);
      const cluster = random.pick(org.clusters);
      const script = `gs://sim-code/victim-${random.base36(8)}/main.py`;
      const start = (when: number): Start => ({
        at: when,
        engine: 'dataproc',
        name: `run-${random.base36(10)}`,
        by: owner,
        cluster,
        script,
        keyed: true,
        requestId: random.uuid(),
      });
      const told: Told[] = [];
      for (const when of [at - 90 * MINUTE, at + random.int(2, 20) * MINUTE]) {
        const one = start(when);
        const done = work(scene, one, { minutes: 4 });
        told.push(
          ...hops(scene, {
            at: when - random.int(120, 700),
            by: owner,
            way: owner.way,
            target: targetOf(one),
            requestId: one.requestId,
          }),
          ...done.told,
          ...dataOf(scene, {
            from: when,
            until: done.endsAt,
            project: cluster.project,
            runAs: cluster.runAs,
            script,
            reads: [],
            writes: [],
          }),
        );
        scene.book.jobs += 1;
      }
      told.push(
        objectAccess(random, { at, project: cluster.project, caller: callerOf(by) }, 'create', script),
      );
      return { told, subject: script };
    },
  },
];
