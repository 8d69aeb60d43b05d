/** A source made of tables: every service whose entries are Cloud Audit Logs entries and nothing else. */
import type { LogEntry } from '../../schemas/log-entry.ts';
import type { Normalised } from '../model/event.ts';
import type { Source, SourceName } from '../sources/source.ts';
import { auditEvent, finished, type Seen } from './event.ts';
import { methodTable, type ServiceMethods } from './methods.ts';
import { serviceOf } from './service.ts';
import { addPerimeter, isPerimeterEntry } from './vpc-service-controls.ts';

/** Adds to an event what the method's request, response and metadata say; may narrow its action or outcome. */
export type Reader = (seen: Seen) => void;

interface AuditSourceOptions<R extends string> {
  readonly name: SourceName;
  readonly version: number;
  readonly tables: readonly ServiceMethods<R>[];
  readonly readers: Readonly<Record<R, Reader>>;
  /** Which of the entries of a service are this source's; without it, those of the services in the tables. */
  owns?(service: string, methodName: string | undefined): boolean;
  /** Where the service has no table of its own, or its table leaves the method to others. */
  find?(service: string, methodName: string): { action: Seen['draft']['action']; reads?: R } | undefined;
  /** The rule that leaves an event out on purpose, asked after it was read. */
  leavesOut?(seen: Seen): string | undefined;
}

/** @throws Error when a table names a method twice. */
export function auditSource<R extends string>(options: AuditSourceOptions<R>): Source {
  const { name, version, tables, readers } = options;
  const table = methodTable(tables);

  function normalise(entry: LogEntry): Normalised {
    const payload = entry.protoPayload;
    const service = serviceOf(entry);
    if (payload === undefined || service === undefined) {
      return { kind: 'refused', code: 'payload-missing', reason: 'The entry has no protoPayload.' };
    }
    const methodName = payload.methodName;
    if (methodName === undefined || methodName === '') {
      return {
        kind: 'refused',
        code: 'payload-shape',
        reason: `The audit entry of ${service.slice(0, 100)} has no protoPayload.methodName, so what was done cannot be told.`,
      };
    }
    const method = options.find?.(service, methodName) ?? table.find(service, methodName);
    const seen = auditEvent(entry, payload, methodName, method?.action ?? 'unclassified');
    if (method?.reads !== undefined) readers[method.reads](seen);
    if (isPerimeterEntry(payload)) addPerimeter(seen);
    const rule = options.leavesOut?.(seen);
    if (rule !== undefined) return { kind: 'filtered', rule };
    const event = finished(seen);
    return method === undefined
      ? { kind: 'event', event, unknownMethod: methodName }
      : { kind: 'event', event };
  }

  return {
    name,
    version,
    methods: table.listed,
    owns(entry) {
      const service = serviceOf(entry);
      if (service === undefined) return false;
      return options.owns?.(service, entry.protoPayload?.methodName) ?? table.has(service);
    },
    normalise,
  };
}
