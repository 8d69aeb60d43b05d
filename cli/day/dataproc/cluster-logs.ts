/**
 * What the machines of a cluster write: driver and YARN logs of jobs, the resource manager's own log, and the logs of
 * doors that no job API guards (Knox, Jupyter).
 */
import { REGION } from '../company.ts';
import type { Cluster, Project } from '../company.ts';
import { clusterResource } from './audit.ts';
import { logNameOf } from '../entry.ts';
import type { Draft, Json } from '../entry.ts';

/** Where on the cluster the line was written. */
export interface Node {
  readonly project: Project;
  readonly cluster: Cluster;
  readonly suffix: 'm' | 'w-0' | 'w-1';
  readonly instanceId: string;
}

const nodeLabels = ({ cluster, suffix, instanceId }: Node): Json => ({
  'compute.googleapis.com/resource_id': instanceId,
  'compute.googleapis.com/resource_name': `${cluster.name}-${suffix}`,
  'compute.googleapis.com/zone': `${REGION}-b`,
});

/** A daemon's log of the cluster, e.g. `hadoop-yarn-resourcemanager`, `knox`, `jupyter_notebook`. */
export function clusterLog(at: number, node: Node, log: string, line: Json, severity?: string): Draft {
  return {
    at,
    to: 'dataproc',
    logName: logNameOf(node.project.id, log),
    resource: clusterResource(node.project, node.cluster),
    payload: { jsonPayload: line },
    labels: nodeLabels(node),
    ...(severity === undefined ? {} : { severity }),
  };
}

interface RunningJob {
  readonly id: string;
  readonly uuid: string;
}

/** Needs `dataproc.logging.stackdriver.job.driver.enable`. */
export function driverLog(
  at: number,
  node: Node,
  job: RunningJob,
  line: { readonly className: string; readonly message: string; readonly severity?: string },
): Draft {
  return {
    at,
    to: 'dataproc',
    logName: logNameOf(node.project.id, 'dataproc.job.driver'),
    resource: {
      type: 'cloud_dataproc_job',
      labels: { project_id: node.project.id, region: REGION, job_id: job.id, job_uuid: job.uuid },
    },
    payload: { jsonPayload: { class: line.className, message: line.message } },
    severity: line.severity ?? 'INFO',
    labels: {
      ...nodeLabels(node),
      'dataproc.googleapis.com/cluster_name': node.cluster.name,
      'dataproc.googleapis.com/cluster_uuid': node.cluster.uuid,
    },
  };
}

export const applicationId = (cluster: Cluster, sequence: number): string =>
  `application_${cluster.startedMs}_${String(sequence).padStart(4, '0')}`;

/** `yarn-userlogs`: a container's output. */
export function containerLog(
  at: number,
  node: Node,
  application: string,
  line: { readonly stream: 'stderr' | 'stdout' | 'prelaunch.err'; readonly message: string },
): Draft {
  const container = `${application.replace('application', 'container')}_01_000001`;
  return clusterLog(at, node, 'yarn-userlogs', {
    application,
    container,
    container_logname: line.stream,
    filename: `${application}.${container}.${line.stream}`,
    message: line.message,
  });
}

const RM = 'org.apache.hadoop.yarn.server.resourcemanager';

export interface Application {
  readonly id: string;
  readonly name: string;
  readonly user: string;
  readonly type: string;
  readonly submitMs: number;
  readonly endMs: number;
  readonly succeeded: boolean;
  /** Comma-separated; the job API puts the job's id here. */
  readonly tags: string;
}

/** The resource manager's line when an application is accepted, and its summary when it is over. */
export function applicationAccepted(at: number, node: Node, app: Application): Draft {
  return clusterLog(
    at,
    node,
    'hadoop-yarn-resourcemanager',
    {
      class: `${RM}.rmapp.RMAppImpl`,
      filename: `hadoop-yarn-resourcemanager-${node.cluster.name}-m.log`,
      message: `${app.id} State change from SUBMITTED to ACCEPTED on event = APP_ACCEPTED`,
    },
    'INFO',
  );
}

export function applicationSummary(at: number, node: Node, app: Application): Draft {
  const state = app.succeeded ? 'FINISHED' : 'FAILED';
  const final = app.succeeded ? 'SUCCEEDED' : 'FAILED';
  return clusterLog(
    at,
    node,
    'hadoop-yarn-resourcemanager',
    {
      class: `${RM}.RMAppManager$ApplicationSummary`,
      filename: `hadoop-yarn-resourcemanager-${node.cluster.name}-m.log`,
      message:
        `appId=${app.id},name=${app.name},user=${app.user},queue=default,state=${state},` +
        `trackingUrl=http://${node.cluster.name}-m:8088/proxy/${app.id}/,appMasterHost=${node.cluster.name}-w-0,` +
        `submitTime=${String(app.submitMs)},startTime=${String(app.submitMs + 84)},finishTime=${String(app.endMs)},` +
        `finalStatus=${final},memorySeconds=1804312,vcoreSeconds=441,applicationType=${app.type},applicationTags=${app.tags}`,
    },
    'INFO',
  );
}
