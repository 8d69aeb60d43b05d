/** The service account that the created work touches data with (google.cloud.dataproc.v1 ExecutionConfig, GceClusterConfig). */
import type { Claim } from '../../identity/claims.ts';
import { obj, str, type Json } from '../fields.ts';
import type { Method } from './methods.ts';

export interface RunAs {
  readonly claim?: Claim;
  /**
   * No account was chosen: the project's default Compute Engine account, whose address needs the project's number,
   * which the entry does not tell.
   */
  readonly byDefault?: true;
}

const DEFAULT: RunAs = { byDefault: true };

export function runAsOf(request: Json | undefined, method: Method): RunAs | undefined {
  if (method.action === 'cluster.create') return ofCluster(obj(request, 'cluster'));
  if (method.action === 'workflow.run') {
    return ofCluster(obj(obj(obj(request, 'template'), 'placement'), 'managedCluster'));
  }
  // A job of a cluster runs as the cluster, which its own entry describes.
  if (method.action === 'job.submit') return ofEnvironment(obj(request, 'batch'));
  if (method.action !== 'session.create') return undefined;
  const session = obj(request, 'session');
  const chosen = ofEnvironment(session);
  // The template may choose one.
  return chosen === DEFAULT && str(session, 'sessionTemplate') !== undefined ? undefined : chosen;
}

function ofEnvironment(work: Json | undefined): RunAs | undefined {
  if (work === undefined) return undefined;
  const execution = obj(obj(work, 'environmentConfig'), 'executionConfig');
  const account = str(execution, 'serviceAccount');
  if (account !== undefined) return { claim: accountClaim(account) };
  const authentication = str(obj(execution, 'authenticationConfig'), 'userWorkloadAuthenticationType');
  return authentication === 'END_USER_CREDENTIALS' ? undefined : DEFAULT;
}

function ofCluster(cluster: Json | undefined): RunAs | undefined {
  if (cluster === undefined || obj(cluster, 'virtualClusterConfig') !== undefined) return undefined;
  const account = str(obj(obj(cluster, 'config'), 'gceClusterConfig'), 'serviceAccount');
  return account === undefined ? DEFAULT : { claim: accountClaim(account) };
}

/** Accounts are given by address, by resource name, or by unique id. */
function accountClaim(account: string): Claim {
  const name = account.slice(account.lastIndexOf('/') + 1);
  return name.includes('@')
    ? { kind: 'google', email: name }
    : { kind: 'named', name: account, realm: 'google-service-account' };
}
