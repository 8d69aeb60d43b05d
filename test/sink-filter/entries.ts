/** Entries as Cloud Logging writes them of what goes on in the pipeline's project. */
import type { Json } from '../../shared/sources/fields.ts';
import { PIPELINE, PIPELINE_NUMBER } from './files.ts';

export interface Named {
  readonly name: string;
  readonly entry: Json;
}

export interface Call {
  readonly by: string;
  readonly service: string;
  readonly method: string;
  readonly resource: string;
  readonly log?: 'activity' | 'data_access';
  readonly project?: string;
  readonly authentication?: Json;
  /** Over the payload. */
  readonly payload?: Json;
}

export const audit = ({
  by,
  service,
  method,
  resource,
  log,
  project = PIPELINE,
  authentication,
  payload,
}: Call): Json => ({
  logName: `projects/${project}/logs/cloudaudit.googleapis.com%2F${log ?? 'data_access'}`,
  resource: { type: 'audited_resource', labels: { project_id: project, service, method } },
  insertId: '1gkq0v3e2dx3',
  timestamp: '2026-11-20T08:15:02.113451Z',
  severity: log === 'activity' ? 'NOTICE' : 'INFO',
  protoPayload: {
    '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
    status: {},
    authenticationInfo: {
      principalEmail: by,
      principalSubject: `serviceAccount:${by}`,
      // Functions have their identity from the runtime's agent.
      serviceAccountDelegationInfo: [
        { firstPartyPrincipal: { principalEmail: agent('serverless-robot-prod') } },
      ],
      ...authentication,
    },
    requestMetadata: { callerIp: 'private', callerSuppliedUserAgent: 'gl-node/24.1.0' },
    serviceName: service,
    methodName: method,
    resourceName: resource,
    ...payload,
  },
});

export const agent = (domain: string, number = PIPELINE_NUMBER): string =>
  `service-${number}@${domain}.iam.gserviceaccount.com`;

export const DATABASE = `projects/${PIPELINE}/instances/jobtrail/databases/jobtrail`;
export const SPANNER = 'google.spanner.v1.Spanner';

export const run = (type: string, log: string, rest: Json): Json => ({
  logName: `projects/${PIPELINE}/logs/${log}`,
  resource: {
    type,
    labels: { project_id: PIPELINE, service_name: 'jobtrail-kong', location: 'europe-west1' },
  },
  timestamp: '2026-11-20T08:15:02.113451Z',
  ...rest,
});
