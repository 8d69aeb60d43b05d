/** Audit entries of Dataflow, which say little of a job, and the messages of one. */
import { REGION, type Project } from '../organisation/organisation.ts';
import type { Random } from '../random.ts';
import { entry, HOUR, logNameOf, type Told } from '../told.ts';
import { audit } from './audit.ts';
import type { Call } from './dataproc.ts';

const DATAFLOW = 'dataflow.googleapis.com';
const PATH = 'dataflow';

export interface DataflowJob {
  readonly id: string;
  readonly name: string;
  readonly project: Project;
  readonly runAs: string;
}

/** Job ids begin with the local time of the service (US Pacific). */
export function dataflowJobId(at: number, random: Random): string {
  const pacific = new Date(Math.floor(at) - 8 * HOUR).toISOString();
  return `${pacific.slice(0, 10)}_${pacific.slice(11, 19).replaceAll(':', '_')}-${random.digits(19)}`;
}

export const createJob = (random: Random, { at, caller, denied, lateMs }: Call, job: DataflowJob): Told =>
  audit(random, {
    at,
    path: PATH,
    project: job.project.id,
    service: DATAFLOW,
    method: 'dataflow.jobs.create',
    caller,
    permissions: [['dataflow.jobs.create', `projects/${job.project.id}`]],
    request: { job_name: job.name, job_id: job.id, serviceAccount: job.runAs },
    response: {},
    resource: {
      type: 'dataflow_step',
      labels: { job_id: '', project_id: job.project.id, region: REGION, job_name: '', step_id: '' },
    },
    ...(denied === undefined ? {} : { denied }),
    ...(lateMs === undefined ? {} : { lateMs }),
  });

export const jobMessage = (random: Random, at: number, job: DataflowJob, text: string): Told =>
  entry(random, {
    at,
    path: PATH,
    logName: logNameOf(job.project.id, `${DATAFLOW}/job-message`),
    resource: {
      type: 'dataflow_step',
      labels: {
        project_id: job.project.number,
        job_id: job.id,
        job_name: job.name,
        region: REGION,
        step_id: '',
      },
    },
    payload: { textPayload: text },
    severity: 'INFO',
    labels: {
      'dataflow.googleapis.com/log_type': 'system',
      'dataflow.googleapis.com/region': REGION,
      'dataflow.googleapis.com/job_id': job.id,
      'dataflow.googleapis.com/job_name': job.name,
    },
  });
