/** Where a subscription hands its messages: a push endpoint, a BigQuery table, a bucket. Nothing: whoever pulls. */
import { claim, type Claims } from '../../audit/claims.ts';
import { obj, own, str, type Json } from '../fields.ts';

/** Fields of a subscription that decide who gets its messages; an update of one gives them to somebody else. */
const SHARING = [
  'push_config',
  'pushConfig',
  'bigquery_config',
  'bigqueryConfig',
  'cloud_storage_config',
  'cloudStorageConfig',
];

export const changesReceiver = (mask: string | undefined): boolean =>
  mask !== undefined && SHARING.some((field) => mask.includes(field));

export function destinationClaims(claims: Claims, subscription: Json | undefined): void {
  const push = obj(subscription, 'pushConfig');
  claim(claims, 'pushHost', hostOf(str(push, 'pushEndpoint')));
  claim(claims, 'pushServiceAccount', str(obj(push, 'oidcToken'), 'serviceAccountEmail'));
  claim(claims, 'bigqueryTable', str(obj(subscription, 'bigqueryConfig'), 'table'));
  claim(claims, 'bucket', str(obj(subscription, 'cloudStorageConfig'), 'bucket'));
  claim(claims, 'deadLetterTopic', str(obj(subscription, 'deadLetterPolicy'), 'deadLetterTopic'));
  claim(claims, 'messageFilter', own(subscription, 'filter') === undefined ? undefined : true);
  claim(claims, 'retention', str(subscription, 'messageRetentionDuration'));
}

/** Host of a URL and nothing else of it: endpoints carry tokens in their query and user part. */
function hostOf(url: string | undefined): string | undefined {
  const slashes = url?.indexOf('://') ?? -1;
  if (url === undefined || slashes < 0) return undefined;
  const rest = url.slice(slashes + 3);
  const end = rest.search(/[/?#]/);
  const authority = end < 0 ? rest : rest.slice(0, end);
  return authority.slice(authority.lastIndexOf('@') + 1);
}
