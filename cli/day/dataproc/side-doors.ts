/** Work that no job API was asked for: a spark-submit on a node, a notebook on the cluster, the Knox gateway. */
import {
  applicationAccepted,
  applicationId,
  applicationSummary,
  clusterLog,
  containerLog,
} from './cluster-logs.ts';
import type { Application, Node } from './cluster-logs.ts';
import { CLUSTERS, PROJECTS } from '../company.ts';
import { MINUTE } from '../entry.ts';
import type { Draft } from '../entry.ts';
import { clock, sceneOf } from '../scene.ts';
import type { Scene } from '../scene.ts';

const nodeOf = (scene: Scene, project: 'prod' | 'dev', suffix: Node['suffix']): Node => ({
  project: PROJECTS[project],
  cluster: CLUSTERS[project],
  suffix,
  instanceId: scene.random.digits(19),
});

/** Somebody with a shell on the master: only YARN knows, and nobody is named but a Unix user. */
function sparkSubmit(scene: Scene): readonly Draft[] {
  const at = clock('02:17:30');
  const end = at + 23 * MINUTE;
  const master = nodeOf(scene, 'prod', 'm');
  const worker = nodeOf(scene, 'prod', 'w-1');
  const app: Application = {
    id: applicationId(CLUSTERS.prod, 977),
    name: 'adhoc.py',
    user: 'ivo',
    type: 'SPARK',
    submitMs: scene.midnight + at,
    endMs: scene.midnight + end,
    succeeded: true,
    tags: '',
  };
  const lines = [
    'INFO SecurityManager: Changing view acls to: yarn,ivo',
    'INFO FileScanRDD: Reading File path: gs://acme-curated/customers/part-00000.parquet, range: 0-134217728',
    'INFO FileOutputCommitter: Saved output of task to gs://ivo-tmp/customers/_temporary/0',
    'INFO ApplicationMaster: Final app status: SUCCEEDED, exitCode: 0',
  ];
  return [
    applicationAccepted(at + 600, master, app),
    ...lines.map((message, i) =>
      containerLog(at + 15_000 + i * 7 * MINUTE, worker, app.id, { stream: 'stderr', message }),
    ),
    applicationSummary(end, master, app),
  ];
}

function notebook(scene: Scene): readonly Draft[] {
  const node = nodeOf(scene, 'dev', 'm');
  const at = clock('10:12:00');
  const kernel = scene.random.uuid();
  const line = (message: string): { filename: string; message: string } => ({
    filename: 'jupyter_notebook.log',
    message,
  });
  return [
    clusterLog(
      at,
      node,
      'jupyter_notebook',
      line(
        `[I ${scene.date} 10:12:00.412 ServerApp] 302 GET /gateway/default/jupyter/ (hana@10.8.6.33) 1.22ms`,
      ),
    ),
    clusterLog(
      at + 4000,
      node,
      'jupyter_notebook',
      line(`[I ${scene.date} 10:12:04.007 ServerApp] Kernel started: ${kernel}`),
    ),
    clusterLog(
      at + 34 * MINUTE,
      node,
      'jupyter_notebook',
      line(`[I ${scene.date} 10:46:04.311 ServerApp] Kernel shutdown: ${kernel}`),
    ),
  ];
}

/**
 * Knox's audit log: `time|request id|correlation|service|user|proxy user|system user|action|resource type|resource|
 * outcome|message`.
 */
function knox(scene: Scene): readonly Draft[] {
  const node = nodeOf(scene, 'prod', 'm');
  const year = scene.date.slice(2).replaceAll('-', '/');
  const visits = [
    ['08:58:10', 'hana', 'YARNUI', '/gateway/default/yarn/cluster/apps', 'success'],
    ['12:31:44', 'farah', 'HIVE', '/gateway/default/hive?doAs=farah', 'success'],
    ['21:40:09', 'ivo', 'HIVE', '/gateway/default/hive?doAs=ana', 'failure'],
  ] as const;
  return visits.map(([time, user, service, path, outcome]) =>
    clusterLog(clock(time), node, 'gateway-audit', {
      filename: 'gateway-audit.log',
      message: `${year} ${time} ||${scene.random.uuid()}|audit|10.132.0.9|${service}|${user}|||access|uri|${path}|${outcome}|Response status: ${outcome === 'success' ? '200' : '403'}`,
    }),
  );
}

export const sideDoors = (scene: Scene): readonly Draft[] => [
  ...sparkSubmit(sceneOf(scene, 'spark-submit')),
  ...notebook(sceneOf(scene, 'notebook')),
  ...knox(sceneOf(scene, 'knox')),
];
