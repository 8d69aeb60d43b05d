import type { TrailEvent } from '../model/trail-event.ts';
import { defineDetection, type Found } from './detection.ts';
import { evidence, textOf } from './evidence.ts';
import { beginsWork, isDone, isJobStartCall, START_CALLS, whoOf } from './kinds.ts';

export const staticCredentialOnJobPath = defineDetection({
  id: 'static-credential-on-job-path',
  number: 'U06',
  version: 1,
  title: 'Long-lived credential used to start a job or read its data',
  severity: 'high',
  why: 'A key that never expires can be copied and used from anywhere; attached and federated identities cannot.',
  runbook: [
    'Look who has the key: `key` names it, `callerIp` where it was used from.',
    'List what the same principal did in the 24 hours before (query jobs-of-principal).',
    'Disable the key and let the work use an attached or federated identity; declare a legacy key as an exemption with an end.',
  ],
  evidence: ['key', 'principal', 'method', 'credential', 'callerIp'],
  maps: {
    attack: ['T1078.004', 'T1552.004'],
    soc2: ['CC6.1', 'CC6.2'],
    iso27001: ['A.5.17', 'A.8.5'],
  },
  peers: [
    'Panther databricks_long_lifetime_token_generated (issue time only)',
    'ETD Leaked Service Account Key Used',
  ],
  gaps: [
    'Cloud Storage does not say that a request was signed with an HMAC key.',
    'The gateway does not log the kind of a credential: without `credentials` in the configuration its keys are not seen.',
  ],
  sources: ['dataproc', 'dataflow', 'databricks', 'bigquery', 'storage', 'spanner', 'kong'],
  on: [
    ...START_CALLS,
    'data.read',
    'data.write',
    'data.delete',
    'data.share',
    'api.call',
    'login',
    'credential.create',
  ],
  decide: ({ event, declared }) => {
    if (!isDone(event)) return [];
    const { action, actor, keyName, claims } = event;
    if (action === 'credential.create') return tokenMade(event);
    if (action === 'api.call' && event.callKey === undefined) return [];
    // A sign-in counts where the platform itself is where jobs start; the gateway's own console is not.
    if (action === 'login' && event.source !== 'databricks') return [];
    const credential = textOf(claims, 'credential');
    const kind = credential === undefined ? undefined : declared.credential(credential)?.kind;
    const isStatic =
      keyName !== undefined || actor?.proof === 'static-key' || STATIC_KINDS.some((one) => one === kind);
    if (!isStatic) return [];
    const key = keyName ?? credential ?? 'token';
    const started = beginsWork(event) || isJobStartCall(event);
    return [
      {
        key: `${key} ${actor?.id ?? '-'}`,
        severity: started ? 'high' : 'medium',
        summary: `${whoOf(event)} ${started ? 'started a job' : 'reached jobs or their data'} with a credential that does not expire.`,
        evidence: evidence(
          ['key', key],
          ['principal', actor?.id],
          ['method', event.method],
          ['credential', kind],
          ['callerIp', textOf(claims, 'callerIp')],
        ),
      },
    ];
  },
});

/** Longer than a quarter is a key that somebody keeps. */
const MAX_DAYS = 90;
const DAY_MS = 86_400_000;

/** A personal token of Databricks whose end is far off, or that has none. */
function tokenMade({ method, claims, actor, time }: TrailEvent): readonly Found[] {
  if (method !== 'accounts.generateDbToken') return [];
  const until = Number(textOf(claims, 'tokenExpiration'));
  const days = until > 0 ? Math.floor((until - Date.parse(time)) / DAY_MS) : undefined;
  if (days !== undefined && days <= MAX_DAYS) return [];
  const key = textOf(claims, 'tokenHash') ?? 'token';
  return [
    {
      key: `${key} ${actor?.id ?? '-'}`,
      severity: 'medium',
      summary: `${actor?.id ?? 'Somebody'} made a token that ${days === undefined ? 'never ends' : `lives ${days} days`}.`,
      evidence: evidence(
        ['key', key],
        ['principal', actor?.id],
        ['method', method],
        ['callerIp', textOf(claims, 'callerIp')],
      ),
    },
  ];
}

/** Plugins of the gateway whose credentials are shared secrets without an end. */
const STATIC_KINDS: readonly string[] = ['key-auth', 'basic-auth', 'hmac-auth'];
