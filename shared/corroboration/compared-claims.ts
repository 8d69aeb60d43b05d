/** Whom two records of one call name, held against each other claim by claim. */
import type { TrailEvent } from '../model/trail-event.ts';
import { doersOf, isSameIdentity } from './same-identity.ts';

/**
 * `agree`: the API names him as the caller. `alias`: the same, by a binding that says whom a name stands for. `delegated`: the API
 * names him as somebody the call was made for. `conflict`: it names others. `unknown`: it does, and nothing says whether they
 * are the same.
 */
export type Relation = 'agree' | 'alias' | 'delegated' | 'conflict' | 'unknown';

export interface Compared {
  readonly id: string;
  /** As it was proven, where a binding led to `id`. */
  readonly as: string | undefined;
  readonly relation: Relation;
}

/**
 * @param isMapped names of hops are declared to be mapped to those of the API: what is not is a conflict
 */
export function compared(hop: TrailEvent, audit: TrailEvent, isMapped: boolean): readonly Compared[] {
  const { actor } = hop;
  const named = [
    ...(actor === undefined ? [] : [{ id: actor.id, as: actor.as }]),
    ...hop.actingFor.map(({ id }) => ({ id, as: undefined })),
  ];
  return named.map((one) => ({ ...one, relation: relationOf(one, audit, isMapped) }));
}

function relationOf(
  { id, as }: { readonly id: string; readonly as: string | undefined },
  { actor, actingFor }: TrailEvent,
  isMapped: boolean,
): Relation {
  if (isSameIdentity(id, actor?.id) || id === actor?.id)
    return as === undefined && actor?.as === undefined ? 'agree' : 'alias';
  if (isSameIdentity(id, actor?.as) || isSameIdentity(as, actor?.id)) return 'alias';
  if (actingFor.some((link) => link.id === id || isSameIdentity(link.id, id))) return 'delegated';
  if (actor === undefined) return 'unknown';
  return isMapped || as !== undefined || issuerOf(id) === issuerOf(actor.id) ? 'conflict' : 'unknown';
}

/** `google` of `user:google:ana@example.com`: names of one issuer are comparable. */
const issuerOf = (id: string): string => id.split(':', 2)[1] ?? '';

/** What all claims of a record come to: one that agrees is enough, since a request has several callers on its way. */
export function relationOfAll(all: readonly Compared[]): Relation {
  for (const relation of ['agree', 'alias', 'delegated', 'conflict'] as const)
    if (all.some((one) => one.relation === relation)) return relation;
  return 'unknown';
}

export const toldOf = (all: readonly Compared[]): string =>
  all
    .map(({ id, as, relation }) => `${id}${as === undefined ? '' : ` (proven as ${as})`}: ${relation}`)
    .join(', ');

export const auditClaims = (audit: TrailEvent): string =>
  doersOf(audit)
    .map((id) => (id === audit.actor?.as ? `(proven as ${id})` : id))
    .join(', ');
