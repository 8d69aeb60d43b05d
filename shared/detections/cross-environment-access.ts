import type { TrailEvent } from '../model/trail-event.ts';
import { DECIDED } from '../policy/actions.ts';
import { placeOf } from './dataset-place.ts';
import type { DeclaredFacts } from './declared-facts.ts';
import { defineDetection, type Found } from './detection.ts';
import { evidence } from './evidence.ts';
import { partiesOf } from './kinds.ts';

export const crossEnvironmentAccess = defineDetection({
  id: 'cross-environment-access',
  number: 'U04',
  version: 1,
  title: 'Identity of one environment acts in another',
  severity: 'high',
  why: 'Who breaks into development gets to production by the identities that are known in both.',
  runbook: [
    'Look how `principal` came by its rights in `to`: list the grants on `resource` and on its project.',
    'List what it did there in the 24 hours before and after (query jobs-of-principal).',
    'Take the grant away, or declare the crossing under `crossEnvironment` with an owner and an end.',
  ],
  evidence: ['principal', 'from', 'to', 'action', 'resource'],
  maps: {
    attack: ['T1078.004', 'T1021.007'],
    soc2: ['CC6.1', 'CC6.3', 'C1.1'],
    iso27001: ['A.8.31', 'A.8.22'],
  },
  peers: [
    'Panther databricks_access_to_multiple_workspaces (a count of 5 a day)',
    'Panther gcp_kms_cross_project_encryption',
  ],
  gaps: [
    'People belong to no environment; refused attempts are other detections.',
    'Reads of objects and rows are seen where Data Access logging is on.',
    'A Databricks service principal in two workspaces is seen where `identities` declares its environment.',
  ],
  sources: ['dataproc', 'dataflow', 'databricks', 'bigquery', 'storage', 'spanner', 'iam', 'istio', 'kong'],
  on: [...DECIDED, 'job.finish', 'api.call'],
  decide: ({ event, declared }) => {
    if (event.outcome !== 'allowed') return [];
    let targets: readonly Target[] | undefined;
    const found = new Map<string, Found>();
    for (const id of partiesOf(event)) {
      const from = declared.environmentOfPrincipal(id);
      // Most callers are people or belong to nobody: what was touched need not be looked up for them.
      if (from === undefined) continue;
      targets ??= targetsOf(event, declared);
      for (const { environment: to, name, resource } of targets) {
        if (to === from) continue;
        if (declared.crossEnvironment(id, from, to, event.action, resource, event.time) !== undefined)
          continue;
        const key = `${id} ${name}`;
        found.set(key, {
          key,
          summary: `${id} belongs to ${from} and acted in ${to}.`,
          evidence: evidence(
            ['principal', id],
            ['from', from],
            ['to', to],
            ['action', event.action],
            ['resource', resource],
          ),
        });
      }
    }
    return [...found.values()];
  },
});

interface Target {
  readonly environment: string;
  /** Project, bucket or workload. */
  readonly name: string;
  /** As `crossEnvironment.resources` names it: a dataset's id, or the resource of the entry. */
  readonly resource: string;
}

function targetsOf(event: TrailEvent, declared: DeclaredFacts): readonly Target[] {
  const { action, datasets } = event;
  const resource = event.resource ?? '-';
  // A hop is written down where the mesh or the gateway is: what counts is what was called.
  if (action === 'api.call') {
    const project = event.callKey?.split('|')[2];
    const { peer } = event;
    return [
      ...target(declared.environmentOf(project), project, resource),
      ...(peer === undefined ? [] : target(declared.environmentOfPrincipal(peer), peer, resource)),
    ];
  }
  // Access is to the data, wherever its entry is filed; work is in a project, and touches data in others.
  const isAccess = action.startsWith('data.') && datasets.length > 0;
  const own = isAccess ? [] : target(event.environment, event.project, resource);
  const data = datasets.flatMap(({ dataset }) => {
    const place = placeOf(dataset);
    const stated =
      declared.datasetLabel(dataset)?.environment ??
      (place?.kind === 'project' ? declared.environmentOf(place.name) : undefined);
    const environment = stated ?? (isAccess ? event.environment : undefined);
    return target(environment, place?.name ?? dataset, dataset);
  });
  return [...own, ...data];
}

const target = (
  environment: string | undefined,
  name: string | undefined,
  resource: string,
): readonly Target[] =>
  environment === undefined || name === undefined ? [] : [{ environment, name, resource }];
