/** Who a member of an IAM policy is, as far as its text tells. */
import { kindOfAddress } from '../identity/grammar/email.ts';
import { parseGoogleMember } from '../identity/grammar/google-member.ts';

export type MemberKind =
  /** Anybody at all. */
  | 'everybody'
  /** One person, or a group, a domain, a workforce pool of them. */
  | 'people'
  /** All identities of a pool or of a part of the organisation. */
  | 'pool'
  /** A service agent of Google, which no customer can be. */
  | 'google'
  /** A service account, or one workload of a pool. */
  | 'account'
  /** Deleted: nobody can act as it. */
  | 'gone';

const EVERYBODY: ReadonlySet<string> = new Set([
  'allUsers',
  'allAuthenticatedUsers',
  'principalSet://goog/public:all',
  // The writer that the sinks of every customer shared, before each had its own.
  'serviceAccount:cloud-logs@system.gserviceaccount.com',
]);
const WORKFORCE = /^principal(?:Set)?:\/\/iam\.googleapis\.com\/locations\/global\/workforcePools\//;

/** What is in no grammar is taken for people: nothing is known to their credit. */
export function memberKind(member: string): MemberKind {
  if (member.startsWith('deleted:')) return 'gone';
  if (EVERYBODY.has(member)) return 'everybody';
  const identity = parseGoogleMember(member);
  if (identity === undefined) return 'people';
  if (member.startsWith('principalSet://')) {
    return WORKFORCE.test(member) || member.startsWith('principalSet://goog/') ? 'people' : 'pool';
  }
  if (member.startsWith('principal://')) return WORKFORCE.test(member) ? 'people' : 'account';
  if (!member.startsWith('serviceAccount:') && !member.startsWith('user:')) return 'people';
  const address = member.slice(member.indexOf(':') + 1).toLowerCase();
  if (!address.includes('@')) return 'account';
  const kind = kindOfAddress(address);
  if (kind === 'system') return 'google';
  return kind === 'service-account' ? 'account' : 'people';
}
