import { UNNAMED } from '../identity/grammar/canonical.ts';
import { delegationChain, delegationSteps } from './delegation-steps.ts';
import { defineDetection } from './detection.ts';
import { evidence } from './evidence.ts';
import { beginsWork, START_CALLS } from './kinds.ts';

/** Steps from one identity to the next, at most. */
const MAX_EDGES = 2;

export const impersonationChainUnapproved = defineDetection({
  id: 'impersonation-chain-unapproved',
  number: 'U05',
  version: 1,
  title: 'Job started through an unapproved or too long impersonation chain',
  severity: 'high',
  why: 'Whoever may act as the next identity on the way ends with rights that nobody gave them.',
  runbook: [
    'Read `chain` from the original caller to the identity that started the job: `undeclared` is the first step nobody declared.',
    'Look who granted that step (findings of impersonation-role-granted) and when.',
    'Take the grant away, or declare the step under `delegations` of jobtrail.yaml.',
  ],
  evidence: ['chain', 'edges', 'undeclared', 'method', 'job'],
  maps: { attack: ['T1548.005', 'T1550.001'], soc2: ['CC6.1', 'CC6.3'], iso27001: ['A.5.16', 'A.8.2'] },
  peers: [
    'ETD Anomalous Multistep Service Account Delegation (statistical)',
    'ETD Anomalous Impersonation of Service Account (statistical)',
    'Panther gcp_iam_service_accounts_get_access_token_privilege_escalation (every grant, no chain)',
    'CSA 4.20 (report)',
  ],
  gaps: [
    'Which steps are approved is not judged where `delegations` is empty; the length always is.',
    'Tokens minted step by step show their last step only, unless Data Access logging of IAM Credentials is on.',
  ],
  sources: ['dataproc', 'dataflow', 'databricks'],
  on: START_CALLS,
  decide: ({ event, declared }) => {
    const { actor } = event;
    if (actor === undefined || !beginsWork(event)) return [];
    const chain = delegationChain(event);
    const steps = delegationSteps(event);
    const [first] = steps;
    const wrong = steps.filter(([from, to]) => declared.isDelegation(from, to) === false);
    const isLong = steps.length > MAX_EDGES;
    if (first === undefined || (wrong.length === 0 && !isLong)) return [];
    // A link that names nobody may be one that is declared.
    const certain = wrong.find((step) => !step.includes(UNNAMED.id));
    const undeclared = certain ?? wrong[0];
    const [origin] = first;
    return [
      {
        key: `${origin} ${actor.id}`,
        summary: isLong
          ? `${origin} started a job as ${actor.id} by way of ${steps.length} steps; ${MAX_EDGES} are allowed.`
          : `${origin} started a job as ${actor.id} by a step that is not declared.`,
        evidence: evidence(
          ['chain', chain.join(' → ')],
          ['edges', steps.length],
          ['undeclared', undeclared?.join(' → ')],
          ['method', event.method],
          ['job', event.job],
        ),
        verdict: isLong || certain !== undefined ? 'violation' : 'undetermined',
      },
    ];
  },
});
