/**
 * AWS principal ARNs: `arn:PARTITION:iam|sts::ACCOUNT:RESOURCE`.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
 */
import type { PrincipalKind } from '../../model/principal.ts';
import { identity } from './canonical.ts';
import type { Identity } from './canonical.ts';

const PARTITIONS = new Set(['aws', 'aws-cn', 'aws-us-gov']);

/** Undefined for ARNs that name no principal. Names are case-sensitive and kept. */
export function parseArn(text: string): Identity | undefined {
  if (!text.startsWith('arn:') || text.length > 2048) return undefined;
  const parts = text.split(':');
  const [, partition = '', service = '', region = '', account = ''] = parts;
  const resource = parts.slice(5).join(':');
  if (!PARTITIONS.has(partition) || region !== '' || !/^\d{12}$/.test(account)) return undefined;
  const kind = kindOfResource(service, resource);
  return kind === undefined ? undefined : identity(kind, `${partition}/${account}`, resource);
}

function kindOfResource(service: string, resource: string): PrincipalKind | undefined {
  if (resource === 'root') return service === 'iam' ? 'user' : undefined;
  const slash = resource.indexOf('/');
  if (slash < 0 || slash === resource.length - 1) return undefined;
  switch (`${service}/${resource.slice(0, slash)}`) {
    case 'iam/user':
    case 'sts/federated-user':
      return 'user';
    case 'iam/role':
      return 'service-account';
    case 'sts/assumed-role':
      return 'workload';
    default:
      return undefined;
  }
}
