/** What the platform's own people and machines do to it over the day, and who looks at what. */
import { CALLERS, serviceAgent } from '../callers.ts';
import { CLUSTERS, PROJECTS, REGION, dataprocAgent, workAccount } from '../company.ts';
import { DATAPROC } from './audit.ts';
import { changeCluster, createCluster, readAccess, simpleChange } from './admin.ts';
import { instantiateTemplate, submitJob } from './jobs.ts';
import { createSession, terminateSession } from './serverless.ts';
import { MINUTE } from '../entry.ts';
import type { Draft } from '../entry.ts';
import { pyspark } from '../jobs/plan.ts';
import { apiInMesh, callOf, clock, endingOf, sceneOf } from '../scene.ts';
import type { Scene } from '../scene.ts';

const regional = (project: string, collection: string): string =>
  `projects/${project}/regions/${REGION}/${collection}`;

/** The scheduler makes the clusters of the day on the evening before. */
function madeBefore(scene: Scene): readonly Draft[] {
  return (['prod', 'staging', 'dev'] as const).flatMap((project, i) => {
    const at = (i - 8) * MINUTE;
    const wanted = {
      cluster: CLUSTERS[project],
      runAs: workAccount(PROJECTS[project]),
      workers: project === 'prod' ? 8 : 2,
      machineType: 'n2-standard-8',
    };
    return [
      ...apiInMesh(scene, CALLERS.scheduler, {
        at: at - 250,
        method: 'POST',
        url: `http://${DATAPROC}/v1/${regional(PROJECTS[project].id, 'clusters')}`,
        status: 200,
      }),
      ...createCluster(callOf(scene, at, 'scheduler', project), wanted, endingOf(scene, at, 94_000)),
    ];
  });
}

function clusters(scene: Scene): readonly Draft[] {
  const gpu = {
    cluster: { name: 'gpu-sweep', uuid: scene.random.uuid(), startedMs: String(scene.midnight) },
    runAs: workAccount(PROJECTS.labs),
    workers: 4,
    machineType: 'a2-ultragpu-1g',
  };
  const ephemeral = {
    cluster: { name: 'month-end', uuid: scene.random.uuid(), startedMs: String(scene.midnight + 1) },
    runAs: workAccount(PROJECTS.prod),
    workers: 12,
    machineType: 'n2-highmem-8',
  };
  const at = (time: string): number => clock(time);
  const quota =
    "Insufficient 'NVIDIA_A100_80GB_GPUS' quota. Requested 5.0, available 0.0. Your resource request exceeds your available quota.";
  return [
    ...createCluster(
      callOf(scene, at('06:20:00'), 'deployer', 'prod'),
      ephemeral,
      endingOf(scene, at('06:20:00'), 96_000),
    ),
    ...changeCluster(
      callOf(scene, at('08:05:10'), 'deployer', 'prod'),
      'Update',
      CLUSTERS.prod,
      {
        cluster: { config: { workerConfig: { numInstances: 10 } } },
        updateMask: 'config.worker_config.num_instances',
      },
      endingOf(scene, at('08:05:10'), 41_000),
    ),
    ...createCluster(
      callOf(scene, at('13:58:31'), 'anaAtLaptop', 'labs'),
      gpu,
      endingOf(scene, at('13:58:31'), 2200, quota),
    ),
    ...changeCluster(
      callOf(scene, at('15:40:07'), 'goranAtLaptop', 'prod'),
      'Diagnose',
      CLUSTERS.prod,
      { tarballGcsDir: 'gs://acme-diagnostics/etl-prod' },
      endingOf(scene, at('15:40:07'), 65_000),
    ),
    ...changeCluster(
      callOf(scene, at('19:02:00'), 'deployer', 'prod'),
      'Delete',
      ephemeral.cluster,
      {},
      endingOf(scene, at('19:02:00'), 52_000),
    ),
  ];
}

