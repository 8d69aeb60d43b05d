/**
 * Each attribute that policies may look at, read from an event's recorded columns and what is declared. One table for the
 * questions put to Cedar and for the keys of decisions that are remembered, so that the two cannot part.
 */
import type { CedarValueJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { DatasetLabel } from '../../schemas/declared.ts';
import type { DeclaredFacts } from '../detections/declared-facts.ts';
import type { TrailEvent } from '../model/trail-event.ts';
import { resourceKindOf, type ResourceKind } from './actions.ts';

/** An event with what decides which attributes it has. */
export interface Subject {
  readonly event: TrailEvent;
  readonly facts: DeclaredFacts;
  readonly kind: ResourceKind;
  /** Job id, dataset id or resource name. */
  readonly name: string;
  /** Of datasets, from the configuration. */
  readonly label: DatasetLabel | undefined;
  /** The resource's own, where the configuration gives the dataset one. */
  readonly environment: string | undefined;
}

/** Undefined where the event has no such attribute. */
type Read = (subject: Subject) => CedarValueJson | undefined;

export function subjectOf(event: TrailEvent, facts: DeclaredFacts): Subject {
  const kind = resourceKindOf(event.action);
  const name = nameOf(event, kind);
  const label = kind === 'Dataset' ? facts.datasetLabel(name) : undefined;
  return { event, facts, kind, name, label, environment: label?.environment ?? event.environment };
}

function nameOf(event: TrailEvent, kind: ResourceKind): string {
  const named = kind === 'Job' ? event.job : kind === 'Dataset' ? event.datasets[0]?.dataset : undefined;
  return named ?? event.resource ?? event.job ?? '-';
}

/** Whom nobody named is `Unknown::"-"`: no policy should permit it anything by name. */
export const principalIdOf = ({ actor }: TrailEvent): string => actor?.id ?? '-';

export const PRINCIPAL: Readonly<Record<string, Read>> = {
  id: ({ event }) => principalIdOf(event),
  issuer: ({ event }) => partsOf(principalIdOf(event))[0],
  subject: ({ event }) => partsOf(principalIdOf(event))[1],
  environment: ({ event: { actor }, facts }) =>
    actor === undefined ? undefined : facts.environmentOfPrincipal(actor.id),
  owner: ({ event }) => event.actor?.owner,
  lane: ({ event }) => event.actor?.lane,
};

/** `kind:issuer:subject`; the issuer holds no colon. */
function partsOf(id: string): readonly [issuer: string, subject: string] {
  const first = id.indexOf(':');
  const second = id.indexOf(':', first + 1);
  return first < 0 || second < 0 ? ['', id] : [id.slice(first + 1, second), id.slice(second + 1)];
}

export const RESOURCE: Readonly<Record<string, Read>> = {
  name: ({ name }) => name,
  environment: ({ environment }) => environment,
  project: ({ event }) => event.project,
  location: ({ event }) => event.location,
  engine: ({ event: { job } }) => job?.slice(0, job.indexOf(':')),
  jobName: ({ event }) => event.jobName,
  classification: ({ label }) => label?.classification,
  owner: ({ label }) => label?.owner,
  labels: ({ label }) => label?.labels ?? NONE,
};

/** What an entry alone tells; the rest is settled later. */
export const CONTEXT: Readonly<Record<string, Read>> = {
  credential: ({ event }) => event.actor?.proof ?? 'none',
  userManagedKey: ({ event }) => event.keyName !== undefined,
  actingFor: ({ event }) => event.actingFor.map((link) => link.id),
  delegations: ({ event }) => event.actingFor.length,
  outcome: ({ event }) => event.outcome,
  runAs: ({ event }) => event.runAs,
  source: ({ event }) => event.source,
  provenance: ({ event }) => event.provenance,
  hour: ({ event }) => Number(event.time.slice(11, 13)),
  weekday: ({ event }) => new Date(event.time).getUTCDay() || 7,
  reads: ({ event }) => namesOf(event, 'read'),
  writes: ({ event }) => namesOf(event, 'write'),
};

const NONE: CedarValueJson[] = [];

const namesOf = (event: TrailEvent, op: 'read' | 'write'): string[] =>
  event.datasets.filter((use) => use.op === op).map((use) => use.dataset);

/** Those that the subject has, by name. */
export function valuesOf(
  reads: Readonly<Record<string, Read>>,
  subject: Subject,
): Record<string, CedarValueJson> {
  const values: Record<string, CedarValueJson> = {};
  for (const name in reads) {
    const value = reads[name]?.(subject);
    if (value !== undefined) values[name] = value;
  }
  return values;
}
