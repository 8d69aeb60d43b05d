/** Requests to Dataflow's v1b3 API → the audit log's names, and the RPC's where nothing is audited. */
import { describe, expect, it } from 'vitest';
import { jobApiCall, jobOfCall } from '../../shared/jobapi/index.ts';

const HOST = 'dataflow.googleapis.com';
const JOB = '2026-05-16_04_24_18-6110555549864901093';

/** From the REST reference of v1b3; each with and without a location where the API has both. */
const BOTH: readonly (readonly [verb: string, path: string, method: string, job?: string])[] = [
  ['POST', '/jobs', 'dataflow.jobs.create'],
  ['GET', '/jobs', 'ListJobs'],
  ['GET', `/jobs/${JOB}`, 'GetJob', JOB],
  ['PUT', `/jobs/${JOB}`, 'dataflow.jobs.updateContents', JOB],
  ['POST', `/jobs/${JOB}:snapshot`, 'SnapshotJob', JOB],
  ['GET', `/jobs/${JOB}/metrics`, 'GetJobMetrics', JOB],
  ['GET', `/jobs/${JOB}/messages`, 'ListJobMessages', JOB],
  ['POST', `/jobs/${JOB}/workItems:lease`, 'LeaseWorkItem', JOB],
  ['POST', `/jobs/${JOB}/debug/getConfig`, 'GetConfig', JOB],
  ['POST', '/templates', 'dataflow.jobs.create'],
  ['POST', '/templates:launch?gcsPath=gs://bucket/t', 'dataflow.jobs.create'],
  ['GET', '/templates:get', 'GetTemplate'],
];

describe('Dataflow', () => {
  for (const [verb, path, method, job] of BOTH)
    it(`${verb} …${path} is ${method}`, () => {
      const bare = { engine: 'dataflow', method, project: 'acme-prod' };
      const inProject = job === undefined ? bare : { ...bare, job };
      expect(jobApiCall(HOST, verb, `/v1b3/projects/acme-prod${path}`)).toEqual(inProject);
      expect(jobApiCall(HOST, verb, `/v1b3/projects/acme-prod/locations/europe-west1${path}`)).toEqual({
        ...inProject,
        region: 'europe-west1',
      });
    });

  it.each([
    ['GET', '/v1b3/projects/acme-prod/jobs:aggregated', 'AggregatedListJobs'],
    ['POST', '/v1b3/projects/acme-prod/locations/europe-west1/flexTemplates:launch', 'dataflow.jobs.create'],
    ['GET', `/v1b3/projects/p/locations/l/jobs/${JOB}/stages/s/executionDetails`, 'GetStageExecutionDetails'],
    ['POST', '/google.dataflow.v1beta3.JobsV1Beta3/CreateJob', 'dataflow.jobs.create'],
    ['POST', '/google.dataflow.v1beta3.JobsV1Beta3/UpdateJob', 'dataflow.jobs.updateContents'],
    ['POST', '/google.dataflow.v1beta3.FlexTemplatesService/LaunchFlexTemplate', 'dataflow.jobs.create'],
    ['POST', '/google.dataflow.v1beta3.TemplatesService/CreateJobFromTemplate', 'dataflow.jobs.create'],
    ['POST', '/google.dataflow.v1beta3.SnapshotsV1Beta3/ListSnapshots', 'ListSnapshots'],
  ])('%s %s is %s', (verb, path, method) => {
    expect(jobApiCall(HOST, verb, path)?.method).toBe(method);
  });

  it('knows its version under any gateway, and not under another API', () => {
    const path = '/v1b3/projects/acme-prod/locations/europe-west1/jobs';
    expect(jobApiCall('gw.example.com', 'POST', `/df${path}`)?.method).toBe('dataflow.jobs.create');
    expect(jobApiCall('dataproc.googleapis.com', 'POST', path)).toBeUndefined();
  });

  it('gives a job id only where the path has the location the id needs', () => {
    const call = jobApiCall(HOST, 'PUT', `/v1b3/projects/p/locations/l/jobs/${JOB}`);
    expect(call && jobOfCall(call)).toBe(`dataflow:p/l/${JOB}`);
    const regionless = jobApiCall(HOST, 'PUT', `/v1b3/projects/p/jobs/${JOB}`);
    expect(regionless && jobOfCall(regionless)).toBeUndefined();
  });
});
