import { defineDetection } from './detection.ts';
import { evidence, textOf } from './evidence.ts';
import { whoOf } from './kinds.ts';

export const databricksDeniedIp = defineDetection({
  id: 'databricks-denied-ip',
  version: 1,
  title: 'Sign-in to Databricks refused by address',
  severity: 'medium',
  why: 'Somebody who is known to the account came from where its people do not: a laptop on the road, or a token that was taken.',
  runbook: [
    'Ask `principal` whether `callerIp` is theirs.',
    'List sign-ins and tokens of `principal` in the 24 hours before, from which addresses they were.',
    'Revoke tokens of `principal` where the address is nobody of ours.',
  ],
  evidence: ['callerIp', 'principal', 'resource', 'method'],
  maps: { attack: ['T1078.004', 'T1110'], soc2: ['CC6.1', 'CC6.6', 'CC7.2'], iso27001: ['A.8.5', 'A.8.20'] },
  peers: ['Panther databricks_attempted_logon_from_denied_ip'],
  gaps: ['Who it was is as whoever tried said: nothing was proven.'],
  sources: ['databricks'],
  on: ['login'],
  decide: ({ event }) => {
    const { actor, claims, method, resource, outcome } = event;
    if (!REFUSES.has(method) || outcome !== 'denied') return [];
    const callerIp = textOf(claims, 'callerIp');
    return [
      {
        key: `${actor?.id ?? '-'} ${callerIp ?? '-'}`,
        summary: `${whoOf(event)} was refused at Databricks from ${callerIp ?? 'an address that the entry does not name'}.`,
        evidence: evidence(
          ['callerIp', callerIp],
          ['principal', actor?.id],
          ['resource', resource],
          ['method', method],
        ),
      },
    ];
  },
});

const REFUSES: ReadonlySet<string> = new Set([
  'accounts.IpAccessDenied',
  'accounts.accountIpAclsValidationFailed',
]);
