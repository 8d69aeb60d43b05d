import { ACTIONS } from '../model/event.ts';
import { addressSet } from './addresses.ts';
import type { DeclaredFacts } from './declared-facts.ts';
import { defineDetection } from './detection.ts';
import { evidence, textOf } from './evidence.ts';

/** A machine of another organisation (google.cloud.audit.RequestMetadata). */
const FOREIGN_MACHINE = 'gce-internal-ip';
/** RFC 1918, RFC 6598, RFC 4193. */
const INTERNAL = addressSet(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7']);
const DEFAULT_ACCOUNT = '-compute@developer.gserviceaccount.com';

export const runtimeTokenOffPlatform = defineDetection({
  id: 'runtime-token-off-platform',
  number: 'U14',
  version: 1,
  title: 'Worker identity used away from its workers',
  severity: 'critical',
  why: 'Any code of a job can read the token of its workers from the metadata server, and no service records that it did.',
  runbook: [
    'Find the jobs that ran under `principal` in the hour before: one of them gave the token away (query jobs-of-principal).',
    'Hold `callerIp` against the machines of that time; an address that Cloud NAT shares belongs under `workers`.',
    'Stop the job, disable the account for an hour so that its tokens end, and list what it did from that address.',
  ],
  evidence: ['principal', 'callerIp', 'method', 'action', 'resource'],
  maps: {
    attack: ['T1528', 'T1552.005', 'T1550.001'],
    soc2: ['CC6.1', 'CC7.2'],
    iso27001: ['A.8.16', 'A.5.17'],
  },
  peers: [
    'Stratus Red Team gcp.initial-access.use-compute-sa-outside-gcp',
    'SecOps gcp_unauthorized_gke_pod_token_endpoint_usage (needs endpoint data)',
    'ETD Persistence: New API Method',
  ],
  gaps: [
    'Addresses are judged where `workers` is declared; a machine of another organisation always is.',
    'A token used from another machine of the workers’ ranges looks like its own.',
    'The default account of Compute Engine also belongs to machines that run no jobs: only public addresses count for it.',
  ],
  sources: ['dataproc', 'dataflow', 'bigquery', 'storage', 'spanner', 'iam', 'platform', 'pubsub', 'logging'],
  on: ACTIONS,
  decide: ({ event, declared }) => {
    const { actor } = event;
    if (actor === undefined || event.keyName !== undefined || event.actingFor.length > 0) return [];
    const isDeclared = declared.isAnyRuntimeAccount(actor.id);
    if (!isDeclared && !actor.id.endsWith(DEFAULT_ACCOUNT)) return [];
    const address = textOf(event.claims, 'callerIp');
    if (address === undefined || !isOffPlatform(address, isDeclared, declared)) return [];
    return [
      {
        key: actor.id,
        summary: `${actor.id}, which workers run under, was used from ${placeOf(address)}.`,
        evidence: evidence(
          ['principal', actor.id],
          ['callerIp', address],
          ['method', event.method],
          ['action', event.action],
          ['resource', event.resource],
        ),
      },
    ];
  },
});

function isOffPlatform(address: string, isDeclared: boolean, declared: DeclaredFacts): boolean {
  if (address === FOREIGN_MACHINE) return true;
  if (declared.isWorkerAddress(address) !== false) return false;
  return isDeclared || INTERNAL?.(address) === false;
}

const placeOf = (address: string): string =>
  address === FOREIGN_MACHINE ? 'a machine of another organisation' : 'an address that is none of theirs';
