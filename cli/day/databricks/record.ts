/**
 * Audit events of Databricks as its log delivery writes them: one JSON object a line, times in milliseconds, nested values as
 * JSON in strings. What a person or an API asked for has its parameters in snake_case, what the platform does in camelCase.
 */
import { WORKSPACES } from '../company.ts';
import type { WorkspaceName } from '../company.ts';
import type { Json, RecordDraft } from '../entry.ts';
import { clock } from '../scene.ts';
import type { Scene } from '../scene.ts';

const ACCOUNT = '7af234db-66d7-4db3-bbf0-956098224879';
/** Whom events of the platform itself name. */
export const SYSTEM_USER = 'System-User';

/** Who acts: as `userIdentity.email` has it, with the address and the client. */
export interface Actor {
  readonly email: string;
  readonly ip: string;
  readonly userAgent: string;
}

const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0';

export const inBrowser = (name: string, ip: string): Actor => ({
  email: `${name}@example.com`,
  ip,
  userAgent: BROWSER,
});

/** Scheduled launches, autoscaling. */
export const PLATFORM: Actor = { email: SYSTEM_USER, ip: '', userAgent: '' };

export interface AuditEvent {
  /** `HH:MM:SS` or milliseconds since midnight. */
  readonly at: string | number;
  readonly workspace: WorkspaceName;
  readonly by: Actor;
  /** `service.action`. */
  readonly method: string;
  readonly params: Json;
  /** 200 unless told. */
  readonly status?: number;
  readonly error?: string;
  readonly result?: Json;
  /** Where the work runs as somebody else than who started it. */
  readonly runs?: { readonly by: string; readonly as: string };
}

export function auditEvent(scene: Scene, event: AuditEvent): RecordDraft {
  const { workspace, by, method, params, result, runs } = event;
  const at = typeof event.at === 'string' ? clock(event.at) : Math.floor(event.at);
  const id = WORKSPACES[workspace];
  const dot = method.indexOf('.');
  return {
    at,
    to: 'databricks',
    file: id,
    text: JSON.stringify({
      version: '2.0',
      timestamp: scene.midnight + at,
      workspaceId: id,
      sourceIPAddress: by.ip,
      userAgent: by.userAgent,
      sessionId: by.userAgent === BROWSER ? scene.random.hex(64) : null,
      userIdentity: { email: by.email, subjectName: null },
      serviceName: method.slice(0, dot),
      actionName: method.slice(dot + 1),
      requestId: scene.random.uuid(),
      requestParams: params,
      response: {
        statusCode: event.status ?? 200,
        errorMessage: event.error ?? null,
        result: result === undefined ? null : JSON.stringify(result),
      },
      auditLevel: workspace === 'account' ? 'ACCOUNT_LEVEL' : 'WORKSPACE_LEVEL',
      accountId: ACCOUNT,
      ...(runs === undefined ? {} : { identityMetadata: { runBy: runs.by, runAs: runs.as } }),
    }),
  };
}
