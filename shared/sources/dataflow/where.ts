/** Which job, project and region an entry is about: one spelling for the audit entry and the logs of one job. */
import type { LogEntry } from '../../../schemas/log-entry.ts';
import { dataflowJob, type JobId } from '../../model/job.ts';
import { logProject, resourceLabel } from '../fields.ts';

export interface Place {
  readonly project?: string;
  readonly location?: string;
  /** Set where the resource names the project by number and the log name by id. */
  readonly projectNumber?: string;
}

const DIGITS = /^[0-9]{1,20}$/;
/** `2019-05-16_04_24_18-6110555549864901093`; wider than documented, narrower than what could forge another URN. */
const JOB_ID = /^[A-Za-z0-9_-]{1,128}$/;

/**
 * Project by the log's container, which Cloud Logging writes as an id; the resource's label is a number in job-message
 * entries and an id in audit entries, so it only stands in where the log has no project.
 */
export function placeOf(entry: LogEntry, location: string | undefined): Place {
  const named = logProject(entry);
  const labelled = resourceLabel(entry, 'project_id');
  const numeric = labelled !== undefined && DIGITS.test(labelled);
  const project = named !== undefined && !(DIGITS.test(named) && !numeric) ? named : (labelled ?? named);
  const region = resourceLabel(entry, 'region') ?? location;
  return {
    ...(project === undefined ? {} : { project }),
    ...(region === undefined ? {} : { location: region }),
    ...(numeric && labelled !== project ? { projectNumber: labelled } : {}),
  };
}

const REGION = /^[a-z0-9-]{1,63}$/;

/** Undefined for text that is no job id: it is then no key, and the caller shows it among the claims. */
export function jobOf(place: Place, id: string | undefined): JobId | undefined {
  if (id === undefined || !JOB_ID.test(id)) return undefined;
  const region = place.location !== undefined && REGION.test(place.location) ? place.location : undefined;
  return dataflowJob(place.project, region, id);
}
