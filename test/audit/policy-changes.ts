/** Changes of Google Cloud policies as audit entries, and the versions they leave. */
import { LogEntry } from '../../schemas/log-entry.ts';
import type { PolicyVersion } from '../../shared/model/event.ts';
import { SOURCES } from '../../shared/sources/index.ts';

export interface Change {
  readonly request?: unknown;
  readonly response?: unknown;
  readonly labels?: Record<string, string>;
  readonly serviceData?: unknown;
  readonly metadata?: unknown;
  readonly operation?: unknown;
  readonly status?: unknown;
}

/** The version that a constructed entry leaves, by whichever source owns it. */
export function version(
  service: string,
  methodName: string,
  resourceName: string,
  change: Change,
): PolicyVersion | undefined {
  const { labels = { project_id: 'acme' }, operation, ...payload } = change;
  const entry = LogEntry.parse({
    logName: 'projects/acme/logs/cloudaudit.googleapis.com%2Factivity',
    resource: { type: 'audited_resource', labels },
    operation,
    protoPayload: { serviceName: `${service}.googleapis.com`, methodName, resourceName, ...payload },
  });
  const source = SOURCES.find((one) => one.owns(entry));
  const result = source?.normalise(entry);
  if (result?.kind !== 'event') throw new Error(`expected an event, got ${JSON.stringify(result)}`);
  return result.event.policy;
}
