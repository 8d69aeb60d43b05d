/**
 * Workspace events: the facts are in `metadata.event[].parameter[]` (ccc_hosted_reporting.ActivityProto), named by the
 * Reports API. Fixed parameters are read, by name; the first event of an entry is the one its method is named after.
 */
import { claim, listClaim } from '../../audit/claims.ts';
import type { Seen } from '../../audit/event.ts';
import { isObject, list, own, str, strings, type Json } from '../fields.ts';

function parametersOf({ payload }: Seen): ReadonlyMap<string, Json> {
  const found = new Map<string, Json>();
  const event = list(payload.metadata, 'event')[0];
  if (!isObject(event)) return found;
  for (const parameter of list(event, 'parameter')) {
    if (!isObject(parameter)) continue;
    const name = str(parameter, 'name');
    if (name !== undefined) found.set(name, parameter);
  }
  return found;
}

/** Sign-ins that did not lead in. */
const REFUSED: ReadonlySet<string> = new Set(['loginFailure', 'riskySensitiveActionBlocked']);

export function readLogin(seen: Seen): void {
  const { draft, claims, method } = seen;
  const parameters = parametersOf(seen);
  if (REFUSED.has(method.slice(method.lastIndexOf('.') + 1))) draft.outcome = 'denied';
  claim(claims, 'loginType', str(parameters.get('login_type'), 'value'));
  claim(claims, 'failureType', str(parameters.get('login_failure_type'), 'value'));
  listClaim(claims, 'challenges', strings(parameters.get('login_challenge_method'), 'multiStrValue'));
  claim(claims, 'challengeStatus', str(parameters.get('login_challenge_status'), 'value'));
  for (const [name, parameter] of [
    ['suspicious', 'is_suspicious'],
    ['secondFactor', 'is_second_factor'],
  ] as const) {
    const value = own(parameters.get(parameter), 'boolValue');
    if (typeof value === 'boolean') claims[name] = value;
  }
  claim(claims, 'affected', str(parameters.get('affected_email_address'), 'value'));
}

const ADMIN_PARAMETERS: readonly (readonly [claim: string, parameter: string])[] = [
  ['user', 'USER_EMAIL'],
  ['group', 'GROUP_EMAIL'],
  ['role', 'ROLE_NAME'],
  ['privilege', 'PRIVILEGE_NAME'],
  ['apiClient', 'API_CLIENT_NAME'],
  ['application', 'APPLICATION_NAME'],
  ['orgUnit', 'ORG_UNIT_NAME'],
  ['domain', 'DOMAIN_NAME'],
  ['setting', 'SETTING_NAME'],
  ['oldValue', 'OLD_VALUE'],
  ['newValue', 'NEW_VALUE'],
];

export function readAdmin(seen: Seen): void {
  const { payload, claims } = seen;
  const parameters = parametersOf(seen);
  for (const [name, parameter] of ADMIN_PARAMETERS) {
    claim(claims, name, str(parameters.get(parameter), 'value'), 1024);
  }
  const scopes = parameters.get('API_SCOPES');
  listClaim(claims, 'scopes', strings(scopes, 'multiStrValue'));
  claim(claims, 'scope', str(scopes, 'value'), 1024);
  const events = list(payload.metadata, 'event').length;
  if (events > 1) claims['events'] = events;
}
