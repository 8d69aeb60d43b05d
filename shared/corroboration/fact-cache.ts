/** Facts that were loaded, by what was asked; and a reader over them that notes what is missing. */
import type { TrailEvent } from '../model/trail-event.ts';
import type { EdgeFact, FactQuery, Facts, Sighting, VersionFact } from './facts.ts';
import { subjectText } from './subjects.ts';

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

/**
 * One text for one question. Subjects, jobs and nodes hold any text and stand last, buckets have their length before them, so
 * that no two questions have one text. Asked a million times a round: no JSON.
 */
export function keyOfQuery(query: FactQuery): string {
  switch (query.ask) {
    case 'witnesses':
      return `w\n${query.family}\n${query.span.from}\n${query.span.until}\n${query.subject}`;
    case 'sightings':
      return `s\n${query.family}\n${query.from.length}\n${query.until.length}\n${query.from}${query.until}${query.subject}`;
    case 'job':
      return `j\n${query.job}`;
    case 'named':
      return `n\n${query.job}`;
    case 'edges':
      return `d\n${query.op}\n${query.node}`;
    case 'event':
      return `e\n${query.id}`;
    case 'policy':
      return `p\n${query.plane}\n${query.policy}`;
    default:
      return query satisfies never;
  }
}

export interface Reader {
  readonly facts: Facts;
  /** Questions that were not loaded; the answers given to them were empty. */
  readonly missed: readonly FactQuery[];
  /**
   * Facts given out, those of each question once: more wherever more is recorded. Counted by question and not by fact, since
   * thousands of verdicts rest on the same thousands of facts.
   */
  readonly seen: () => number;
}

export function factsOver(cache: FactCache): Reader {
  const missed: FactQuery[] = [];
  const given = new Map<string, number>();
  function answer<T>(answers: ReadonlyMap<string, readonly T[]>, query: FactQuery): readonly T[] {
    const key = keyOfQuery(query);
    const found = answers.get(key);
    if (found === undefined) {
      missed.push(query);
      return [];
    }
    given.set(key, found.length);
    return found;
  }
  const facts: Facts = {
    witnesses: (family, subject, span) =>
      answer(cache.events, { ask: 'witnesses', family, subject: subjectText(subject), span }),
    sightings: (family, subject, from, until) =>
      answer(cache.sightings, { ask: 'sightings', family, subject: subjectText(subject), from, until }),
    job: (job) => answer(cache.events, { ask: 'job', job }),
    named: (job) => answer(cache.events, { ask: 'named', job }),
    edges: (node, op) => answer(cache.edges, { ask: 'edges', node, op }),
    event: (id) => answer(cache.events, { ask: 'event', id })[0],
    contents: (id) => answer(cache.events, { ask: 'event', id }),
    policy: (plane, policy) => answer(cache.versions, { ask: 'policy', plane, policy }),
  };
  return { facts, missed, seen: () => [...given.values()].reduce((sum, count) => sum + count, 0) };
}
