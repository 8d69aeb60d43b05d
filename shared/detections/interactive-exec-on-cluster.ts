import type { TrailEvent } from '../model/trail-event.ts';
import { defineDetection } from './detection.ts';
import { evidence, listOf, textOf } from './evidence.ts';
import { isDone, subjectOf, whoOf } from './kinds.ts';

export const interactiveExecOnCluster = defineDetection({
  id: 'interactive-exec-on-cluster',
  number: 'U13',
  version: 1,
  title: 'Code ran on a cluster without a job submission',
  severity: 'high',
  why: 'A terminal, kernel or shell has the rights of the cluster, and nothing of what it runs is in the job API’s records.',
  runbook: [
    'Find who it was: `principal`, and where the log names nobody, who reached `place` by Component Gateway, IAP or SSH in the minutes before.',
    'List what the account of the cluster touched from then on while no job ran.',
    'Close the way in, or declare a notebook cluster as an exemption with an owner and an end.',
  ],
  evidence: ['place', 'principal', 'way', 'method', 'callerIp'],
  maps: {
    attack: ['T1021.007', 'T1651', 'T1552.005'],
    soc2: ['CC6.1', 'CC6.8'],
    iso27001: ['A.8.18', 'A.8.2'],
  },
  peers: [
    'Panther gcp_compute_ssh_connection (SSH)',
    'Elastic execution_gcp_gke_user_exec_into_pod (pods)',
    'ETD GCE Admin Added SSH Key (SSH)',
  ],
  gaps: [
    "Jupyter's log names no user; Component Gateway's does, in another entry.",
    'Whether the session touched data while no job ran takes more than one entry.',
    'Machines of a cluster are known by the names Dataproc gives them.',
  ],
  sources: ['dataproc', 'kubernetes', 'platform', 'databricks'],
  on: ['exec.interactive', 'session.run', 'login', 'compute.change'],
  decide: ({ event }) => {
    if (!isDone(event)) return [];
    const way = wayOf(event);
    if (way === undefined) return [];
    const place = placeOf(event);
    return [
      {
        key: `${place} ${event.actor?.id ?? '-'}`,
        summary: `${whoOf(event)} ${way} on ${place}.`,
        evidence: evidence(
          ['place', place],
          ['principal', event.actor?.id],
          ['way', way],
          ['method', event.method],
          ['callerIp', textOf(event.claims, 'callerIp')],
        ),
      },
    ];
  },
});

function wayOf({ action, source, method, claims }: TrailEvent): string | undefined {
  if (action === 'exec.interactive') return 'opened a shell or tunnel';
  // Notebooks of Databricks are the platform's own way to work, with an entry for every command.
  if (action === 'session.run') return source === 'dataproc' ? 'started a notebook kernel' : undefined;
  if (!isNode(textOf(claims, 'instance'))) return undefined;
  if (action === 'login') return method.endsWith('.CheckPolicy') ? 'signed in by SSH' : undefined;
  const isKey = listOf(claims, 'metadataKeys').some(([key]) => key === 'ssh-keys');
  return isKey ? 'put an SSH key' : undefined;
}

/** `CLUSTER-m`, `CLUSTER-m-0`, `CLUSTER-w-3`, `CLUSTER-sw-x1y2`: masters, workers, secondary workers of Dataproc. */
const NODE = /-(?:m|m-[0-2]|w-[0-9]{1,5}|sw-[a-z0-9]{4})$/;

const isNode = (instance: string | undefined): boolean => instance !== undefined && NODE.test(instance);

function placeOf(event: TrailEvent): string {
  const { claims } = event;
  const cluster = textOf(claims, 'cluster') ?? textOf(claims, 'instance');
  const inside = textOf(claims, 'name');
  if (cluster === undefined) return subjectOf(event);
  return inside === undefined ? cluster : `${cluster} ${inside}`;
}
