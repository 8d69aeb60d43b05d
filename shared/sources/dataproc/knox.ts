/**
 * Audit lines of Apache Knox, the gateway of a cluster's web interfaces and REST services (component gateway):
 *
 *   DATE ROOT|PARENT|REQUEST|audit|[IP|]SERVICE|USER|PROXY_USER|SYSTEM_USER|ACTION|TYPE|RESOURCE|OUTCOME|MESSAGE
 *
 * Older versions have no IP. Users and paths are written by callers, so a separator may stand in them.
 */
import type { LogEntry } from '../../../schemas/log-entry.ts';
import type { Normalised, Outcome } from '../../model/event.ts';
import { resourceLabel } from '../fields.ts';
import { claim, event, filtered, regionLabel, short, type Claims, type Draft } from './draft.ts';

const MAX_FIELDS = 64;
const MAX_PATH = 1024;

export function knoxLine(entry: LogEntry, line: string): Normalised {
  const fields = line.split('|', MAX_FIELDS);
  const audit = fields.indexOf('audit');
  if (audit < 0) return filtered('dataproc-log-knox');
  const action = actionIndex(fields, audit);
  if (action < 0)
    return { kind: 'refused', code: 'line-grammar', reason: 'The Knox audit line has no action.' };
  const verb = fields[action] ?? '';
  const whole = fields.length <= action + 5;
  const outcome = whole ? (fields[action + 3] ?? '') : '';
  // The first line of a request says that it came, the last one how it was answered.
  if (verb === 'access' && outcome === 'unavailable') return filtered('knox-request-begun');
  if (verb !== 'access' && outcome !== 'failure') return filtered('knox-audit-step');

  const project = resourceLabel(entry, 'project_id');
  const region = regionLabel(entry);
  const path = fields[action + 2] ?? '';
  const claims: Claims = {};
  const status = verb === 'access' && whole ? statusOf(fields[action + 4] ?? '') : undefined;
  const user = fields[action - 3] ?? '';
  const draft: Draft = {
    action: 'api.call',
    outcome: outcomeOf(verb, outcome, status),
    method: `knox.${verb}`,
    ...(status === undefined ? {} : { status }),
    identity:
      user === ''
        ? { absent: 'unauthenticated' }
        : { caller: { kind: 'named', name: short(user), realm: 'knox' } },
    via: 'gateway',
    provenance: 'tenant',
    claims,
  };
  if (path !== '') draft.resource = withoutQuery(path);
  if (project !== undefined) draft.project = project;
  if (region !== undefined) draft.location = region;
  claim(claims, 'cluster', resourceLabel(entry, 'cluster_name'));
  claim(claims, 'service', fields[action - 4]);
  claim(claims, 'proxyUser', fields[action - 2] === '' ? undefined : fields[action - 2]);
  claim(claims, 'knoxRequest', fields[audit - 1] === '' ? undefined : fields[audit - 1]);
  return event(draft);
}

const ACTIONS = new Set(['access', 'authentication', 'authorization', 'dispatch', 'identity-mapping']);

/** The action stands five fields behind `audit`, six where the IP is written; nobody but Knox fills these two. */
function actionIndex(fields: readonly string[], audit: number): number {
  for (const at of [audit + 5, audit + 6]) if (ACTIONS.has(fields[at] ?? '')) return at;
  return -1;
}

function outcomeOf(verb: string, outcome: string, status: number | undefined): Outcome {
  if (verb !== 'access') return verb === 'dispatch' ? 'failed' : 'denied';
  if (status === 401 || status === 403) return 'denied';
  if (status !== undefined) return status >= 400 ? 'failed' : 'allowed';
  return outcome === 'success' ? 'allowed' : outcome === 'failure' ? 'failed' : 'unknown';
}

const STATUS = 'Response status: ';

function statusOf(message: string): number | undefined {
  if (!message.startsWith(STATUS)) return undefined;
  const code = message.slice(STATUS.length, STATUS.length + 3);
  return /^[1-5][0-9]{2}$/.test(code) ? Number(code) : undefined;
}

/** Queries carry tokens and `doAs`. */
function withoutQuery(path: string): string {
  const end = path.search(/[?;]/);
  return (end < 0 ? path : path.slice(0, end)).slice(0, MAX_PATH);
}
