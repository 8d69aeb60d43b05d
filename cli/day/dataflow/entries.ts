/**
 * Entries of Dataflow. The audit entry of a job is flat and says little: no resource name, empty resource labels, the
 * job only in `request.job_id`. Progress comes as job messages, user code as worker logs; both carry the project number.
 */
import { audit } from '../audit.ts';
import { REGION } from '../company.ts';
import type { Call } from '../dataproc/audit.ts';
import { HOUR, logNameOf } from '../entry.ts';
import type { Draft, Json } from '../entry.ts';

const DATAFLOW = 'dataflow.googleapis.com';

export interface DataflowJob {
  readonly id: string;
  readonly name: string;
  readonly runAs: string;
}

/** Job ids begin with the local time of the service (US Pacific), standard time here. */
export function dataflowJobId(epochMs: number, digits: string): string {
  const pacific = new Date(epochMs - 8 * HOUR).toISOString();
  return `${pacific.slice(0, 10)}_${pacific.slice(11, 19).replaceAll(':', '_')}-${digits}`;
}

const PERMISSION_DENIED = 7;

/** Draining and cancelling are `updateContents` too; which permission was checked tells them apart. */
export function dataflowAudit(
  call: Call,
  method: 'dataflow.jobs.create' | 'dataflow.jobs.updateContents' | 'dataflow.jobs.cancel',
  job: DataflowJob,
  permission: string = method,
): Draft {
  return audit({
    at: call.at,
    to: 'dataflow',
    project: call.project.id,
    service: DATAFLOW,
    method,
    caller: call.caller,
    location: REGION,
    requestTime: call.requestTime,
    permissions: [{ permission, resource: `projects/${call.project.id}`, permissionType: 'ADMIN_WRITE' }],
    request: { job_name: job.name, job_id: job.id, serviceAccount: job.runAs },
    response: {},
    resource: {
      type: 'dataflow_step',
      labels: { job_id: '', project_id: call.project.id, region: REGION, job_name: '', step_id: '' },
    },
    ...(call.denied === true
      ? {
          status: {
            code: PERMISSION_DENIED,
            message: `(${job.id.slice(-12)}): Current user cannot act as service account ${job.runAs}.`,
          },
        }
      : {}),
    ...(call.lateByMs === undefined ? {} : { lateByMs: call.lateByMs }),
  });
}

interface TemplateLaunch {
  readonly kind: 'classic' | 'flex';
  /** gs:// path of the template or of the Flex template's specification. */
  readonly template: string;
  readonly parameters: Json;
}

function launchRequest(call: Call, job: DataflowJob, launch: TemplateLaunch): Json {
  const { kind, template, parameters } = launch;
  const type = 'type.googleapis.com/google.dataflow.v1beta3';
  const environment: Json = {
    serviceAccountEmail: job.runAs,
    tempLocation: `gs://acme-dataflow-${call.project.number}/tmp`,
    subnetwork: `regions/${REGION}/subnetworks/data-euw1`,
    maxWorkers: 8,
  };
  const common = { projectId: call.project.id, location: REGION };
  return kind === 'flex'
    ? {
        '@type': `${type}.LaunchFlexTemplateRequest`,
        ...common,
        launchParameter: { jobName: job.name, containerSpecGcsPath: template, parameters, environment },
      }
    : {
        '@type': `${type}.LaunchTemplateRequest`,
        ...common,
        gcsPath: template,
        launchParameters: { jobName: job.name, parameters, environment },
      };
}

/** A call of a template service shows as a look at the project, where ADMIN_READ of Resource Manager is on. */
export function templateLaunch(call: Call, job: DataflowJob, launch: TemplateLaunch): Draft {
  const rpc = launch.kind === 'flex' ? 'LaunchFlexTemplate' : 'LaunchTemplate';
  return audit({
    at: call.at,
    to: 'dataflow',
    project: call.project.id,
    log: 'data_access',
    service: DATAFLOW,
    method: 'resourcemanager.projects.get',
    caller: call.caller,
    location: REGION,
    requestTime: call.requestTime,
    resourceName: `projects/${call.project.id}`,
    permissions: [
      {
        permission: 'resourcemanager.projects.get',
        resource: `projects/${call.project.id}`,
        permissionType: 'ADMIN_READ',
      },
    ],
    request: launchRequest(call, job, launch),
    response: {
      '@type': `type.googleapis.com/google.dataflow.v1beta3.${rpc}Response`,
      job: {
        id: job.id,
        projectId: call.project.id,
        name: job.name,
        currentStateTime: '1970-01-01T00:00:00Z',
        createTime: call.requestTime,
        location: REGION,
        startTime: call.requestTime,
      },
    },
    resource: {
      type: 'audited_resource',
      labels: { project_id: call.project.id, service: DATAFLOW, method: 'resourcemanager.projects.get' },
    },
  });
}

interface JobLog {
  readonly at: number;
  readonly project: Call['project'];
  readonly job: DataflowJob;
}

const resource = ({ project, job }: JobLog): Json => ({
  type: 'dataflow_step',
  labels: { project_id: project.number, job_id: job.id, job_name: job.name, region: REGION, step_id: '' },
});

const jobLabels = ({ job }: JobLog, type: 'system' | 'supportability'): Json => ({
  'dataflow.googleapis.com/log_type': type,
  'dataflow.googleapis.com/region': REGION,
  'dataflow.googleapis.com/job_id': job.id,
  'dataflow.googleapis.com/job_name': job.name,
});

export function jobMessage(log: JobLog, text: string, severity = 'INFO'): Draft {
  return {
    at: log.at,
    to: 'dataflow',
    logName: logNameOf(log.project.id, `${DATAFLOW}/job-message`),
    resource: resource(log),
    payload: { textPayload: text },
    severity,
    labels: jobLabels(log, 'system'),
  };
}

interface WorkerLine {
  readonly logger: string;
  readonly message: string;
  readonly step?: string;
  /** Compute Engine's id and name of the worker. */
  readonly instance: string;
  readonly instanceId: string;
  readonly severity?: string;
}

export function workerLog(log: JobLog, line: WorkerLine): Draft {
  return {
    at: log.at,
    to: 'dataflow',
    logName: logNameOf(log.project.id, `${DATAFLOW}/worker`),
    resource: resource(log),
    payload: {
      jsonPayload: {
        message: line.message,
        logger: line.logger,
        thread: '34',
        worker: line.instance,
        job: log.job.id,
        ...(line.step === undefined ? {} : { step: line.step }),
      },
    },
    severity: line.severity ?? 'INFO',
    labels: {
      ...jobLabels(log, 'supportability'),
      'compute.googleapis.com/resource_type': 'instance',
      'compute.googleapis.com/resource_name': line.instance,
      'compute.googleapis.com/resource_id': line.instanceId,
    },
  };
}
