import { defineDetection } from './detection.ts';
import { evidence } from './evidence.ts';
import { beginsWork, START_CALLS, subjectOf, whoOf } from './kinds.ts';

export const jobOutsideDeclaredPolicy = defineDetection({
  id: 'job-outside-declared-policy',
  number: 'U03',
  version: 1,
  title: 'Job started outside the declared policy',
  severity: 'high',
  why: 'What may run where, for whom and under which account is declared; IAM alone let this through, the declaration does not.',
  runbook: [
    'Read `policies`: those that forbid it; where there are none, no policy permits it. `jobtrail policy redecide EVENT` takes the decision again.',
    'Look at what ran (`job`, `runAs`) and what it read and wrote (query job-data).',
    'Cancel the job if nobody answers for it; if it was right, propose the policy that permits it and have it reviewed.',
  ],
  evidence: ['decision', 'policies', 'principal', 'method', 'job', 'runAs', 'environment'],
  maps: { attack: ['T1648', 'T1059.009'], soc2: ['CC6.1', 'CC6.3'], iso27001: ['A.5.15', 'A.8.2', 'A.5.36'] },
  peers: [],
  gaps: [
    'Decisions that wait for an approval, a hop or the state before are taken later and are found then.',
    'A policy merged shortly after the job does not excuse it: the bundle of the event time decides.',
  ],
  sources: ['dataproc', 'dataflow', 'databricks'],
  on: START_CALLS,
  decide: ({ event, decision }) => {
    if (decision === undefined || !beginsWork(event)) return [];
    const { outcome, policies } = decision;
    if (outcome !== 'forbidden' && outcome !== 'undeclared') return [];
    const why = outcome === 'forbidden' ? 'which a policy forbids' : 'which no policy permits';
    return [
      {
        key: subjectOf(event),
        summary: `${whoOf(event)} started work, ${why}.`,
        evidence: evidence(
          ['decision', outcome],
          ['policies', policies.join(', ')],
          ['principal', event.actor?.id],
          ['method', event.method],
          ['job', event.job],
          ['runAs', event.runAs],
          ['environment', event.environment],
        ),
      },
    ];
  },
});
