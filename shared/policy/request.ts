/** An event → the question put to Cedar: who, what, to what, and how. Pure; from recorded columns alone. */
import type { Context, EntityJson, TypeAndId } from '@cedar-policy/cedar-wasm/nodejs';
import type { DeclaredFacts } from '../detections/declared-facts.ts';
import type { Action, Via } from '../model/event.ts';
import type { PrincipalKind } from '../model/principal.ts';
import type { TrailEvent } from '../model/trail-event.ts';
import { groupOf } from './actions.ts';
import {
  CONTEXT,
  PRINCIPAL,
  principalIdOf,
  RESOURCE,
  subjectOf,
  valuesOf,
  type Subject,
} from './attributes.ts';
import { NAMESPACE, PRINCIPAL_TYPES } from './schema.ts';

export interface CedarRequest {
  readonly principal: TypeAndId;
  readonly action: TypeAndId;
  readonly resource: TypeAndId;
  readonly context: Context;
  readonly entities: EntityJson[];
}

/** What reconciliation knows of an event beyond its entry. Absent: not known yet. */
export interface Settled {
  readonly through?: readonly Exclude<Via, 'direct'>[];
  /** `null`: it is known that there is none. */
  readonly approval?: {
    readonly by: string;
    readonly signed: boolean;
    readonly selfApproved: boolean;
    readonly kind: string;
  } | null;
  readonly prior?: { readonly existed: boolean; readonly byDeployer: boolean } | null;
}

const uid = (type: string, id: string): TypeAndId => ({ type: `${NAMESPACE}::${type}`, id });

export function requestOf(event: TrailEvent, facts: DeclaredFacts, settled: Settled = {}): CedarRequest {
  return requestOfSubject(subjectOf(event, facts), settled);
}

export function requestOfSubject(subject: Subject, settled: Settled): CedarRequest {
  const { event, facts, kind, name, environment } = subject;
  const { actor, action } = event;
  const type: PrincipalKind = actor?.kind ?? 'unknown';
  const principal = uid(PRINCIPAL_TYPES[type], principalIdOf(event));
  const resource = uid(kind, name);
  const groups = actor === undefined ? [] : facts.groupsOf(actor.id);
  return wellFormed({
    principal,
    action: uid('Action', action),
    resource,
    context: { ...valuesOf(CONTEXT, subject), ...contextOf(settled) },
    entities: [
      {
        uid: principal,
        attrs: valuesOf(PRINCIPAL, subject),
        parents: groups.map((group) => uid('Group', group)),
      },
      {
        uid: resource,
        attrs: valuesOf(RESOURCE, subject),
        parents: environment === undefined ? [] : [uid('Environment', environment)],
      },
      actionEntity(action),
    ],
  });
}

function contextOf({ approval, through, prior }: Settled): Context {
  const context: Context = {};
  if (through !== undefined) context['through'] = [...through];
  if (approval !== undefined && approval !== null) context['approval'] = { ...approval };
  if (prior !== undefined && prior !== null) context['prior'] = { ...prior };
  return context;
}

/** Requests are put without the schema, which alone would tell the group that a verb is in. */
function actionEntity(action: Action): EntityJson {
  const group = groupOf(action);
  return {
    uid: uid('Action', action),
    attrs: {},
    parents: group === action ? [] : [uid('Action', group)],
  };
}

/** Cedar takes no text with half a surrogate pair, which stores replace as well. */
function wellFormed(request: CedarRequest): CedarRequest {
  const text = JSON.stringify(request);
  // Only halves are written as escapes of this range.
  return /\\ud[89a-f]/.test(text) ? (JSON.parse(text, mended) as CedarRequest) : request;
}

const mended = (_key: string, value: unknown): unknown =>
  typeof value === 'string' ? value.toWellFormed() : value;
