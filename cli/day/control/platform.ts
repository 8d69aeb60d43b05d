/** The platform around the jobs: what starts them, what they are made of, their secrets, and the rules above all. */
import { atLaptop } from '../callers.ts';
import { ACCOUNTS, PROJECTS, REGION, workAccount } from '../company.ts';
import type { Draft } from '../entry.ts';
import { sceneOf } from '../scene.ts';
import type { Scene } from '../scene.ts';
import { workerOf } from '../data/access.ts';
import { platformCall as tell } from './change.ts';
import type { Change } from './change.ts';
import { machineChanges } from './machines.ts';

const { prod, mesh } = PROJECTS;
const BEN = atLaptop('ben', '198.51.100.61');

/** Cloud Scheduler starts a workflow, which instantiates the template of the month's end. */
function starters(scene: Scene): readonly Draft[] {
  const parent = `projects/${prod.id}/locations/${REGION}`;
  const type = 'type.googleapis.com/google.cloud';
  return [
    tell(scene, {
      at: '06:13:40',
      by: 'deployer',
      service: 'cloudscheduler.googleapis.com',
      method: 'google.cloud.scheduler.v1.CloudScheduler.UpdateJob',
      resourceName: `${parent}/jobs/month-end`,
      permission: 'cloudscheduler.jobs.update',
      request: {
        '@type': `${type}.scheduler.v1.UpdateJobRequest`,
        updateMask: 'schedule',
        job: {
          name: `${parent}/jobs/month-end`,
          schedule: '39 6 * * *',
          timeZone: 'Etc/UTC',
          httpTarget: {
            uri: `https://workflowexecutions.googleapis.com/v1/${parent}/workflows/month-end/executions`,
            oauthToken: { serviceAccountEmail: ACCOUNTS.workflows },
          },
        },
      },
    }),
    tell(scene, {
      at: '06:39:00',
      by: workerOf(ACCOUNTS.workflows, 'private', 'Google-Cloud-Scheduler'),
      log: 'data_access',
      service: 'workflowexecutions.googleapis.com',
      method: 'google.cloud.workflows.executions.v1.Executions.CreateExecution',
      resourceName: `${parent}/workflows/month-end`,
      permission: 'workflows.executions.create',
      permissionType: 'DATA_WRITE',
      request: {
        '@type': `${type}.workflows.executions.v1.CreateExecutionRequest`,
        parent: `${parent}/workflows/month-end`,
        execution: { argument: '{"template":"month-end"}' },
      },
    }),
    tell(scene, {
      at: '16:00:31',
      by: 'deployer',
      service: 'workflows.googleapis.com',
      method: 'google.cloud.workflows.v1.Workflows.UpdateWorkflow',
      resourceName: `${parent}/workflows/month-end`,
      permission: 'workflows.workflows.update',
      request: {
        '@type': `${type}.workflows.v1.UpdateWorkflowRequest`,
        updateMask: 'source_contents',
        workflow: { name: `${parent}/workflows/month-end`, serviceAccount: ACCOUNTS.workflows },
      },
    }),
  ];
}

/** Secrets that jobs fetch, and one that somebody fetches by hand. */
function secrets(scene: Scene): readonly Draft[] {
  const read = (at: string, by: Change['by'], secret: string, denied?: true): Draft =>
    tell(scene, {
      at,
      by,
      log: 'data_access',
      service: 'secretmanager.googleapis.com',
      method: 'google.cloud.secretmanager.v1.SecretManagerService.AccessSecretVersion',
      resourceName: `projects/${prod.number}/secrets/${secret}/versions/latest`,
      permission: 'secretmanager.versions.access',
      permissionType: 'DATA_READ',
      request: {
        '@type': 'type.googleapis.com/google.cloud.secretmanager.v1.AccessSecretVersionRequest',
        name: `projects/${prod.number}/secrets/${secret}/versions/latest`,
      },
      ...(denied === undefined
        ? {}
        : {
            status: {
              code: 7,
              message: `Permission 'secretmanager.versions.access' denied on resource '//secretmanager.googleapis.com/projects/${prod.number}/secrets/${secret}/versions/latest' (or it may not exist).`,
            },
          }),
    });
  const job = workerOf(workAccount(prod), '10.132.0.13', 'gcloud-python/2.24.0 gl-python/3.11.9');
  return [
    read('01:05:40', job, 'partner-api-key'),
    read('23:53:12', job, 'partner-api-key'),
    read('00:02:58', BEN, 'partner-api-key'),
    read('20:31:15', 'ivoAtLaptop', 'partner-api-key', true),
  ];
}

/** Images of jobs, services, and the rules of the organisation. */
function software(scene: Scene): readonly Draft[] {
  const constraint = 'iam.disableServiceAccountKeyCreation';
  return [
    tell(scene, {
      at: '14:30:40',
      by: 'github',
      project: mesh,
      log: 'data_access',
      service: 'artifactregistry.googleapis.com',
      method: 'Docker-PutManifest',
      resourceName: `projects/${mesh.id}/locations/${REGION}/repositories/jobs/dockerImages/orders@sha256:${scene.random.hex(64)}`,
      permission: 'artifactregistry.repositories.uploadArtifacts',
      permissionType: 'DATA_WRITE',
    }),
    tell(scene, {
      at: '16:01:20',
      by: 'deployer',
      project: mesh,
      service: 'run.googleapis.com',
      method: 'google.cloud.run.v2.Services.UpdateService',
      resourceName: `projects/${mesh.id}/locations/${REGION}/services/job-portal-hooks`,
      permission: 'run.services.update',
      request: {
        '@type': 'type.googleapis.com/google.cloud.run.v2.UpdateServiceRequest',
        service: {
          name: `projects/${mesh.id}/locations/${REGION}/services/job-portal-hooks`,
          template: { serviceAccount: ACCOUNTS.portal },
        },
      },
    }),
    tell(scene, {
      at: '17:26:55',
      by: atLaptop('chiara', '198.51.100.52'),
      service: 'orgpolicy.googleapis.com',
      method: 'google.cloud.orgpolicy.v2.OrgPolicy.UpdatePolicy',
      resourceName: `projects/${prod.id}/policies/${constraint}`,
      permission: 'orgpolicy.policy.set',
      request: {
        '@type': 'type.googleapis.com/google.cloud.orgpolicy.v2.UpdatePolicyRequest',
        policy: {
          name: `projects/${prod.id}/policies/${constraint}`,
          spec: { rules: [{ enforce: false }] },
        },
      },
    }),
    tell(scene, {
      at: '13:57:40',
      by: 'anaAtLaptop',
      project: PROJECTS.labs,
      service: 'serviceusage.googleapis.com',
      method: 'google.api.serviceusage.v1.ServiceUsage.EnableService',
      resourceName: `projects/${PROJECTS.labs.number}/services/dataproc.googleapis.com`,
      permission: 'serviceusage.services.enable',
      request: {
        '@type': 'type.googleapis.com/google.api.serviceusage.v1.EnableServiceRequest',
        name: `projects/${PROJECTS.labs.id}/services/dataproc.googleapis.com`,
      },
    }),
  ];
}

export const platformChanges = (scene: Scene): readonly Draft[] => [
  ...starters(sceneOf(scene, 'starters')),
  ...secrets(sceneOf(scene, 'secrets')),
  ...machineChanges(scene),
  ...software(sceneOf(scene, 'software')),
];
