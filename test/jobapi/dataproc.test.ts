/** REST and gRPC requests as clients of Dataproc send them → the method its audit log records. */
import { describe, expect, it } from 'vitest';
import { jobApiCall, jobOfCall } from '../../shared/jobapi/index.ts';

const HOST = 'dataproc.googleapis.com';
const R = '/v1/projects/acme-prod/regions/europe-west1';
const L = '/v1/projects/acme-prod/locations/europe-west1';
const BETA = '/v1beta2/projects/acme-prod/regions/europe-west1';

/** Written from the published protos' HTTP annotations. */
const REQUESTS: readonly (readonly [verb: string, path: string, method: string, job?: string])[] = [
  ['POST', `${R}/jobs:submit`, 'SubmitJob'],
  ['POST', `${R}/jobs:submitAsOperation`, 'SubmitJobAsOperation'],
  ['GET', `${R}/jobs`, 'ListJobs'],
  ['GET', `${R}/jobs/nightly-1`, 'GetJob', 'nightly-1'],
  ['PATCH', `${R}/jobs/nightly-1`, 'UpdateJob', 'nightly-1'],
  ['DELETE', `${R}/jobs/nightly-1`, 'DeleteJob', 'nightly-1'],
  ['POST', `${R}/jobs/nightly-1:cancel`, 'CancelJob', 'nightly-1'],
  ['POST', `${BETA}/jobs:submit`, 'SubmitJob'],
  ['POST', `${BETA}/clusters`, 'CreateCluster'],
  ['POST', `${R}/clusters`, 'CreateCluster'],
  ['GET', `${R}/clusters`, 'ListClusters'],
  ['GET', `${R}/clusters/etl`, 'GetCluster'],
  ['PATCH', `${R}/clusters/etl`, 'UpdateCluster'],
  ['DELETE', `${R}/clusters/etl`, 'DeleteCluster'],
  ['POST', `${R}/clusters/etl:start`, 'StartCluster'],
  ['POST', `${R}/clusters/etl:stop`, 'StopCluster'],
  ['POST', `${R}/clusters/etl:repair`, 'RepairCluster'],
  ['POST', `${R}/clusters/etl:diagnose`, 'DiagnoseCluster'],
  ['POST', `${R}/clusters/etl:injectCredentials`, 'InjectCredentials'],
  ['POST', `${R}/clusters/etl:setIamPolicy`, 'SetIamPolicy'],
  ['POST', `${R}/clusters/etl/nodeGroups`, 'CreateNodeGroup'],
  ['GET', `${R}/clusters/etl/nodeGroups/n1`, 'GetNodeGroup'],
  ['POST', `${R}/clusters/etl/nodeGroups/n1:resize`, 'ResizeNodeGroup'],
  ['POST', `${R}/clusters/etl/nodeGroups/n1:repair`, 'RepairNodeGroup'],
  ['POST', `${L}/batches`, 'CreateBatch'],
  ['POST', `${L}/batches?batchId=b-1&requestId=x`, 'CreateBatch', 'b-1'],
  ['GET', `${L}/batches`, 'ListBatches'],
  ['GET', `${L}/batches/b-1`, 'GetBatch', 'b-1'],
  ['DELETE', `${L}/batches/b-1`, 'DeleteBatch', 'b-1'],
  ['POST', `${L}/batches/b-1:analyze`, 'AnalyzeBatch', 'b-1'],
  ['GET', `${L}/batches/b-1/sparkApplications:search`, 'SearchSparkApplications', 'b-1'],
  ['GET', `${L}/batches/b-1/sparkApplications/a:access`, 'AccessSparkApplication', 'b-1'],
  ['GET', `${L}/batches/b-1/sparkApplications/a:searchJobs`, 'SearchSparkApplicationJobs', 'b-1'],
  ['POST', `${L}/batches/b-1/sparkApplications/a:write`, 'WriteSparkApplicationContext', 'b-1'],
  ['POST', `${L}/sessions?session_id=s-1`, 'CreateSession', 's-1'],
  ['GET', `${L}/sessions`, 'ListSessions'],
  ['GET', `${L}/sessions/s-1`, 'GetSession', 's-1'],
  ['DELETE', `${L}/sessions/s-1`, 'DeleteSession', 's-1'],
  ['POST', `${L}/sessions/s-1:terminate`, 'TerminateSession', 's-1'],
  ['GET', `${L}/sessions/s-1/sparkApplications/a:accessJob`, 'AccessSessionSparkApplicationJob', 's-1'],
  ['POST', `${L}/sessionTemplates`, 'CreateSessionTemplate'],
  ['GET', `${L}/sessionTemplates`, 'ListSessionTemplates'],
  ['GET', `${L}/sessionTemplates/t`, 'GetSessionTemplate'],
  ['PATCH', `${L}/sessionTemplates/t`, 'UpdateSessionTemplate'],
  ['DELETE', `${L}/sessionTemplates/t`, 'DeleteSessionTemplate'],
  ...[R, L].flatMap((at): (readonly [string, string, string])[] => [
    ['POST', `${at}/workflowTemplates`, 'CreateWorkflowTemplate'],
    ['GET', `${at}/workflowTemplates`, 'ListWorkflowTemplates'],
    ['GET', `${at}/workflowTemplates/w`, 'GetWorkflowTemplate'],
    ['PUT', `${at}/workflowTemplates/w`, 'UpdateWorkflowTemplate'],
    ['DELETE', `${at}/workflowTemplates/w`, 'DeleteWorkflowTemplate'],
    ['POST', `${at}/workflowTemplates/w:instantiate`, 'InstantiateWorkflowTemplate'],
    ['POST', `${at}/workflowTemplates:instantiateInline`, 'InstantiateInlineWorkflowTemplate'],
    ['POST', `${at}/autoscalingPolicies`, 'CreateAutoscalingPolicy'],
    ['GET', `${at}/autoscalingPolicies`, 'ListAutoscalingPolicies'],
    ['GET', `${at}/autoscalingPolicies/a`, 'GetAutoscalingPolicy'],
    ['PUT', `${at}/autoscalingPolicies/a`, 'UpdateAutoscalingPolicy'],
    ['DELETE', `${at}/autoscalingPolicies/a`, 'DeleteAutoscalingPolicy'],
    ['GET', `${at}/operations`, 'ListOperations'],
    ['GET', `${at}/operations/o`, 'GetOperation'],
    ['DELETE', `${at}/operations/o`, 'DeleteOperation'],
    ['POST', `${at}/operations/o:cancel`, 'CancelOperation'],
  ]),
];

