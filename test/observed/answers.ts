/** Answers of the APIs as their references document them, with more in them than is recorded. */

/** google.cloud.dataproc.v1.Job */
export const dataprocJob = (id: string, over: object = {}): object => ({
  reference: { projectId: 'shop-prod', jobId: id },
  placement: { clusterName: 'etl-prod', clusterUuid: '0d7c0e0b-7d5c-4b0a-8f0e-3b1a9e6a7c02' },
  status: { state: 'RUNNING', stateStartTime: '2026-02-02T01:00:09.512345Z', substate: 'SUBMITTED' },
  statusHistory: [
    { state: 'PENDING', stateStartTime: '2026-02-02T01:00:01.100200Z' },
    { state: 'SETUP_DONE', stateStartTime: '2026-02-02T01:00:01.500Z' },
  ],
  yarnApplications: [
    {
      name: 'orders',
      state: 'RUNNING',
      progress: 0.1,
      trackingUrl: 'http://etl-prod-m:8088/proxy/application_1769990000000_0042/',
    },
  ],
  pysparkJob: { mainPythonFileUri: 'gs://shop-code/orders.py', args: ['--password', 'hunter2'] },
  driverOutputResourceUri: 'gs://staging/driveroutput',
  labels: { team: 'orders', 'gw-request-id': 'req-7f3a' },
  jobUuid: '6b1f2a0c-3f60-4a0b-9a55-0f6f5f0f8f01',
  ...over,
});

/** google.cloud.dataproc.v1.Batch */
export const batch = (id: string, over: object = {}): object => ({
  name: `projects/shop-prod/locations/europe-west1/batches/${id}`,
  uuid: 'd5e1',
  createTime: '2026-02-02T01:00:00Z',
  state: 'RUNNING',
  stateTime: '2026-02-02T01:01:00.5Z',
  stateHistory: [{ state: 'PENDING', stateStartTime: '2026-02-02T01:00:00Z' }],
  creator: 'ana@example.com',
  pysparkBatch: { mainPythonFileUri: 'gs://shop-code/nightly.py', args: ['--key', 'x'] },
  environmentConfig: { executionConfig: { serviceAccount: 'etl@shop-prod.iam.gserviceaccount.com' } },
  runtimeInfo: { approximateUsage: { milliDcuSeconds: '120000' } },
  labels: {},
  ...over,
});

/** google.cloud.dataproc.v1.Session */
export const session = (id: string, over: object = {}): object => ({
  name: `projects/shop-prod/locations/europe-west1/sessions/${id}`,
  uuid: '77aa',
  createTime: '2026-02-02T09:00:00Z',
  state: 'ACTIVE',
  stateTime: '2026-02-02T09:01:00Z',
  creator: 'hana@example.com',
  user: 'hana@example.com',
  jupyterSession: { kernel: 'PYTHON' },
  ...over,
});

/** google.dataflow.v1beta3.Job, a summary */
export const dataflowJob = (id: string, over: object = {}): object => ({
  id,
  projectId: 'shop-prod',
  name: 'clickstream',
  type: 'JOB_TYPE_STREAMING',
  currentState: 'JOB_STATE_RUNNING',
  currentStateTime: '2026-02-02T07:00:31.417Z',
  createTime: '2026-02-02T07:00:00.1Z',
  startTime: '2026-02-02T07:00:00.1Z',
  location: 'europe-west1',
  jobMetadata: { sdkVersion: { version: '2.70.0', sdkSupportStatus: 'SUPPORTED' } },
  ...over,
});

/** A run as API 2.2 lists it, as text: its ids are beyond what a number holds. */
export const runText = (id: string, over = ''): string =>
  `{"job_id":104938574839201745,"run_id":${id},"number_in_job":${id},"original_attempt_run_id":${id},` +
  `"run_name":"nightly features","creator_user_name":"ana@example.com","trigger":"PERIODIC",` +
  `"run_type":"JOB_RUN","start_time":1769994000123,"setup_duration":1000,"execution_duration":5000,` +
  `"end_time":0,"state":{"life_cycle_state":"RUNNING","state_message":""},"status":{"state":"RUNNING"}${over}}`;

/** google.monitoring.v3.TimeSeries */
export const sinkSeries = (points: readonly object[]): object => ({
  metric: { type: 'logging.googleapis.com/exports/log_entry_count' },
  resource: {
    type: 'logging_sink',
    labels: {
      project_id: 'shop-prod',
      name: 'jobtrail-dataproc',
      destination: 'pubsub.googleapis.com/projects/p/topics/t',
    },
  },
  metricKind: 'DELTA',
  valueType: 'INT64',
  points,
});

export const point = (startTime: string, endTime: string, int64Value: string): object => ({
  interval: { startTime, endTime },
  value: { int64Value },
});
