/** Cloud Audit Logs entries: google.cloud.audit.AuditLog as services write it. */
import type { Caller } from './callers.ts';
import { logNameOf } from './entry.ts';
import type { Draft, Json, Subscription } from './entry.ts';

export interface Permission {
  readonly permission: string;
  readonly resource: string;
  readonly permissionType: 'ADMIN_WRITE' | 'ADMIN_READ' | 'DATA_READ' | 'DATA_WRITE';
  readonly resourceAttributes?: Json;
}

export interface AuditCall {
  readonly at: number;
  readonly to: Subscription;
  readonly project: string;
  readonly log?: 'activity' | 'data_access' | 'system_event' | 'policy';
  readonly service: string;
  readonly method: string;
  readonly resourceName?: string;
  readonly location?: string;
  /** Absent on the entry that ends an operation, where the service leaves it out. */
  readonly caller?: Caller;
  readonly permissions?: readonly Permission[];
  readonly request?: Json;
  readonly response?: Json;
  readonly metadata?: Json;
  /** Deprecated, and where policies' deltas are still told. */
  readonly serviceData?: Json;
  readonly status?: { readonly code: number; readonly message: string };
  readonly resource: Json;
  readonly operation?: Json;
  /** `requestMetadata.requestAttributes.time`; the service's own clock. */
  readonly requestTime: string;
  readonly lateByMs?: number;
}

const PERMISSION_DENIED = 7;

/** A permission that was refused is told by leaving `granted` out. */
function authorization(call: AuditCall): readonly Json[] {
  const granted = call.status?.code === PERMISSION_DENIED ? {} : { granted: true };
  return (call.permissions ?? []).map(({ permission, resource, permissionType, resourceAttributes }) => ({
    resource,
    permission,
    ...granted,
    resourceAttributes: resourceAttributes ?? {},
    permissionType,
  }));
}

function requestMetadata(call: AuditCall): Json {
  if (call.caller === undefined) return {};
  return {
    callerIp: call.caller.ip,
    callerSuppliedUserAgent: call.caller.userAgent,
    requestAttributes: { time: call.requestTime, auth: {} },
    destinationAttributes: {},
  };
}

export function audit(call: AuditCall): Draft {
  const { status, caller, permissions, request, response, metadata, resourceName, location } = call;
  const { serviceData } = call;
  const log = call.log ?? 'activity';
  return {
    at: call.at,
    to: call.to,
    logName: logNameOf(call.project, `cloudaudit.googleapis.com/${log}`),
    resource: call.resource,
    payload: {
      protoPayload: {
        '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
        status: status ?? {},
        ...(caller === undefined ? {} : { authenticationInfo: caller.authenticationInfo }),
        requestMetadata: requestMetadata(call),
        serviceName: call.service,
        methodName: call.method,
        ...(permissions === undefined ? {} : { authorizationInfo: authorization(call) }),
        ...(resourceName === undefined ? {} : { resourceName }),
        ...(request === undefined ? {} : { request }),
        ...(response === undefined ? {} : { response }),
        ...(metadata === undefined ? {} : { metadata }),
        ...(serviceData === undefined ? {} : { serviceData }),
        ...(location === undefined ? {} : { resourceLocation: { currentLocations: [location] } }),
      },
    },
    severity: status !== undefined ? 'ERROR' : log === 'activity' ? 'NOTICE' : 'INFO',
    ...(call.operation === undefined ? {} : { operation: call.operation }),
    ...(call.lateByMs === undefined ? {} : { lateByMs: call.lateByMs }),
  };
}
