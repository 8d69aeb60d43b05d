import { isPublicMember } from '../audit/iam-policy.ts';
import type { TrailClaims } from '../model/trail-event.ts';
import { bindingsOf, mostTellingFirst } from './bindings.ts';
import type { DeclaredFacts } from './declared-facts.ts';
import { defineDetection } from './detection.ts';
import { evidence, textOf } from './evidence.ts';
import { isDone, whoOf } from './kinds.ts';
import { onePerKey } from './one-per-key.ts';

export const externalMemberAdded = defineDetection({
  id: 'external-member-added',
  version: 2,
  title: 'Member from outside the organisation given access',
  severity: 'high',
  why: 'Somebody who leaves with no contract of ours, signs in elsewhere and is in no review of ours may now act here.',
  runbook: [
    'Look who `member` is, and what `role` on `resource` lets them do.',
    'Ask `principal` for the contract; remove the grant where there is none, wherever it stands in the policy.',
    'List what `member` did since the grant.',
  ],
  evidence: ['member', 'role', 'resource', 'principal', 'callerIp'],
  maps: { attack: ['T1098.003', 'T1136.003'], soc2: ['CC6.2', 'CC6.3'], iso27001: ['A.5.18', 'A.5.16'] },
  peers: ['Panther gcp_iam_corp_email', 'SecOps gcp_free_gmail_domains_added_to_iam_policy'],
  gaps: [
    'Without `organisation.domains` only addresses of consumer accounts are known to be from outside.',
    'Where the entry has the policy and not the difference, a member that was there before raises again.',
  ],
  sources: ['iam', 'storage', 'spanner', 'pubsub', 'dataproc', 'dataflow'],
  // A policy whose audit part was changed as well is a change of the log.
  on: ['iam.change', 'log.change'],
  decide: ({ event, declared }) => {
    if (!isDone(event)) return [];
    const { claims, actor, resource, source } = event;
    const { grants, cut } = grantsIn(claims);
    const found = grants.flatMap(({ role, member }) => {
      // Of a bucket that is open to everybody, bucket-public says so.
      const isPublic = isPublicMember(member);
      if (isPublic ? source === 'storage' : !isFromOutside(member, declared)) return [];
      return [
        {
          key: `${resource ?? '-'} ${member}`,
          severity: isPublic ? ('critical' as const) : ('high' as const),
          summary: `${whoOf(event)} gave ${isPublic ? `everybody (${member})` : member} ${role} on ${resource ?? 'a resource that the entry does not name'}.`,
          evidence: evidence(
            ['member', member],
            ['role', role],
            ['resource', resource],
            ['principal', actor?.id],
            ['callerIp', textOf(claims, 'callerIp')],
          ),
        },
      ];
    });
    if (found.length > 0 || !cut) return onePerKey(mostTellingFirst(found));
    return [
      {
        key: `${resource ?? '-'} undetermined`,
        verdict: 'undetermined',
        summary: `${whoOf(event)} changed a policy with more members than the entry keeps.`,
        evidence: evidence(['resource', resource], ['principal', actor?.id]),
      },
    ];
  },
});

interface Grants {
  readonly grants: readonly { readonly role: string; readonly member: string }[];
  readonly cut: boolean;
}

/** Whoever joins a group has what the group was granted. */
function grantsIn(claims: TrailClaims): Grants {
  const joined = textOf(claims, 'member');
  if (joined !== undefined) return { grants: [{ role: 'membership', member: `user:${joined}` }], cut: false };
  const { added, standing, cut } = bindingsOf(claims);
  return { grants: [...added, ...standing], cut };
}

/** Accounts that anybody can make. */
const CONSUMERS = /^(?:user|group|serviceAccount):[^@]{1,320}@(?:gmail|googlemail)\.com$/i;

const isFromOutside = (member: string, declared: DeclaredFacts): boolean =>
  declared.isExternalMember(member) ?? CONSUMERS.test(member);
