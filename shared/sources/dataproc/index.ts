/**
 * Dataproc: audit entries of both of its services, logs of jobs, batches and sessions, and those logs of a cluster
 * that show work outside the job API. Formats: docs/sources/dataproc.md.
 */
import type { LogEntry } from '../../../schemas/log-entry.ts';
import type { Normalised } from '../../model/event.ts';
import type { Source } from '../source.ts';
import { normaliseAudit } from './audit.ts';
import { normaliseLog } from './logs.ts';
import { METHODS } from './methods.ts';

const RESOURCE = 'cloud_dataproc_';
/** LOG_IDs that are this source's whatever resource a writer files them under. */
const LOGS = ['dataproc.job.', 'dataproc.googleapis.com', 'google.dataproc.', 'yarn-userlogs'];

function owns(entry: LogEntry): boolean {
  const payload = entry.protoPayload;
  if (payload !== undefined) {
    return (
      payload.serviceName === 'dataproc.googleapis.com' || payload.serviceName === 'dataprocrm.googleapis.com'
    );
  }
  if (entry.resource?.type?.startsWith(RESOURCE) === true) return true;
  const name = entry.logName;
  const at = name === undefined ? -1 : name.indexOf('/logs/');
  return name !== undefined && at > 0 && LOGS.some((log) => name.startsWith(log, at + 6));
}

function normalise(entry: LogEntry): Normalised {
  return entry.protoPayload === undefined ? normaliseLog(entry) : normaliseAudit(entry, entry.protoPayload);
}

export const dataproc: Source = { name: 'dataproc', version: 3, methods: METHODS, owns, normalise };
