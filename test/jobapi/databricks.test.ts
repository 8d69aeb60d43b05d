/** Calls of Databricks that start work, by host and path; nothing else is one. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { databricksWorkspace } from '../../shared/jobapi/databricks.ts';
import { jobApiCall } from '../../shared/jobapi/index.ts';

const HOST = '4821734609921173.3.gcp.databricks.com';
const project = 'databricks/4821734609921173';

describe('a call of a workspace', () => {
  it.each([
    ['/api/2.0/jobs/run-now', 'jobs.runNow'],
    ['/api/2.1/jobs/run-now', 'jobs.runNow'],
    ['/api/2.2/jobs/runs/submit?x=1', 'jobs.submitRun'],
    ['/api/2.1/clusters/create', 'clusters.create'],
    ['/databricks/prod/api/2.1/jobs/run%2Dnow', 'jobs.runNow'],
    ['/projects/a/api/2.1/jobs/run-now', 'jobs.runNow'],
  ])('%s is %s', (path, method) => {
    expect(jobApiCall(HOST, 'POST', path)).toEqual({ engine: 'databricks', method, project });
    expect(jobApiCall(`${HOST.toUpperCase()}:443`, 'POST', path)).toEqual({
      engine: 'databricks',
      method,
      project,
    });
  });

  it.each([
    ['GET', HOST, '/api/2.1/jobs/run-now'],
    ['POST', HOST, '/api/2.1/jobs/list'],
    ['POST', HOST, '/api/3.0/jobs/run-now'],
    ['POST', HOST, '/api/2.1/jobs/run-now/'],
    ['POST', HOST, '/api/2.1//jobs/run-now'],
    ['POST', HOST, '/api/2.1/jobs%2Frun-now'],
    ['POST', HOST, '/api/2.1/x/../jobs/run-now'],
    ['POST', HOST, '/api/2.1/jobs/run-now/api'],
    ['POST', HOST, '/x?/api/2.1/jobs/run-now'],
    ['POST', 'gateway.example.com', '/api/2.1/jobs/run-now'],
    ['POST', undefined, '/api/2.1/jobs/run-now'],
    ['POST', 'dataproc.googleapis.com', '/api/2.1/jobs/run-now'],
  ])('%s %s%s is none', (verb, host, path) => {
    expect(jobApiCall(host, verb, path)).toBeUndefined();
  });
});

describe('a workspace', () => {
  it.each([
    'x.3.gcp.databricks.com',
    '4821734609921173.gcp.databricks.com',
    '4821734609921173.3.gcp.databricks.com.evil.example',
    'evil.4821734609921173.3.gcp.databricks.com',
    '4821734609921173.3.x.gcp.databricks.com',
    '4821734609921173.3gcp.databricks.com',
    '.3.gcp.databricks.com',
    '482173460992117348217346.3.gcp.databricks.com',
    '',
  ])('is not named by %s', (host) => {
    expect(databricksWorkspace(host)).toBeUndefined();
  });

  it('is digits, whatever the host is', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `${text}.gcp.databricks.com`),
        ),
        (host) => {
          expect(databricksWorkspace(host) ?? '0').toMatch(/^[0-9]{1,20}$/);
        },
      ),
    );
  });
});
