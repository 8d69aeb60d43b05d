/** Changes of a database's schema, asked of Spanner's admin API. */
import type { protos } from '@google-cloud/spanner';
import type { SpannerClient } from './client.ts';
import { statusOf } from './errors.ts';
import type { ChangeState, SchemaChanges } from './migrate-changes.ts';

const TIMEOUT = 30_000;
/** The caller repeats, and says so. */
const OPTIONS = { timeout: TIMEOUT, retry: null };
const NOT_FOUND = 5;
const DDL = 'google.spanner.admin.database.v1.UpdateDatabaseDdlMetadata';
/** Operations of a database are kept for some days. */
const MOST = 10_000;

/** @param database `projects/P/instances/I/databases/D` */
export async function openChanges({ spanner }: SpannerClient, database: string): Promise<SchemaChanges> {
  const { protos: types } = await import('@google-cloud/spanner');
  const { GetOperationRequest, ListOperationsRequest } = types.google.longrunning;
  const { UpdateDatabaseDdlMetadata } = types.google.spanner.admin.database.v1;
  const admin = spanner.getDatabaseAdminClient();
  const nameOf = (id: string): string => `${database}/operations/${id}`;
  return {
    nameOf,
    async underWay() {
      const names: string[] = [];
      let seen = 0;
      const listed = admin.operationsClient.listOperationsAsync(
        ListOperationsRequest.create({ name: `${database}/operations`, pageSize: 100 }),
        { autoPaginate: false, timeout: TIMEOUT },
      );
      for await (const { name, done, metadata } of listed) {
        seen += 1;
        if (done !== true && typeof name === 'string' && metadata?.type_url?.endsWith(`/${DDL}`) === true)
          names.push(name);
        if (seen === MOST) break;
      }
      return names;
    },
    async begin(id, statements) {
      await admin.updateDatabaseDdl({ database, statements: [...statements], operationId: id }, OPTIONS);
    },
    async state(name) {
      try {
        const [operation] = await admin.operationsClient.getOperation(
          GetOperationRequest.create({ name }),
          OPTIONS,
        );
        const { value } = operation.metadata ?? {};
        return stateOf(operation, value instanceof Uint8Array ? UpdateDatabaseDdlMetadata.decode(value) : {});
      } catch (error) {
        if (statusOf(error) === NOT_FOUND) return { kind: 'unknown' };
        throw error;
      }
    },
  };
}

interface Answer {
  readonly done?: boolean | null;
  readonly error?: { readonly code?: number | null; readonly message?: string | null } | null;
}

/** Of what the service sent: nothing in it is sure to be there. */
export function stateOf(
  { done, error }: Answer,
  metadata: protos.google.spanner.admin.database.v1.IUpdateDatabaseDdlMetadata,
): ChangeState {
  const { statements, commitTimestamps, progress, throttled } = metadata;
  const applied = commitTimestamps?.length ?? 0;
  if (typeof error?.code === 'number' && error.code !== 0)
    return { kind: 'failed', applied, status: error.code, message: error.message ?? 'no reason given' };
  if (done === true) return { kind: 'done' };
  const percent = progress?.[applied]?.progressPercent;
  return {
    kind: 'running',
    statements: statements ?? [],
    applied,
    percent: typeof percent === 'number' ? percent : undefined,
    throttled: throttled === true,
  };
}