describe('Dataproc', () => {
  for (const [verb, path, method, job] of REQUESTS)
    it(`${verb} ${path} is ${method}`, () => {
      const expected = { engine: 'dataproc', method, project: 'acme-prod', region: 'europe-west1' };
      expect(jobApiCall(HOST, verb, path)).toEqual(job === undefined ? expected : { ...expected, job });
    });

  it.each([
    ['/google.cloud.dataproc.v1.JobController/SubmitJob', 'SubmitJob'],
    ['/google.cloud.dataproc.v1beta2.ClusterController/CreateCluster', 'CreateCluster'],
    [
      '/google.cloud.dataproc.v1.WorkflowTemplateService/InstantiateWorkflowTemplate',
      'InstantiateWorkflowTemplate',
    ],
    ['/$rpc/google.cloud.dataproc.v1.BatchController/CreateBatch', 'CreateBatch'],
    ['/google.longrunning.Operations/CancelOperation', 'CancelOperation'],
    ['/google.iam.v1.IAMPolicy/SetIamPolicy', 'SetIamPolicy'],
  ])('gRPC %s is %s', (path, method) => {
    expect(jobApiCall(HOST, 'POST', path)).toEqual({ engine: 'dataproc', method });
  });

  it('reads shared gRPC services as its own only under its host', () => {
    expect(jobApiCall('gw.example.com', 'POST', '/google.iam.v1.IAMPolicy/SetIamPolicy')).toBeUndefined();
  });

  it.each([
    'dataproc.googleapis.com',
    'dataproc.googleapis.com:443',
    'DATAPROC.googleapis.com.',
    'europe-west1-dataproc.googleapis.com',
    'dataproc.europe-west1.rep.googleapis.com',
    'dataproc-vpc1.p.googleapis.com',
    'www.googleapis.com',
    'jobs.gateway.example.com',
    '10.0.0.7:8080',
    undefined,
  ])('under host %s', (host) => {
    expect(jobApiCall(host, 'POST', `${R}/jobs:submit`)?.method).toBe('SubmitJob');
  });

  it.each([
    'run.googleapis.com',
    'container.googleapis.com',
    'dataprocrm.googleapis.com',
    'dataflow.googleapis.com',
  ])('not under the host of another API: %s', (host) => {
    expect(jobApiCall(host, 'POST', `${R}/jobs:submit`)).toBeUndefined();
  });

  it('below a gateway prefix', () => {
    expect(jobApiCall('gw.example.com', 'POST', `/dataproc${R}/jobs:submit`)?.method).toBe('SubmitJob');
    expect(jobApiCall('gw.example.com', 'GET', `/a/b${R}/jobs/j`)?.job).toBe('j');
  });

  it('takes operations as its own only where host or prefix name it', () => {
    const path = '/v1/projects/acme-prod/regions/europe-west1/operations/o:cancel';
    expect(jobApiCall('gw.example.com', 'POST', path)).toBeUndefined();
    expect(jobApiCall('gw.example.com', 'POST', `/compute${path}`)).toBeUndefined();
    expect(jobApiCall('gw.example.com', 'POST', `/dataproc${path}`)?.method).toBe('CancelOperation');
  });

  it('names a multipart batch, which hides its calls', () => {
    expect(jobApiCall(HOST, 'POST', '/batch')).toEqual({ engine: 'dataproc', method: 'batch' });
    expect(jobApiCall('shop.example.com', 'POST', '/batch')).toBeUndefined();
    expect(jobApiCall(HOST, 'POST', '/batches')).toBeUndefined();
  });

  it('makes the job id that the other records of the job carry', () => {
    const of = (verb: string, path: string): unknown => {
      const call = jobApiCall(HOST, verb, path);
      return call && jobOfCall(call);
    };
    expect(of('POST', `${R}/jobs/j1:cancel`)).toBe('dataproc:acme-prod/europe-west1/job/j1');
    expect(of('POST', `${L}/batches?batchId=b1`)).toBe('dataproc:acme-prod/europe-west1/batch/b1');
    expect(of('POST', `${L}/sessions/s1:terminate`)).toBe('dataproc:acme-prod/europe-west1/session/s1');
    expect(of('GET', `${L}/batches/b1/sparkApplications/a:access`)).toBe(
      'dataproc:acme-prod/europe-west1/batch/b1',
    );
    expect(of('POST', `${R}/jobs:submit`)).toBeUndefined();
  });
});
