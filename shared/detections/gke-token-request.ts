import { defineDetection } from './detection.ts';
import { evidence, textOf } from './evidence.ts';
import { isDone, whoOf } from './kinds.ts';
import { isMeshNamespace } from './mesh-namespaces.ts';

export const gkeTokenRequest = defineDetection({
  id: 'gke-token-request',
  version: 1,
  title: 'Token of a Kubernetes account requested by somebody else',
  severity: 'medium',
  why: 'The token is the workload to the mesh and, by workload identity, to Google Cloud; nodes ask for them, people need not.',
  runbook: [
    'Ask `principal` why it needs to be `account` in `namespace` of `cluster`.',
    'List calls of the account, and of the Google account it is bound to, in the hour after.',
    'Take the right to create serviceaccounts/token away where nobody declared it.',
  ],
  evidence: ['account', 'namespace', 'cluster', 'principal', 'callerIp'],
  maps: { attack: ['T1528', 'T1550.001'], soc2: ['CC6.1', 'CC6.3'], iso27001: ['A.5.17', 'A.8.2'] },
  peers: ['Elastic credential_access_gcp_gke_service_account_token_created_via_tokenrequest'],
  gaps: ['Tokens that nodes and controllers ask for are left out with the rest of their upkeep.'],
  sources: ['kubernetes'],
  on: ['credential.mint'],
  decide: ({ event }) => {
    const { source, actor, runAs, claims, resource } = event;
    if (source !== 'kubernetes' || !isDone(event)) return [];
    if (actor !== undefined && actor.id === runAs) return [];
    const namespace = textOf(claims, 'namespace');
    const account = runAs ?? resource ?? '-';
    return [
      {
        key: `${actor?.id ?? '-'} ${account}`,
        severity: isMeshNamespace(namespace) ? 'high' : 'medium',
        summary: `${whoOf(event)} asked for a token of ${account}.`,
        evidence: evidence(
          ['account', account],
          ['namespace', namespace],
          ['cluster', textOf(claims, 'cluster')],
          ['principal', actor?.id],
          ['callerIp', textOf(claims, 'callerIp')],
        ),
      },
    ];
  },
});