function policies(scene: Scene): readonly Draft[] {
  const prod = PROJECTS.prod.id;
  const policy = regional(prod, 'autoscalingPolicies/etl');
  const template = regional(prod, 'workflowTemplates/month-end');
  const cluster = regional(prod, `clusters/${CLUSTERS.prod.name}`);
  return [
    simpleChange(
      callOf(scene, clock('06:12:40'), 'deployer', 'prod'),
      'AutoscalingPolicyService.UpdateAutoscalingPolicy',
      { name: policy, kind: 'AutoscalingPolicy', permission: 'dataproc.autoscalingPolicies.update' },
      {
        policy: {
          id: 'etl',
          name: policy,
          basicAlgorithm: { yarnConfig: { scaleUpFactor: 0.5, scaleDownFactor: 1 } },
          workerConfig: { minInstances: 4, maxInstances: 20 },
        },
      },
    ),
    simpleChange(
      callOf(scene, clock('06:13:05'), 'deployer', 'prod'),
      'WorkflowTemplateService.UpdateWorkflowTemplate',
      { name: template, kind: 'WorkflowTemplate', permission: 'dataproc.workflowTemplates.update' },
      {
        template: {
          id: 'month-end',
          name: template,
          version: 7,
          placement: { clusterSelector: { zone: 'auto' } },
        },
      },
    ),
    simpleChange(
      callOf(scene, clock('11:15:22'), 'goranAtLaptop', 'prod'),
      'google.iam.v1.IAMPolicy.SetIamPolicy',
      { name: cluster, kind: 'Cluster', permission: 'dataproc.clusters.setIamPolicy' },
      {
        resource: cluster,
        policy: {
          bindings: [
            {
              role: 'roles/dataproc.editor',
              members: ['user:ivo@example.com', 'group:data-platform@example.com'],
            },
          ],
        },
      },
      CLUSTERS.prod,
    ),
    simpleChange(
      callOf(scene, clock('11:16:48'), 'anaAtLaptop', 'dev'),
      'ClusterController.InjectCredentials',
      {
        name: regional(PROJECTS.dev.id, `clusters/${CLUSTERS.dev.name}`),
        kind: 'Cluster',
        permission: 'dataproc.clusters.use',
      },
      { project: `projects/${PROJECTS.dev.id}`, region: `regions/${REGION}`, cluster: CLUSTERS.dev.name },
      CLUSTERS.dev,
    ),
    simpleChange(
      callOf(scene, clock('13:41:03'), 'ben', 'staging'),
      'JobController.CancelJob',
      {
        name: regional(PROJECTS.staging.id, 'jobs/ben-compaction-trial'),
        kind: 'Job',
        permission: 'dataproc.jobs.cancel',
      },
      { projectId: PROJECTS.staging.id, region: REGION, jobId: 'ben-compaction-trial' },
      CLUSTERS.staging,
    ),
    simpleChange(
      callOf(scene, clock('14:02:19'), 'ivoAtLaptop', 'prod', { denied: true }),
      'JobController.DeleteJob',
      { name: regional(prod, 'jobs/emeka-refund-audit'), kind: 'Job', permission: 'dataproc.jobs.delete' },
      { projectId: prod, region: REGION, jobId: 'emeka-refund-audit' },
      CLUSTERS.prod,
    ),
  ];
}

/** One call of a template; the service submits the steps itself and says so in their labels. */
function workflow(scene: Scene): readonly Draft[] {
  const started = clock('06:40:00');
  const agent = serviceAgent(dataprocAgent(PROJECTS.prod));
  const instance = scene.random.uuid();
  const steps = ['close-books', 'revenue-report'].flatMap((step, i) => {
    const at = started + (i * 11 + 1) * MINUTE;
    return submitJob(
      callOf(scene, at, agent, 'prod'),
      {
        id: `${step}-${scene.random.base36(13)}`,
        uuid: scene.random.uuid(),
        cluster: CLUSTERS.prod,
        work: pyspark(`finance/${step.replace('-', '_')}.py`, [
          `--input-table=${PROJECTS.prod.id}.sales.daily_revenue`,
          `--output=gs://acme-curated/${step}/`,
        ]),
        labels: {
          'goog-dataproc-workflow-instance-id': instance,
          'goog-dataproc-workflow-template-id': 'month-end',
          'goog-dataproc-workflow-step-id': step,
        },
      },
      endingOf(scene, at, 1500),
    );
  });
  return [
    ...apiInMesh(scene, CALLERS.scheduler, {
      at: started - 260,
      method: 'POST',
      url: `http://${DATAPROC}/v1/${regional(PROJECTS.prod.id, 'workflowTemplates/month-end')}:instantiate`,
      status: 200,
    }),
    ...instantiateTemplate(
      callOf(scene, started, 'scheduler', 'prod'),
      'month-end',
      { MONTH: scene.date.slice(0, 7) },
      // The steps name the run by the id of its operation.
      { ...endingOf(scene, started, 25 * MINUTE), operationId: instance },
    ),
    ...steps,
  ];
}

function session(scene: Scene): readonly Draft[] {
  const work = {
    id: 'hana-explore',
    uuid: scene.random.uuid(),
    runAs: workAccount(PROJECTS.prod),
    displayName: 'churn exploration',
  };
  const begin = clock('14:25:00');
  const end = clock('16:55:00');
  return [
    ...apiInMesh(scene, CALLERS.hana, {
      at: begin - 210,
      method: 'POST',
      url: `http://${DATAPROC}/v1/projects/${PROJECTS.prod.id}/locations/${REGION}/sessions?sessionId=${work.id}`,
      status: 200,
    }),
    ...createSession(callOf(scene, begin, 'hana', 'prod'), work, endingOf(scene, begin, 70_000)),
    ...terminateSession(callOf(scene, end, 'hana', 'prod'), work, endingOf(scene, end, 8000)),
  ];
}

/** The console refreshing itself in front of the people on duty. */
function reads(scene: Scene): readonly Draft[] {
  return Array.from({ length: 48 }, (_, i) => {
    const at = clock('07:30:00') + i * 13 * MINUTE;
    const call = callOf(scene, at, i % 3 === 0 ? 'goranAtLaptop' : 'anaAtLaptop', 'prod');
    switch (i % 4) {
      case 0:
        return readAccess(call, { method: 'ClusterController.GetCluster', cluster: CLUSTERS.prod });
      case 1:
        return readAccess(call, {
          method: 'JobController.GetJob',
          cluster: CLUSTERS.prod,
          id: 'emeka-refund-audit',
        });
      default:
        return readAccess(call, { method: 'JobController.ListJobs', cluster: CLUSTERS.prod, items: '20' });
    }
  });
}

export const platformDay = (scene: Scene): readonly Draft[] => [
  ...madeBefore(sceneOf(scene, 'clusters-of-the-day')),
  ...clusters(sceneOf(scene, 'clusters')),
  ...policies(sceneOf(scene, 'policies')),
  ...workflow(sceneOf(scene, 'workflow')),
  ...session(sceneOf(scene, 'session')),
  ...reads(sceneOf(scene, 'reads')),
];
