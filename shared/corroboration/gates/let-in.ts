/** What one undeclared change of a gate did for one success: it alone let it through, it did not, or the texts do not tell. */
import type { DeclaredFacts } from '../../detections/declared-facts.ts';
import type { PolicyPlane } from '../../model/event.ts';
import type { TrailEvent } from '../../model/trail-event.ts';
import type { Facts, VersionFact } from '../facts.ts';
import { isDeclaredChange } from './declared-change.ts';

export interface LetIn {
  /** Names the policy in keys. */
  readonly policy: string;
  /** The undeclared change by which it was in force. */
  readonly change: TrailEvent;
  /** The version before, where it is recorded. */
  readonly before: TrailEvent | undefined;
  readonly says: 'let-in' | 'unknown';
  /** How the text changed for whoever it was, or what is not known. */
  readonly why: string;
}

export interface Passed {
  /** The success. */
  readonly event: TrailEvent;
  readonly declared: DeclaredFacts;
  readonly facts: Facts;
}

export interface Version {
  readonly change: VersionFact['change'];
  readonly event: TrailEvent;
}

export interface Undeclared {
  /** As it was at the success; not CI's. */
  readonly inForce: Version;
  /** The first of the changes outside of CI that led to it. */
  readonly first: Version;
  /** The last that CI made, or that was there when records begin. */
  readonly before: Version | undefined;
}

/** Changes that are looked through for the last one of CI. */
const MAX_VERSIONS = 50;

/**
 * Undefined where the version in force at the success is a declared one.
 * @param isGood whether a record of a version counts: nobody makes up a past that excuses him
 */
export function undeclaredAt(
  plane: PolicyPlane,
  policy: string,
  { event, declared, facts }: Passed,
  isGood: (version: VersionFact) => boolean,
): Undeclared | undefined {
  const newestFirst = facts
    .policy(plane, policy)
    .filter((version) => version.time <= event.time && isGood(version))
    .slice(0, MAX_VERSIONS)
    .flatMap(({ eventId, change }): readonly Version[] => {
      const told = facts.event(eventId);
      return told === undefined ? [] : [{ change, event: told }];
    });
  const others = newestFirst.map((version) => version.event);
  const declaredAt = newestFirst.findIndex((version) =>
    isDeclaredChange(version.event, others, declared, facts),
  );
  const [inForce] = newestFirst;
  if (inForce === undefined || declaredAt === 0) return undefined;
  const undeclared = declaredAt < 0 ? newestFirst : newestFirst.slice(0, declaredAt);
  return { inForce, first: undeclared.at(-1) ?? inForce, before: newestFirst[declaredAt] };
}
