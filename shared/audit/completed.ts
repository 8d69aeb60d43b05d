/**
 * Audit entries whose publisher left out which service or which method they are of: exports by hand, documentation,
 * detection rules, and some of Compute Engine's own. What the rest of the entry says of the two is put in their place, with
 * where it is from; what nothing says stays absent, and the source decides.
 */
import type { AuditLog, LogEntry } from '../../schemas/log-entry.ts';
import { derivedService, requestType, type ServiceFrom } from './service.ts';

export type MethodFrom = 'request-type';

export interface Completed {
  readonly entry: LogEntry;
  readonly methodFrom?: MethodFrom;
  readonly serviceFrom?: ServiceFrom;
}

const AUDIT_LOG = 'type.googleapis.com/google.cloud.audit.AuditLog';

/** Undefined where nothing is missing, where nothing tells it, or where the payload is of another type. */
export function completedAudit(entry: LogEntry): Completed | undefined {
  const payload = entry.protoPayload;
  if (payload === undefined || (isGiven(payload.methodName) && isGiven(payload.serviceName)))
    return undefined;
  const type = payload['@type'];
  if (type !== undefined && type !== AUDIT_LOG) return undefined;

  const method = isGiven(payload.methodName) ? undefined : methodOfRequest(payload);
  const service = isGiven(payload.serviceName) ? undefined : derivedService(entry, payload);
  if (method === undefined && service === undefined) return undefined;
  return {
    entry: {
      ...entry,
      protoPayload: {
        ...payload,
        ...(method === undefined ? undefined : { methodName: method }),
        ...(service === undefined ? undefined : { serviceName: service.service }),
      },
    },
    ...(method === undefined ? undefined : { methodFrom: 'request-type' }),
    ...(service === undefined ? undefined : { serviceFrom: service.from }),
  };
}

const isGiven = (text: string | undefined): boolean => text !== undefined && text !== '';

/** https://google.aip.dev/131 and the like: the request of a method is the message METHODRequest. */
const REQUEST = /(?:^|\.)([A-Z][A-Za-z0-9]{1,99})Request$/;
/** Compute Engine names the request by the method itself: `compute.disks.setIamPolicy`. */
const COMPUTE_METHOD = /^compute\.[a-z][A-Za-z]{1,60}\.[a-z][A-Za-z]{1,60}$/;
/** No message has a longer name. */
const MAX_TYPE = 256;

function methodOfRequest(payload: AuditLog): string | undefined {
  const type = requestType(payload);
  if (type === undefined || type.length > MAX_TYPE) return undefined;
  return COMPUTE_METHOD.test(type) ? type : REQUEST.exec(type)?.[1];
}
