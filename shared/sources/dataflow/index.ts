/**
 * Dataflow: audit entries of its jobs, templates and scheduled pipelines, and the logs of jobs and workers.
 * Formats: docs/sources/dataflow.md.
 */
import type { LogEntry } from '../../../schemas/log-entry.ts';
import { logId } from '../fields.ts';
import type { Source } from '../source.ts';
import { normaliseAudit } from './audit.ts';
import { DATAFLOW_LOGS, normaliseLog } from './logs.ts';
import { METHOD_NAMES } from './methods.ts';
import { normalisePipelineRequest } from './pipelines.ts';

const SERVICES: ReadonlySet<string> = new Set(['dataflow.googleapis.com', 'datapipelines.googleapis.com']);
const PIPELINE_LOGS = 'datapipelines.googleapis.com/';

/** The resource or the log is Dataflow's. */
function isDataflowLog(entry: LogEntry): boolean {
  const type = entry.resource?.type;
  if (type === 'dataflow_step' || type?.startsWith(PIPELINE_LOGS) === true) return true;
  const id = logId(entry);
  return id !== undefined && (id.startsWith(DATAFLOW_LOGS) || id.startsWith(PIPELINE_LOGS));
}

function isPipelineLog(entry: LogEntry): boolean {
  return (
    entry.resource?.type?.startsWith(PIPELINE_LOGS) === true ||
    logId(entry)?.startsWith(PIPELINE_LOGS) === true
  );
}

export const dataflow: Source = {
  name: 'dataflow',
  version: 3,
  methods: METHOD_NAMES,
  owns(entry) {
    const service = entry.protoPayload?.serviceName;
    // `resourcemanager.projects.get` is Dataflow's when Dataflow's service wrote it, and only then.
    return service === undefined ? isDataflowLog(entry) : SERVICES.has(service);
  },
  normalise(entry) {
    const payload = entry.protoPayload;
    if (payload !== undefined) return normaliseAudit(entry, payload);
    return isPipelineLog(entry) ? normalisePipelineRequest(entry) : normaliseLog(entry);
  },
};
