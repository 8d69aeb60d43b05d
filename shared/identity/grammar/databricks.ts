/**
 * Names of Databricks principals as audit events write them in `userIdentity.email`, `run_by` and `run_as`. One name is
 * one principal across the workspaces of an account. https://docs.databricks.com/admin/account-settings/audit-logs
 */
import { asciiLower, identity } from './canonical.ts';
import type { Identity } from './canonical.ts';
import { isEmail, kindOfAddress } from './email.ts';
import { isGuid } from './google-member.ts';

const ISSUER = 'databricks';
/** Autoscaling, scheduled launches and other things that no person asked for. */
const SYSTEM = 'System-User';

/**
 * Total. An address is a user (or the Google service account that Databricks knows by it), a UUID the application id of a
 * service principal; any other name may be a group's or an internal account's, so its kind is unknown.
 */
export function parseDatabricksName(name: string): Identity {
  if (name === SYSTEM) return identity('system', ISSUER, SYSTEM);
  if (isGuid(name)) return identity('service-account', ISSUER, asciiLower(name));
  if (!isEmail(name)) return identity('unknown', ISSUER, name);
  const address = asciiLower(name);
  return identity(kindOfAddress(address), ISSUER, address);
}
