/** Facts that were loaded, by what was asked; and a reader over them that notes what is missing. */
import type { TrailEvent } from '../model/trail-event.ts';
import type { EdgeFact, FactQuery, Facts, Sighting, VersionFact } from './facts.ts';

/** The answers of one kind of question each. */
export interface FactCache {
  readonly events: Map<string, readonly TrailEvent[]>;
  readonly sightings: Map<string, readonly Sighting[]>;
  readonly edges: Map<string, readonly EdgeFact[]>;
  readonly versions: Map<string, readonly VersionFact[]>;
}

export const createFactCache = (): FactCache => ({
  events: new Map(),
  sightings: new Map(),
  edges: new Map(),
  versions: new Map(),
});

/** One text for one question. Subjects hold any text, so that nothing but JSON keeps them apart. */
export function keyOfQuery(query: FactQuery): string {
  switch (query.ask) {
    case 'witnesses':
      return JSON.stringify([query.ask, query.family, query.subject, query.span.from, query.span.until]);
    case 'sightings':
      return JSON.stringify([query.ask, query.family, query.subject, query.from, query.until]);
    case 'job':
      return JSON.stringify([query.ask, query.job]);
    case 'edges':
      return JSON.stringify([query.ask, query.node, query.op]);
    case 'event':
      return JSON.stringify([query.ask, query.id]);
    case 'policy':
      return JSON.stringify([query.ask, query.plane, query.policy]);
    default:
      return query satisfies never;
  }
}

export interface Reader {
  readonly facts: Facts;
  /** Questions that were not loaded; the answers given to them were empty. */
  readonly missed: readonly FactQuery[];
  /** Distinct facts given out. */
  readonly seen: () => number;
}

export function factsOver(cache: FactCache): Reader {
  const missed: FactQuery[] = [];
  const given = new Set<string>();
  function answer<T>(
    answers: ReadonlyMap<string, readonly T[]>,
    query: FactQuery,
    idOf: (fact: T) => string,
  ): readonly T[] {
    const found = answers.get(keyOfQuery(query));
    if (found === undefined) {
      missed.push(query);
      return [];
    }
    for (const fact of found) given.add(idOf(fact));
    return found;
  }
  const eventId = ({ id }: TrailEvent): string => id;
  const facts: Facts = {
    witnesses: (family, subject, span) =>
      answer(cache.events, { ask: 'witnesses', family, subject, span }, eventId),
    sightings: (family, subject, from, until) =>
      answer(cache.sightings, { ask: 'sightings', family, subject, from, until }, (one) =>
        JSON.stringify([one.family, one.subject, one.bucket]),
      ),
    job: (job) => answer(cache.events, { ask: 'job', job }, eventId),
    edges: (node, op) => answer(cache.edges, { ask: 'edges', node, op }, ({ eventId: id }) => id),
    event: (id) => answer(cache.events, { ask: 'event', id }, eventId)[0],
    policy: (plane, policy) =>
      answer(cache.versions, { ask: 'policy', plane, policy }, ({ eventId: id }) => id),
  };
  return { facts, missed, seen: () => given.size };
}
