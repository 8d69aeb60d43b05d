/**
 * Jobs of Dataflow: `projects.jobs.aggregated` for all locations of a project, `projects.locations.jobs.list` for one.
 * https://cloud.google.com/dataflow/docs/reference/rest/v1b3/projects.jobs/aggregated
 */
import { OBSERVED } from '../../schemas/observed.ts';
import { obj, type Json } from '../sources/fields.ts';
import type { Inventory, InventoryOptions } from './inventory.ts';
import { jobInventory } from './jobs.ts';
import { labelsOf, present, textOf } from './values.ts';

const API = 'dataflow-jobs';

/** Summaries, which is all that lists give: some of these are there for no job yet. */
const JOB = [
  'id',
  'projectId',
  'name',
  'type',
  'currentState',
  'currentStateTime',
  'createTime',
  'startTime',
  'location',
  'labels',
  'clientRequestId',
  'replaceJobId',
  'environment(serviceAccountEmail)',
];
const FIELDS = `nextPageToken,failedLocation,jobs(${JOB.join(',')})`;

/** @param location undefined for all */
export function dataflowJobs(options: InventoryOptions, project: string, location?: string): Inventory {
  const projectPath = `/v1b3/projects/${encodeURIComponent(project)}`;
  const query = { pageSize: '500', fields: FIELDS };
  return jobInventory(options, {
    api: API,
    scope: location === undefined ? project : `${project}/${location}`,
    path:
      location === undefined
        ? `${projectPath}/jobs:aggregated`
        : `${projectPath}/locations/${encodeURIComponent(location)}/jobs`,
    queries: () => [
      { ...query, filter: 'ACTIVE' },
      { ...query, filter: 'TERMINATED' },
    ],
    field: 'jobs',
    recordOf: (job) => recordOf(job, project, location),
  });
}

function recordOf(job: Json | undefined, project: string, location: string | undefined): Json {
  return present({
    type: OBSERVED,
    kind: 'job',
    api: API,
    // As it was asked for, like the other APIs' jobs: the id of the project, where the configuration has it.
    project,
    location: textOf(job, 'location', 128) ?? location,
    id: textOf(job, 'id', 255),
    name: textOf(job, 'name', 1024),
    state: textOf(job, 'currentState', 64),
    time: textOf(job, 'currentStateTime', 64),
    createTime: textOf(job, 'createTime', 64),
    startTime: textOf(job, 'startTime', 64),
    jobType: textOf(job, 'type', 64),
    runAs: textOf(obj(job, 'environment'), 'serviceAccountEmail'),
    requestToken: textOf(job, 'clientRequestId', 256),
    replaces: textOf(job, 'replaceJobId', 255),
    labels: labelsOf(job, 'labels'),
  });
}
