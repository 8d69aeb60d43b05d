import type { PrincipalId } from '../model/principal.ts';
import type { DeclaredFacts } from './declared-facts.ts';
import { defineDetection } from './detection.ts';
import { evidence, textOf } from './evidence.ts';
import { isDone, whoOf } from './kinds.ts';

export const saKeyCreated = defineDetection({
  id: 'sa-key-created',
  version: 1,
  title: 'Key of a service account created, uploaded or switched on',
  severity: 'medium',
  why: 'Whoever holds the key is the account, from anywhere and without an end; the key of an account that runs jobs opens their data.',
  runbook: [
    'Ask `principal` why `serviceAccount` needs a key; attached and federated identities need none.',
    'Look for uses of the key: static-credential-on-job-path names `key` where it starts a job or reads data.',
    'Delete the key, and forbid new ones by the constraint iam.disableServiceAccountKeyCreation.',
  ],
  evidence: ['serviceAccount', 'key', 'method', 'validBefore', 'principal', 'callerIp'],
  maps: { attack: ['T1098.001', 'T1078.004'], soc2: ['CC6.1', 'CC6.2'], iso27001: ['A.5.17', 'A.8.2'] },
  peers: [
    'Elastic persistence_gcp_key_created_for_service_account',
    'SecOps google_cloud_service_account_key_created_or_uploaded',
    'Stratus gcp.persistence.create-service-account-key',
  ],
  gaps: [
    'Which accounts run jobs is known from `runtimeAccounts` only: without it every key is of medium severity.',
  ],
  sources: ['iam'],
  on: ['credential.create'],
  decide: ({ event, declared }) => {
    if (event.source !== 'iam' || !isDone(event)) return [];
    const { actor, claims, method } = event;
    const account = textOf(claims, 'serviceAccount');
    return [
      {
        key: account ?? '-',
        severity: runsJobs(account, declared) ? 'high' : 'medium',
        summary: `${whoOf(event)} ${VERBS.get(lastSegmentOf(method)) ?? 'made'} a key of the service account ${account ?? '(not named)'}.`,
        evidence: evidence(
          ['serviceAccount', account],
          ['key', textOf(claims, 'key')],
          ['method', method],
          ['validBefore', textOf(claims, 'validBefore')],
          ['principal', actor?.id],
          ['callerIp', textOf(claims, 'callerIp')],
        ),
      },
    ];
  },
});

const VERBS: ReadonlyMap<string, string> = new Map([
  ['UploadServiceAccountKey', 'uploaded'],
  ['EnableServiceAccountKey', 'switched on'],
]);

const lastSegmentOf = (method: string): string => method.slice(method.lastIndexOf('.') + 1);

const runsJobs = (account: string | undefined, declared: DeclaredFacts): boolean =>
  account !== undefined && declared.isAnyRuntimeAccount(`service-account:google:${account}` as PrincipalId);
