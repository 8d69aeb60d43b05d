/** How an action ended, as `response.statusCode` (an HTTP status), the action's own name or its parameters tell. */
import type { Outcome } from '../../model/event.ts';
import { scalar, type AuditRecord } from './record.ts';

/** Named after how they ended; their status is that of writing the record. */
const BY_NAME: ReadonlyMap<string, Outcome> = new Map([
  ['jobs.runfailed', 'failed'],
  ['accounts.ipaccessdenied', 'denied'],
  ['accounts.accountipaclsvalidationfailed', 'denied'],
]);
/** Written by the platform after the fact, with or without a response. */
const HAPPENED = new Set(['jobs.runtriggered', 'jobs.runstart', 'jobs.runsucceeded']);

/** @param name `service.action` in lower case. */
export function outcomeOf(record: AuditRecord, name: string): Outcome {
  const named = BY_NAME.get(name);
  if (named !== undefined) return named;
  const { status, error, params } = record;
  if (status === 401 || status === 403) return 'denied';
  if (status !== undefined && status >= 400) return 'failed';
  if (scalar(params, 'is_ip_access_denied') === 'true') return 'denied';
  if (name === 'notebook.runcommand') return commandOutcome(scalar(params, 'status'), status);
  if (status !== undefined) return 'allowed';
  if (error !== undefined) return 'failed';
  return HAPPENED.has(name) ? 'allowed' : 'unknown';
}

/** The request to run a command succeeds whatever the command does. */
function commandOutcome(state: string | undefined, status: number | undefined): Outcome {
  switch (state) {
    case 'finished':
      return 'allowed';
    case 'failed':
    case 'cancelled':
      return 'failed';
    case undefined:
      return status === undefined ? 'unknown' : 'allowed';
    default:
      return 'unknown';
  }
}
