/** Cloud Audit Logs entries: google.cloud.audit.AuditLog as services write it. */
import type { Random } from '../random.ts';
import { entry, logNameOf, nanoTime, type Json, type Path, type Told } from '../told.ts';

/** Who calls, as `authenticationInfo` tells it. */
export interface Caller {
  readonly mail: string;
  readonly ip: string;
  /** Original caller first. */
  readonly actingFor?: readonly string[];
}

export interface AuditCall {
  readonly at: number;
  readonly path: Path;
  readonly project: string;
  readonly log?: 'activity' | 'data_access';
  readonly service: string;
  readonly method: string;
  readonly resource: Json;
  readonly resourceName?: string;
  readonly caller?: Caller;
  readonly permissions: readonly (readonly [permission: string, resource: string])[];
  readonly request?: Json;
  readonly response?: Json;
  readonly metadata?: Json;
  readonly serviceData?: Json;
  readonly denied?: boolean;
  readonly operation?: Json;
  readonly labels?: Json;
  readonly split?: Json;
  readonly insertId?: string;
  readonly lateMs?: number;
}

const subjectOf = (mail: string): string =>
  `${mail.endsWith('.gserviceaccount.com') ? 'serviceAccount' : 'user'}:${mail}`;

function authentication({ mail, actingFor }: Caller): Json {
  return {
    principalEmail: mail,
    principalSubject: subjectOf(mail),
    ...(actingFor === undefined || actingFor.length === 0
      ? {}
      : {
          serviceAccountDelegationInfo: actingFor.map((who) => ({
            principalSubject: subjectOf(who),
            firstPartyPrincipal: { principalEmail: who },
          })),
        }),
  };
}

export function audit(random: Random, call: AuditCall): Told {
  const { caller, permissions, denied, log = 'activity' } = call;
  const [asked] = permissions;
  return entry(random, {
    at: call.at,
    path: call.path,
    logName: logNameOf(call.project, `cloudaudit.googleapis.com/${log}`),
    resource: call.resource,
    payload: {
      protoPayload: {
        '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
        status:
          denied === true
            ? {
                code: 7,
                message: `Permission '${asked?.[0] ?? ''}' denied on resource '${asked?.[1] ?? ''}'.`,
              }
            : {},
        ...(caller === undefined
          ? {}
          : {
              authenticationInfo: authentication(caller),
              requestMetadata: {
                callerIp: caller.ip,
                callerSuppliedUserAgent: 'gcloud-python/1.46.0 gl-python/3.12.8,gzip(gfe)',
                requestAttributes: { time: nanoTime(call.at, random), auth: {} },
                destinationAttributes: {},
              },
            }),
        serviceName: call.service,
        methodName: call.method,
        ...(permissions.length === 0
          ? {}
          : {
              authorizationInfo: permissions.map(([permission, resource]) => ({
                resource,
                permission,
                ...(denied === true ? {} : { granted: true }),
                resourceAttributes: {},
              })),
            }),
        ...(call.resourceName === undefined ? {} : { resourceName: call.resourceName }),
        ...(call.request === undefined ? {} : { request: call.request }),
        ...(call.response === undefined ? {} : { response: call.response }),
        ...(call.metadata === undefined ? {} : { metadata: call.metadata }),
        ...(call.serviceData === undefined ? {} : { serviceData: call.serviceData }),
      },
    },
    severity: denied === true ? 'ERROR' : log === 'activity' ? 'NOTICE' : 'INFO',
    ...(call.operation === undefined ? {} : { operation: call.operation }),
    ...(call.labels === undefined ? {} : { labels: call.labels }),
    ...(call.split === undefined ? {} : { split: call.split }),
    ...(call.insertId === undefined ? {} : { insertId: call.insertId }),
    ...(call.lateMs === undefined ? {} : { lateMs: call.lateMs }),
  });
}
