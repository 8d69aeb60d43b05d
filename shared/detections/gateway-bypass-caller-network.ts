import type { Severity } from '../../schemas/alerting.ts';
import { neighbourhoodOf } from './addresses.ts';
import type { DeclaredFacts } from './declared-facts.ts';
import { defineDetection } from './detection.ts';
import { evidence, textOf } from './evidence.ts';
import { beginsWork, START_CALLS, whoOf } from './kinds.ts';

/** What an audit entry has in place of an address (google.cloud.audit.RequestMetadata). */
const FOREIGN_MACHINE = 'gce-internal-ip';
const INSIDE_GOOGLE = 'private';

export const gatewayBypassCallerNetwork = defineDetection({
  id: 'gateway-bypass-caller-network',
  number: 'U09',
  version: 1,
  title: "Job API called from outside the gateway's egress",
  severity: 'high',
  why: 'A call that does not come through the gateway was neither authenticated nor recorded there.',
  runbook: [
    'Hold `callerIp` and `callerNetwork` against the addresses of the gateway at that time: a changed NAT address is the harmless reason.',
    'Look whether the gateway saw a call of `principal` within two minutes of it; if so, its address is missing under `egress`.',
    'List what the principal did from there in the 24 hours before; revoke its sessions and keys if nobody claims the address.',
  ],
  evidence: ['principal', 'callerIp', 'callerNetwork', 'method', 'job'],
  maps: { attack: ['T1078.004', 'T1133'], soc2: ['CC6.6', 'CC6.1'], iso27001: ['A.8.20', 'A.8.21'] },
  peers: [
    'CSA 5.31 and 6.10 (an address not seen before)',
    'Stratus Red Team gcp.initial-access.use-compute-sa-outside-gcp',
  ],
  gaps: [
    'Addresses are judged where `egress` is declared; a machine of another organisation always is.',
    'Who shares an address of the egress is not told apart from the gateway.',
    'Jobs that start jobs, and launchers of Flex Templates, call from their workers: exempt their accounts.',
  ],
  sources: ['dataproc', 'dataflow', 'databricks'],
  on: START_CALLS,
  decide: ({ event, declared }) => {
    const { actor, claims, method } = event;
    // Google's service agents call from inside Google, the scheduler of Databricks from nowhere.
    if (!beginsWork(event) || actor?.kind === 'system') return [];
    const address = textOf(claims, 'callerIp');
    const network = textOf(claims, 'callerNetwork');
    const outside = judge(address, network, declared);
    if (outside === undefined) return [];
    return [
      {
        key: `${actor?.id ?? '-'} ${neighbourhoodOf(address ?? '-')}`,
        severity: outside.severity,
        summary: `${whoOf(event)} started work ${outside.from}.`,
        evidence: evidence(
          ['principal', actor?.id],
          ['callerIp', address],
          ['callerNetwork', network],
          ['method', method],
          ['job', event.job],
        ),
      },
    ];
  },
});

interface Outside {
  readonly from: string;
  readonly severity: Severity;
}

function judge(
  address: string | undefined,
  network: string | undefined,
  declared: DeclaredFacts,
): Outside | undefined {
  if (address === FOREIGN_MACHINE)
    return { from: 'from a machine of another organisation', severity: 'critical' };
  if (address === INSIDE_GOOGLE && declared.hasEgress)
    return {
      from: 'from inside Google, where no person or workload of the organisation is',
      severity: 'high',
    };
  if (address !== undefined && declared.isEgressAddress(address) === false)
    return { from: "from an address that is none of the gateway's", severity: 'high' };
  if (network !== undefined && declared.isEgressNetwork(network) === false)
    return { from: "from a network that is not the gateway's", severity: 'high' };
  return undefined;
}
