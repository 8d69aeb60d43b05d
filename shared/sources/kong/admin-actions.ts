/**
 * What a change through the Admin API is a change of. Sources: Kong's Admin API and the names of its DAOs. Collections
 * are open (plugins bring their own); what no list here names is configuration of the gateway.
 */
import type { Action } from '../../model/event.ts';

export const OPERATIONS = ['create', 'update', 'delete'] as const;
export type Operation = (typeof OPERATIONS)[number];

type Subject = 'policy' | 'credential' | 'token' | 'access' | 'logging';

/** By DAO (`dao_name` of an audited object). */
const DAOS: ReadonlyMap<string, Subject> = new Map([
  ['keyauth_credentials', 'credential'],
  ['keyauth_enc_credentials', 'credential'],
  ['basicauth_credentials', 'credential'],
  ['hmacauth_credentials', 'credential'],
  ['jwt_secrets', 'credential'],
  ['oauth2_credentials', 'credential'],
  ['mtls_auth_credentials', 'credential'],
  ['oauth2_tokens', 'token'],
  ['oauth2_authorization_codes', 'token'],
  ['admins', 'access'],
  ['rbac_users', 'access'],
  ['rbac_roles', 'access'],
  ['rbac_user_roles', 'access'],
  ['rbac_user_groups', 'access'],
  ['rbac_role_entities', 'access'],
  ['rbac_role_endpoints', 'access'],
  ['groups', 'access'],
  ['group_rbac_roles', 'access'],
]);

/** By a collection in the path of a request. */
const COLLECTIONS: ReadonlyMap<string, Subject> = new Map([
  ['key-auth', 'credential'],
  ['key-auths', 'credential'],
  ['key-auth-enc', 'credential'],
  ['key-auths-enc', 'credential'],
  ['basic-auth', 'credential'],
  ['basic-auths', 'credential'],
  ['hmac-auth', 'credential'],
  ['hmac-auths', 'credential'],
  ['jwt', 'credential'],
  ['jwts', 'credential'],
  ['oauth2', 'credential'],
  ['mtls-auth', 'credential'],
  ['mtls-auths', 'credential'],
  ['oauth2_tokens', 'token'],
  ['rbac', 'access'],
  ['admins', 'access'],
  ['groups', 'access'],
]);

/** Plugins that write the request log: without them a route is not recorded. */
const LOG_PLUGINS: ReadonlySet<string> = new Set([
  'file-log',
  'http-log',
  'tcp-log',
  'udp-log',
  'syslog',
  'loggly',
  'kafka-log',
  'opentelemetry',
]);

export function actionOfObject(dao: string, operation: Operation, plugin: string | undefined): Action {
  return actionOf(isLogPlugin(plugin) ? 'logging' : (DAOS.get(dao) ?? 'policy'), operation);
}

/** @param path without query */
export function actionOfPath(path: string, operation: Operation, plugin: string | undefined): Action {
  const subject = isLogPlugin(plugin) && path.includes('/plugins') ? 'logging' : subjectOfPath(path);
  return actionOf(subject, operation);
}

export const isCredentialDao = (dao: string): boolean => {
  const subject = DAOS.get(dao);
  return subject === 'credential' || subject === 'token' || dao === 'rbac_users';
};

export const isLogPlugin = (plugin: string | undefined): boolean =>
  plugin !== undefined && LOG_PLUGINS.has(plugin);

/**
 * `/[WORKSPACE/]COLLECTION[/KEY[/COLLECTION[/KEY]]]`. A credential is told by a consumer's sub-collection or a collection
 * of its own; a key may have any text, so what stands in a key's place decides nothing.
 */
function subjectOfPath(path: string): Subject {
  const segments = path.split('/', 8).slice(1);
  const [first = '', second = '', third = '', fourth = ''] = segments;
  if (first === 'consumers') return COLLECTIONS.get(third) ?? 'policy';
  const direct = COLLECTIONS.get(first);
  if (direct !== undefined) return direct;
  if (TOP_LEVEL.has(first)) return 'policy';
  // A workspace stands before the collection.
  return second === 'consumers'
    ? (COLLECTIONS.get(fourth) ?? 'policy')
    : (COLLECTIONS.get(second) ?? 'policy');
}

/** Collections that a key follows, so that a service called `jwt` is no credential. */
const TOP_LEVEL: ReadonlySet<string> = new Set([
  'services',
  'routes',
  'plugins',
  'upstreams',
  'targets',
  'certificates',
  'ca_certificates',
  'snis',
  'vaults',
  'keys',
  'key-sets',
  'filter-chains',
  'consumer_groups',
  'workspaces',
  'acls',
  'config',
  'event-hooks',
  'licenses',
  'debug',
]);

function actionOf(subject: Subject, operation: Operation): Action {
  switch (subject) {
    case 'policy':
      return 'policy.change';
    case 'logging':
      return 'log.change';
    case 'access':
      return 'iam.change';
    case 'token':
      return operation === 'delete' ? 'credential.revoke' : 'credential.mint';
    case 'credential':
      // An update puts another secret into force.
      return operation === 'delete' ? 'credential.revoke' : 'credential.create';
  }
}
