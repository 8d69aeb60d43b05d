import { ACTIONS } from '../model/event.ts';
import { defineDetection } from './detection.ts';
import { evidence, isTrue, textOf } from './evidence.ts';

export const vpcScViolation = defineDetection({
  id: 'vpc-sc-violation',
  version: 1,
  title: 'Request refused by a service perimeter',
  severity: 'medium',
  why: 'Somebody with rights on the data asked for it across the perimeter; out of it is how data is copied away.',
  runbook: [
    'Read `direction`: egress is data on its way out, ingress somebody outside who asks for what is inside.',
    'Look up `violationId` in the troubleshooter of VPC Service Controls; `reason` says which rule was missing.',
    'Compare `principal` and `callerIp` with the owner of the workload; where there is no principal the address is all there is.',
  ],
  evidence: [
    'direction',
    'reason',
    'perimeter',
    'resource',
    'target',
    'method',
    'principal',
    'callerIp',
    'violationId',
  ],
  maps: { attack: ['T1537', 'T1530'], soc2: ['CC6.6', 'CC6.7'], iso27001: ['A.8.12', 'A.8.22'] },
  peers: ['Panther gcp_access_attempts_violating_vpc_service_controls', 'CSA 1.10'],
  gaps: [
    'A service without the metadata of the perimeter in its entry tells of a refusal without its reason.',
  ],
  sources: ['bigquery', 'storage', 'spanner', 'pubsub', 'dataproc', 'dataflow', 'iam', 'logging', 'platform'],
  // A perimeter stands before every method.
  on: ACTIONS,
  decide: ({ event }) => {
    const { claims, actor, resource, method, project, outcome } = event;
    const reason = textOf(claims, 'perimeterViolation');
    if (reason === undefined) return [];
    const isDryRun = isTrue(claims, 'perimeterDryRun');
    if (!isDryRun && outcome !== 'denied') return [];
    const direction = textOf(claims, 'perimeterDirection');
    const isEgress = direction?.includes('egress') === true;
    const perimeter = textOf(claims, 'perimeter');
    const callerIp = textOf(claims, 'callerIp');
    const who = actor?.id ?? callerIp;
    return [
      {
        key: `${perimeter ?? project ?? '-'} ${direction ?? '-'} ${who ?? '-'}`,
        severity: isDryRun ? 'low' : isEgress ? 'high' : 'medium',
        summary: `A service perimeter ${isDryRun ? 'would have' : 'has'} refused ${direction ?? 'a request'} by ${who ?? 'somebody whom the entry does not name'}.`,
        evidence: evidence(
          ['direction', direction],
          ['reason', reason],
          ['perimeter', perimeter],
          ['resource', resource],
          ['target', textOf(claims, 'perimeterTarget')],
          ['method', method],
          ['principal', actor?.id],
          ['callerIp', callerIp],
          ['violationId', textOf(claims, 'perimeterViolationId')],
        ),
      },
    ];
  },
});
