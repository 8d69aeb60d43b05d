/** What questions to the shared parts of detections have in common: a configuration, identities, texts of claims. */
import type * as accessLogFilter from '../../../shared/detections/access-log-filter.ts';
import type * as addresses from '../../../shared/detections/addresses.ts';
import type * as auditConfigs from '../../../shared/detections/audit-configs.ts';
import type * as bindings from '../../../shared/detections/bindings.ts';
import type * as change from '../../../shared/detections/change.ts';
import type * as claimedJson from '../../../shared/detections/claimed-json.ts';
import type * as datasetPlace from '../../../shared/detections/dataset-place.ts';
import type * as declare from '../../../shared/detections/declare.ts';
import type * as destinationTls from '../../../shared/detections/destination-tls.ts';
import type * as detect from '../../../shared/detections/detect.ts';
import type * as evidence from '../../../shared/detections/evidence.ts';
import type * as finding from '../../../shared/detections/finding.ts';
import type * as gatewayEntity from '../../../shared/detections/gateway-entity.ts';
import type * as keptEntries from '../../../shared/detections/kept-entries.ts';
import type * as kinds from '../../../shared/detections/kinds.ts';
import type * as members from '../../../shared/detections/members.ts';
import type * as mustKeep from '../../../shared/detections/must-keep.ts';
import type * as onePerKey from '../../../shared/detections/one-per-key.ts';
import type * as patterns from '../../../shared/detections/patterns.ts';
import { Agent } from '../../../schemas/config.ts';
import { Declared } from '../../../schemas/declared.ts';
import { parsePrincipalId } from '../../../shared/identity/grammar/canonical.ts';
import type { JobId } from '../../../shared/model/job.ts';

/** The exports of all files that are asked, as one. */
export type Shared = typeof accessLogFilter &
  typeof addresses &
  typeof auditConfigs &
  typeof bindings &
  typeof change &
  typeof claimedJson &
  typeof datasetPlace &
  typeof declare &
  typeof destinationTls &
  typeof detect &
  typeof evidence &
  typeof finding &
  typeof gatewayEntity &
  typeof keptEntries &
  typeof kinds &
  typeof members &
  typeof mustKeep &
  typeof onePerKey &
  typeof patterns;

export interface Question {
  readonly what: string;
  readonly ask: (shared: Shared) => unknown;
  readonly answer: unknown;
}

export const idOf = (text: string) => {
  const parsed = parsePrincipalId(text);
  if (parsed === undefined) throw new Error(`${text} is no id`);
  return parsed.id;
};
export const ANA = idOf('user:google:ana@example.com');
export const BO = idOf('user:google:bo@example.com');
export const REPORTER = idOf('service-account:google:reporter@acme-prod.iam.gserviceaccount.com');
export const PLANNER = idOf('service-account:google:planner@acme-dev.iam.gserviceaccount.com');

export const END = '2026-06-01T00:00:00Z';
export const END_OF_EVENT = '2026-06-01T00:00:00.000000000Z';
export const BEFORE_END = '2026-05-31T23:59:59.999000000Z';
export const excused = { owner: 'ana@example.com', reason: 'a migration', until: END };

export const DECLARED: unknown = {
  lanes: { reports: { actions: ['data.read'] } },
  groups: { 'on-call': ['ana@example.com', 'bo@example.com', 'ana@example.com'], admins: ['bo@example.com'] },
  identities: { prod: ['ana@example.com'] },
  datasets: [
    { match: 'gs://lake/raw/*' },
    { match: 'gs://archive' },
    { match: 's3://partner/x' },
    { match: 'gs:///nothing' },
  ],
  sinks: ['gs://outbox'],
  organisation: { buckets: ['acme-*'], domains: ['example.com'] },
  egress: { networks: ['//compute.googleapis.com/projects/acme-net/global/networks/egress'] },
  runtimeAccounts: { prod: ['reporter@acme-prod.iam.gserviceaccount.com'] },
  protectedServices: ['spanner*', 'orders/api', 'wide/*', '/lost', 'plain'],
  exemptions: [
    { id: 'of-ana', rules: ['rule-a'], principals: ['ana@example.com'], ...excused },
    { id: 'of-topic', rules: ['rule-b'], resources: ['projects/acme-prod/topics/*'], ...excused },
    { id: 'of-dev', rules: ['rule-c'], environments: ['dev'], ...excused },
  ],
};
export const AGENTS: readonly unknown[] = [
  { principal: 'reporter@acme-prod.iam.gserviceaccount.com', owner: 'ana@example.com', lane: 'reports' },
  { principal: 'reporter@acme-prod.iam.gserviceaccount.com', owner: 'ana@example.com' },
  { principal: 'planner@acme-dev.iam.gserviceaccount.com', owner: 'ana@example.com' },
  { principal: 'agent:google:helper@example.com', owner: 'ana@example.com' },
];

export const facts = (
  { declaredFacts }: Pick<Shared, 'declaredFacts'>,
  declared: unknown = DECLARED,
  agents: readonly unknown[] = AGENTS,
  meshProjects: readonly string[] = [],
) =>
  declaredFacts({
    digest: 'd',
    declared: Declared.parse(declared),
    agents: agents.map((agent) => Agent.parse(agent)),
    environmentOf: new Map([
      ['acme-prod', 'prod'],
      ['acme-dev', 'dev'],
    ]),
    meshProjects: new Set(meshProjects),
  });

export const claim = (name: string, value: unknown): Readonly<Record<string, string>> => ({
  [name]: JSON.stringify(value),
});
export const jobOf = (text: string): JobId => text as JobId;
