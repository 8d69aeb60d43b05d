import type { TrailEvent } from '../model/trail-event.ts';
import { defineDetection, type Found } from './detection.ts';
import { evidence, isTrue } from './evidence.ts';
import { beginsWork, isDone, START_CALLS, subjectOf, whoOf } from './kinds.ts';

export const runAsUndeclaredSa = defineDetection({
  id: 'run-as-undeclared-sa',
  number: 'P03',
  version: 1,
  title: 'Job created under an account that is not declared for its environment',
  severity: 'high',
  why: 'A job has the rights of the account it runs under: who chooses the account chooses the rights.',
  runbook: [
    'Look what `runAs` may do, and who of those that may start jobs may act as it.',
    'List what the job or cluster read and wrote under it (query job-data).',
    'Start it again under a declared account, or declare this one under `runtimeAccounts` after review.',
  ],
  evidence: ['runAs', 'principal', 'job', 'method', 'environment'],
  maps: { attack: ['T1078.004', 'T1548.005'], soc2: ['CC6.3'], iso27001: ['A.8.2'] },
  peers: [
    'Panther gcp_computeinstances_create_privilege_escalation (machines)',
    'Panther gcp_cloudfunctions_functions_create (functions)',
    'ETD Default Compute Engine Service Account SetIAMPolicy',
  ],
  gaps: [
    'Not judged where no account is declared for the environment.',
    'Access scopes are told and not judged; a grant to oneself before the submission takes two entries.',
    'A job of a cluster runs as the cluster, which is judged when it is created.',
  ],
  sources: ['dataproc', 'dataflow', 'databricks'],
  on: [...START_CALLS, 'template.change'],
  decide: ({ event, declared }) => {
    if (event.action === 'template.change' ? !isDone(event) : !beginsWork(event)) return [];
    const { runAs, environment } = event;
    if (declared.isRuntimeAccount(environment, runAs) !== false) return [];
    const chosen = chosenOf(event);
    if (chosen === undefined) return [];
    return [
      {
        key: `${subjectOf(event)} ${chosen.account}`,
        summary: `${whoOf(event)} ${chosen.text}.`,
        evidence: evidence(
          ['runAs', chosen.account],
          ['principal', event.actor?.id],
          ['job', event.job],
          ['method', event.method],
          ['environment', environment],
        ),
        verdict: chosen.verdict,
      },
    ];
  },
});

interface Chosen {
  readonly account: string;
  readonly text: string;
  readonly verdict: NonNullable<Found['verdict']>;
}

function chosenOf({ runAs, claims, source, action }: TrailEvent): Chosen | undefined {
  if (runAs !== undefined)
    return {
      account: runAs,
      text: `chose ${runAs}, which is not declared for the environment`,
      verdict: 'violation',
    };
  if (isTrue(claims, 'runAsDefault'))
    return {
      account: 'default',
      text: 'chose no account, which is the default one of Compute Engine',
      verdict: 'violation',
    };
  if (source === 'dataflow' && action === 'job.submit')
    return {
      account: 'unknown',
      text: 'started a job whose entry does not tell its account',
      verdict: 'undetermined',
    };
  return undefined;
}
