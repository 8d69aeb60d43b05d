/**
 * Canonical ids of one identity. A grammar that is written by hand tells what it can of the kind (`service-account:…`), where
 * the record of a declared agent says `agent:…`: issuer and subject are who it is.
 */
import { partiesOf } from '../detections/kinds.ts';
import { PRINCIPAL_KINDS } from '../model/principal.ts';
import type { TrailEvent } from '../model/trail-event.ts';

const bare = (id: string): string => id.slice(id.indexOf(':') + 1);

/** Two ids that are of no known form are nobody. */
export const isSameIdentity = (a: string | undefined, b: string | undefined): boolean =>
  a !== undefined && b !== undefined && (a === b || (bare(a) === bare(b) && isKnown(a) && isKnown(b)));

const KINDS: ReadonlySet<string> = new Set(PRINCIPAL_KINDS.filter((kind) => kind !== 'unknown'));
const isKnown = (id: string): boolean => KINDS.has(id.slice(0, Math.max(id.indexOf(':'), 0)));

/** Kinds under which one identity is written: an agent's account under its own as well. */
const WRITTEN_AS = ['user', 'service-account', 'workload'] as const;

/** Every id under which somebody may be written down: his own, and for agents those of what they are otherwise. */
export function writtenAs(id: string): readonly string[] {
  return id.startsWith('agent:') ? [id, ...WRITTEN_AS.map((kind) => `${kind}:${bare(id)}`)] : [id];
}

/** Every id under which events may name somebody who was written down: as an agent too. */
export const recordedAs = (id: string): readonly string[] => [
  ...new Set([...writtenAs(id), `agent:${bare(id)}`]),
];

/** Everybody who did it or for whom it was done, under the names that were proven as well. */
export function doersOf(event: TrailEvent): readonly string[] {
  const { actor } = event;
  return [...new Set([...partiesOf(event), ...(actor?.as === undefined ? [] : [actor.as])])];
}
