/** Records as Kong writes them, without a LogEntry: what http-log posts, and the lines of an exported file. */
export const WORKSPACE = '1065b6d6-219f-4002-b3e9-334fc3eff46c';
const CONSUMER = '5d0c3f0a-4f6e-4b53-9d3c-2f1d0b7a9e11';
const SUBMIT = '/v1/projects/acme-prod/regions/europe-west1/jobs:submit';

/** One request as `kong.log.serialize()` gives it, with the values of the documentation's example. */
export const request = (changes: object = {}): Record<string, unknown> => ({
  request: {
    id: '2f6946328ffc4946b8c9120704a4a155',
    method: 'POST',
    uri: `/dataproc${SUBMIT}`,
    url: `https://gateway.acme.example:8443/dataproc${SUBMIT}`,
    size: 139,
    querystring: {},
    headers: { host: 'gateway.acme.example', authorization: 'REDACTED' },
  },
  response: { status: 200, size: 9982, headers: { via: '1.1 kong/3.8.0.0' } },
  upstream_uri: SUBMIT,
  upstream_status: '200',
  latencies: { kong: 1, proxy: 171, request: 173, receive: 1 },
  tries: [{ balancer_start: 1726783839539, balancer_start_ns: 1.7267838395395e18, ip: '34.237.204.224' }],
  client_ip: '192.168.65.1',
  started_at: 1726783839538,
  source: 'upstream',
  workspace: WORKSPACE,
  workspace_name: 'default',
  service: {
    id: 'fb4eecf8-dec2-40ef-b779-16de7e2384c7',
    name: 'dataproc-api',
    host: 'dataproc.googleapis.com',
  },
  route: { id: '0f1a4101-3327-4274-b1e4-484a4ab0c030', name: 'dataproc-jobs' },
  consumer: { id: CONSUMER, username: 'airflow-prod' },
  authenticated_entity: { id: '0a7d3c52-8a5b-4d4e-9f53-6b3e9b6a3f77', consumer_id: CONSUMER },
  ...changes,
});

/** JSON text with a trace id that a double cannot hold. */
export const konnectJson = (trace = '6891110586028963295'): string =>
  `{"cef_version":0,"event_class_id":"AUTHENTICATION_TYPE_BASIC","event_product":"Konnect","event_ts":"2026-03-02T09:00:01Z",` +
  `"event_vendor":"KongInc","event_version":"1.0","name":"AUTHENTICATION_OUTCOME_SUCCESS","org_id":"b065b594-6afc-4658-9101-5d9cf3f36b7b",` +
  `"principal_id":"87655c36-8d63-48fe-9a1e-53b28dfbc19b","request":"/api/v1/authenticate","rt":"1772442060538","severity":0,` +
  `"src":"198.51.100.7","success":"true","trace_id":${trace},"user_agent":"grpc-node-js/1.8.10"}`;

export const CEF_LINE =
  '2026-03-02T09:00:02Z konghq.com CEF:0|KongInc|Konnect|1.0|konnect|Authz.control-planes|6|rt=1772442060538 ' +
  'src=198.51.100.7 action=delete granted=false org_id=777db3e4-5cb7-4dd5-b51c-9878096a6999 ' +
  'principal_id=eb999f01-5976-4f4b-9fbc-dd5d514bd675 trace_id=3959872677347089807 user_agent=grpc-node-js/1.12.4 sig=KbLa';

export const ADMIN_REQUEST = {
  client_ip: '10.8.0.4',
  method: 'DELETE',
  path: '/plugins/0f1a4101-3327-4274-b1e4-484a4ab0c030',
  payload: null,
  rbac_user_id: '7c0f9a3d-65b3-4f1c-8a44-2f7b8a0f5d21',
  rbac_user_name: 'platform-ana',
  removed_from_payload: null,
  request_id: 'OjOcUBvt6q6XJlX3dd6BSpy1uUkTyctC',
  request_timestamp: 1676424547,
  signature: null,
  status: 204,
  ttl: 2591997,
  workspace: WORKSPACE,
};

export const adminObject = (operation: string, entity: object): Record<string, unknown> => ({
  dao_name: 'consumers',
  entity: JSON.stringify(entity),
  entity_key: '16787ed7-d805-434a-9cec-5e5a3e5c9e4f',
  expire: 1544723418009,
  id: '7ebabee7-2b09-445d-bc1f-2092c4ddc4be',
  operation,
  request_id: '59fpTWlpUtHJ0qnAWBzQRHRDv7i5DwK2',
});

export const ACCESS_LINE =
  '10.1.2.3 - - [19/Sep/2024:22:10:39 -0230] "GET /example-route HTTP/1.1" 200 9593 "-" "HTTPie/3.2.3" ' +
  'kong_request_id: "2f6946328ffc4946b8c9120704a4a155"';
