import { defineDetection } from './detection.ts';
import { evidence, textOf } from './evidence.ts';
import { isDone, whoOf } from './kinds.ts';

export const signJwtOrBlob = defineDetection({
  id: 'sign-jwt-or-blob',
  version: 1,
  title: 'Token or blob signed as a service account',
  severity: 'high',
  why: 'A signed JWT or URL is a credential of the account that nobody can recall, made outside of every delegation chain.',
  runbook: [
    'Compare `principal` with `serviceAccount`: who signs as another account impersonates it.',
    'List calls of `serviceAccount` in the hour after, and objects read through signed URLs.',
    'Take the role serviceAccountTokenCreator from `principal`, or declare the pair in `delegations`.',
  ],
  evidence: ['serviceAccount', 'method', 'principal', 'callerIp'],
  maps: { attack: ['T1606', 'T1550.001'], soc2: ['CC6.1', 'CC6.3'], iso27001: ['A.5.17', 'A.8.2'] },
  peers: ['Panther gcp_iam_serviceaccounts_signjwt', 'Panther gcp_iam_service_accounts_sign_blob'],
  gaps: ['Needs Data Access logs of IAM. What was signed is not in the entry.'],
  sources: ['iam'],
  on: ['credential.mint'],
  decide: ({ event, declared }) => {
    const { actor, runAs, claims, method } = event;
    if (event.source !== 'iam' || !SIGNS.test(method) || !isDone(event)) return [];
    const account = runAs ?? textOf(claims, 'serviceAccount');
    const isOwn = actor !== undefined && actor.id === runAs;
    if (actor !== undefined && runAs !== undefined && declared.isDelegation(actor.id, runAs) === true)
      return [];
    return [
      {
        key: `${actor?.id ?? '-'} ${account ?? '-'}`,
        // Signed URLs of an application's own account are everyday work.
        severity: isOwn ? 'low' : 'high',
        summary: `${whoOf(event)} signed as ${isOwn ? 'itself' : (account ?? 'an account that the entry does not name')}.`,
        evidence: evidence(
          ['serviceAccount', account],
          ['method', method],
          ['principal', actor?.id],
          ['callerIp', textOf(claims, 'callerIp')],
        ),
      },
    ];
  },
});

const SIGNS = /(?:^|\.)Sign(?:Jwt|Blob)$/;
