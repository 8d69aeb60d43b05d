/**
 * What a proxy's own fields say about who refused a request. The fields read here are written by Envoy, never by a
 * client: RESPONSE_CODE_DETAILS, CONNECTION_TERMINATION_DETAILS, RESPONSE_FLAGS, and ztunnel's `error`.
 */
export interface Denial {
  readonly by: 'rbac' | 'jwt' | 'ext-authz';
  /** Absent where no ALLOW rule matched: then no policy is named. */
  readonly policy?: Policy;
}

export interface Policy {
  readonly namespace: string;
  readonly name: string;
  readonly rule?: string;
}

const RBAC = 'rbac_access_denied';
const MATCHED = 'rbac_access_denied_matched_policy[';
const CUSTOM = 'istio-ext-authz-';

/** Cloud Logging's rewrite of the RBAC details (the policy is then in labels of its own). */
export const AUTHZ_DENIED = 'AuthzDenied';

export function denialOf(details: string | undefined, flags: string | undefined): Denial | undefined {
  if (details !== undefined) {
    if (details.startsWith(RBAC)) return rbacDenial(details);
    if (details === AUTHZ_DENIED) return { by: 'rbac' };
    if (details.startsWith('jwt_authn_access_denied')) return { by: 'jwt' };
    if (details.startsWith('ext_authz_')) return { by: 'ext-authz' };
  }
  if (hasFlag(flags, 'UAEX') || hasFlag(flags, 'UnauthorizedExternalService')) return { by: 'ext-authz' };
  return undefined;
}

/**
 * `rbac_access_denied_matched_policy[ID]` with ID `none` or `[istio-ext-authz-[PROVIDER-]]ns[NS]-policy[NAME]-rule[N]`;
 * very old proxies write `rbac_access_denied` alone.
 */
function rbacDenial(details: string): Denial {
  if (!details.startsWith(MATCHED)) return { by: 'rbac' };
  const by = details.startsWith(CUSTOM, MATCHED.length) ? 'ext-authz' : 'rbac';
  const ns = details.indexOf('ns[', MATCHED.length);
  const name = details.indexOf(']-policy[', ns);
  const rule = details.indexOf(']-rule[', name);
  const end = details.indexOf(']', rule + 7);
  if (ns < 0 || name < 0 || rule < 0 || end < 0) return { by };
  return {
    by,
    policy: {
      namespace: details.slice(ns + 3, name),
      name: details.slice(name + 9, rule),
      rule: details.slice(rule + 7, end),
    },
  };
}

/** `policy_name` of the Cloud Logging entries: `<namespace>.<policy>`; a namespace has no dot, a policy may. */
export function labelledPolicy(name: string | undefined, rule: string | undefined): Policy | undefined {
  const dot = name?.indexOf('.') ?? -1;
  if (name === undefined || dot <= 0) return undefined;
  const policy = { namespace: name.slice(0, dot), name: name.slice(dot + 1) };
  return rule === undefined ? policy : { ...policy, rule };
}

const REJECTED = 'policy rejection';
const EXPLICIT = 'explicitly denied by: ';

/**
 * ztunnel: `connection closed due to policy rejection[: allow policies exist, but none allowed | : explicitly denied
 * by: NS/NAME]` (istio/ztunnel pull request 1273; older versions stop at the colon).
 */
export function ztunnelDenial(error: string | undefined): Denial | undefined {
  if (error === undefined || !error.includes(REJECTED)) return undefined;
  const at = error.indexOf(EXPLICIT);
  const slash = error.indexOf('/', at + EXPLICIT.length);
  if (at < 0 || slash < 0) return { by: 'rbac' };
  const policy = { namespace: error.slice(at + EXPLICIT.length, slash), name: error.slice(slash + 1) };
  return { by: 'rbac', policy };
}

/** True when the comma-separated list has the flag. */
export function hasFlag(flags: string | undefined, flag: string): boolean {
  if (flags === undefined) return false;
  return flags === flag || (flags.includes(',') && `,${flags},`.includes(`,${flag},`));
}
