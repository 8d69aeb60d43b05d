/** What an audit trail must survive: methods nobody has heard of, and entries of somebody else. */
import { audit } from './audit.ts';
import { change } from './control/change.ts';
import { auditEvent } from './databricks/record.ts';
import { serviceAgent } from './callers.ts';
import { CLUSTERS, PROJECTS, REGION, dataprocAgent } from './company.ts';
import { simpleChange } from './dataproc/admin.ts';
import type { Draft, Told } from './entry.ts';
import { callOf, clock, sceneOf } from './scene.ts';
import type { Scene } from './scene.ts';

/** A method that came after every reference. */
function newMethods(scene: Scene): readonly Draft[] {
  const parent = `projects/${PROJECTS.dev.id}/regions/${REGION}`;
  return ['11:20:00', '11:24:31'].map((time) =>
    simpleChange(
      callOf(scene, clock(time), 'anaAtLaptop', 'dev'),
      'JobController.SimulateJob',
      { name: `${parent}/jobs/simulation`, kind: 'Job', permission: 'dataproc.jobs.simulate' },
      { projectId: PROJECTS.dev.id, region: REGION, jobId: 'simulation' },
      CLUSTERS.dev,
    ),
  );
}

/** A sink's filter that is too wide: entries that belong to no source of the subscription. */
function unowned(scene: Scene): readonly Draft[] {
  const prod = PROJECTS.prod.id;
  const machines = ['06:20:31', '06:20:33'].map((time, i) =>
    audit({
      at: clock(time),
      to: 'dataproc',
      project: prod,
      service: 'compute.googleapis.com',
      method: 'v1.compute.instances.insert',
      caller: serviceAgent(dataprocAgent(PROJECTS.prod)),
      requestTime: `${scene.date}T${time}Z`,
      resourceName: `projects/${prod}/zones/${REGION}-b/instances/month-end-w-${String(i)}`,
      permissions: [
        {
          permission: 'compute.instances.create',
          resource: `projects/${prod}/zones/${REGION}-b/instances/month-end-w-${String(i)}`,
          permissionType: 'ADMIN_WRITE',
        },
      ],
      resource: {
        type: 'gce_instance',
        labels: { project_id: prod, zone: `${REGION}-b`, instance_id: scene.random.digits(19) },
      },
    }),
  );
  const cloudSql = audit({
    at: clock('15:09:15'),
    to: 'istio',
    project: PROJECTS.mesh.id,
    service: 'cloudsql.googleapis.com',
    method: 'cloudsql.instances.connect',
    log: 'data_access',
    caller: serviceAgent(`service-${PROJECTS.mesh.number}@gcp-sa-cloud-sql.iam.gserviceaccount.com`),
    requestTime: `${scene.date}T15:09:15Z`,
    resourceName: `projects/${PROJECTS.mesh.id}/instances/airflow`,
    resource: {
      type: 'cloudsql_database',
      labels: { project_id: PROJECTS.mesh.id, region: REGION, database_id: `${PROJECTS.mesh.id}:airflow` },
    },
  });
  return [...machines, cloudSql];
}

/** Services of the other sources grow too. */
function newElsewhere(scene: Scene): readonly Told[] {
  return [
    auditEvent(scene, {
      at: '16:16:16',
      workspace: 'staging',
      by: { email: 'farah@example.com', ip: '198.51.100.23', userAgent: 'Mozilla/5.0' },
      method: 'jobs.simulateRun',
      params: { job_id: '815302110984402' },
    }),
    change(scene, {
      at: '16:18:00',
      to: 'iam',
      by: 'deployer',
      project: PROJECTS.mesh,
      service: 'iam.googleapis.com',
      method: 'google.iam.admin.v1.RotateServiceAccountTrust',
      resourceName: `projects/${PROJECTS.mesh.id}`,
      permission: 'iam.serviceAccounts.update',
    }),
  ];
}

export const unheardOf = (scene: Scene): readonly Told[] => [
  ...newMethods(sceneOf(scene, 'new-methods')),
  ...newElsewhere(sceneOf(scene, 'new-elsewhere')),
];
export const unownedEntries = (scene: Scene): readonly Draft[] => unowned(sceneOf(scene, 'unowned'));
