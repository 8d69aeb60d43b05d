/**
 * Spanner: reads, queries, DML and commits, sessions, administration of databases, backups and instances.
 * Formats: docs/sources/spanner.md.
 */
import { withoutMethod } from '../../audit/payload.ts';
import type { AuditLog, LogEntry } from '../../../schemas/log-entry.ts';
import { claim } from '../../audit/claims.ts';
import { auditEvent, finished, type Seen } from '../../audit/event.ts';
import { checked, countClaim, toolOf } from '../../audit/evidence.ts';
import { readPolicyChange } from '../../audit/iam-policy.ts';
import { addPerimeter, isPerimeterEntry } from '../../audit/vpc-service-controls.ts';
import type { DatasetOp, Normalised } from '../../model/event.ts';
import { list, num, obj, own, str, strings } from '../fields.ts';
import type { Source } from '../source.ts';
import { METHODS, methodOf, shortName, type Access } from './methods.ts';
import { statementOp } from './statement.ts';
import { databaseOf, tableOf, tablesOfMutations } from './target.ts';

function normalise(entry: LogEntry): Normalised {
  const payload = entry.protoPayload;
  const name = payload?.methodName;
  if (payload === undefined || name === undefined || name === '') return withoutMethod('Spanner');
  const method = methodOf(name);
  const seen = auditEvent(entry, payload, name, method?.action ?? 'unclassified');
  claim(seen.claims, 'tool', toolOf(payload));
  if (isPerimeterEntry(payload)) addPerimeter(seen);
  else if (method?.access === undefined) addAdmin(seen);
  else if (method.access === 'transaction' && seen.draft.outcome === 'allowed') {
    // Bookkeeping around the reads and commits that have entries of their own.
    return { kind: 'filtered', rule: 'spanner-transaction-control' };
  } else addData(seen, method.access);
  return { kind: 'event', event: finished(seen), ...(method === undefined ? { unknownMethod: name } : {}) };
}

function addData({ draft, claims, payload }: Seen, access: Access): void {
  const { request, metadata } = payload;
  const options = obj(request, 'requestOptions');
  claim(claims, 'requestTag', str(options, 'requestTag'));
  claim(claims, 'transactionTag', str(options, 'transactionTag'));
  claim(claims, 'index', str(request, 'index'));
  claim(claims, 'queryMode', str(request, 'queryMode'));
  if (own(request, 'dataBoostEnabled') === true) claims['dataBoost'] = true;
  claim(claims, 'partitionBatch', str(metadata, 'partitionBatchIdentifier'));
  // Seconds from the first byte of the request to the last of the response; a number or a Duration as text.
  const seconds = num(metadata, 'processingDurationSeconds');
  claim(claims, 'processingSeconds', seconds ?? str(metadata, 'processingDurationSeconds'));
  countClaim(claims, 'responseItems', payload.numResponseItems);
  claim(
    claims,
    'role',
    str(obj(request, 'session'), 'creatorRole') ?? str(obj(request, 'sessionTemplate'), 'creatorRole'),
  );
  if (access === 'session' || access === 'transaction') return;

  const op = opOf(payload, access);
  if (op === 'write') draft.action = 'data.write';
  const tables = access === 'write' ? tablesOfMutations(request) : undefined;
  if (tables !== undefined && tables.size > 0) claims['tables'] = tables.size;
  const statements = list(request, 'statements').length;
  if (statements > 0) claims['statements'] = statements;
  // The last entry of a streaming call repeats the first without its request.
  if (draft.outcome !== 'allowed' || draft.operation?.phase === 'last') return;
  const database = databaseOf(payload.resourceName) ?? databaseOf(str(request, 'session'));
  if (database === undefined) return;
  // One dataset for each access: the table where exactly one is named, otherwise the database.
  const [only] = tables ?? [];
  const table = str(request, 'table') ?? (tables?.size === 1 ? only : undefined);
  draft.datasets = [{ dataset: tableOf(database, table), op, strength: 'stated' }];
}

const READ_WRITE = 'spanner.databases.beginOrRollbackReadWriteTransaction';
const PARTITIONED_DML = 'spanner.databases.beginPartitionedDmlTransaction';

/** A statement may be a query or DML. Where its text was left out, the permissions tell what it could have been. */
function opOf(payload: AuditLog, access: Access): DatasetOp {
  if (access !== 'statement') return access === 'write' ? 'write' : 'read';
  const told = statementOp(str(payload.request, 'sql'));
  if (told !== undefined) return told;
  const mayWrite =
    checked(payload, 'spanner.databases.write') ||
    checked(payload, 'spanner.databases.adapt') ||
    checked(payload, READ_WRITE) ||
    checked(payload, PARTITIONED_DML);
  return mayWrite ? 'use' : 'read';
}

function addAdmin(seen: Seen): void {
  const { draft, claims, payload, method } = seen;
  const { request } = payload;
  if (draft.action === 'iam.change') readPolicyChange(seen);
  claim(claims, 'backup', str(request, 'backupId') ?? str(request, 'backup'));
  claim(claims, 'sourceBackup', str(request, 'sourceBackup'));
  claim(claims, 'sourceDatabase', str(obj(request, 'backup'), 'database'));
  claim(claims, 'newDatabase', str(request, 'databaseId'));
  const statements = strings(request, 'statements').length + strings(request, 'extraStatements').length;
  if (statements > 0) claims['statements'] = statements;
  if (draft.outcome !== 'allowed' || draft.operation?.phase === 'last') return;
  switch (shortName(method)) {
    case 'DropDatabase':
      return addDataset(draft, str(request, 'database') ?? payload.resourceName, 'write');
    case 'CreateBackup':
      return addDataset(draft, str(obj(request, 'backup'), 'database'), 'read');
    case 'RestoreDatabase':
      return addDataset(draft, restored(payload), 'write');
    default:
      return undefined;
  }
}

/** `parent` and `databaseId` name the database that a restore makes. */
function restored(payload: AuditLog): string | undefined {
  const parent = str(payload.request, 'parent');
  const id = str(payload.request, 'databaseId');
  return parent === undefined || id === undefined ? payload.resourceName : `${parent}/databases/${id}`;
}

function addDataset(draft: Seen['draft'], resource: string | undefined, op: DatasetOp): void {
  const dataset = databaseOf(resource);
  if (dataset !== undefined) draft.datasets = [{ dataset, op, strength: 'stated' }];
}

export const spanner: Source = {
  name: 'spanner',
  version: 1,
  methods: METHODS,
  owns: (entry) => entry.protoPayload?.serviceName === 'spanner.googleapis.com',
  normalise,
};
