/**
 * Storage Read and Write API: plain AuditLog. The table stands in the resource's name, the request or the labels, and
 * there is no job: a Spark or Beam worker reads under its own identity.
 */
import type { AuditLog, LogEntry } from '../../../schemas/log-entry.ts';
import { claim } from '../../audit/claims.ts';
import type { Seen } from '../../audit/event.ts';
import { bigqueryTable } from '../../datasets/uri.ts';
import type { DatasetId } from '../../model/dataset.ts';
import { list, obj, own, resourceLabel, str } from '../fields.ts';
import { tableOf } from './names.ts';

export function addStream({ entry, payload, draft, claims }: Seen): void {
  const { request, response } = payload;
  const session = obj(request, 'readSession') ?? obj(response, 'readSession');
  claim(claims, 'readSession', str(response, 'name') ?? str(session, 'name'));
  claim(claims, 'stream', str(request, 'readStream') ?? str(request, 'writeStream') ?? str(request, 'name'));
  const fields = list(obj(session, 'readOptions'), 'selectedFields').length;
  if (fields > 0) claims['fields'] = fields;
  if (draft.action === 'metadata.read' || draft.outcome !== 'allowed') return;
  const dataset = tableOfStream(entry, payload);
  if (dataset === undefined) return;
  draft.datasets = [{ dataset, op: draft.action === 'data.write' ? 'write' : 'read', strength: 'stated' }];
}

function tableOfStream(entry: LogEntry, payload: AuditLog): DatasetId | undefined {
  const { request, resourceName } = payload;
  const session = obj(request, 'readSession');
  const named =
    tableOf(resourceName) ??
    tableOf(own(session, 'table')) ??
    tableOf(own(request, 'tableReference')) ??
    tableOf(own(request, 'writeStream'));
  if (named !== undefined) return named;
  const project = resourceLabel(entry, 'project_id');
  const dataset = resourceLabel(entry, 'dataset_id');
  const table = resourceLabel(entry, 'table_id');
  if (project === undefined || dataset === undefined || table === undefined) return undefined;
  return dataset.startsWith('_') ? undefined : bigqueryTable(`${dataset}.${table}`, project);
}
