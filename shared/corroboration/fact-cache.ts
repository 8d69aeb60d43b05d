/** Facts that were loaded, by what was asked; and a reader over them that notes what is missing. */
import type { TrailEvent } from '../model/trail-event.ts';
import type { DerivedValues } from './derived.ts';
import type {
  EdgeFact,
  FactQuery,
  Facts,
  Sighting,
  SightingFamily,
  Span,
  VersionFact,
  WitnessFamily,
} from './facts.ts';
import type { PolicyPlane } from '../model/event.ts';
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

/** Reads what is loaded, and notes what is not. A rule is asked thousands of times a round, each time over a reader of its own. */
export class FactReader implements Facts {
  /** Questions that were not loaded; the answers given to them were empty. */
  readonly missed: FactQuery[] = [];
  readonly #cache: FactCache;
  readonly #given = new Map<string, number>();

  constructor(cache: FactCache) {
    this.#cache = cache;
  }

  /**
   * Facts given out, those of each question and of each derived value once: more wherever more is recorded. Counted by question
   * and not by fact, since thousands of verdicts rest on the same thousands of facts.
   */
  seen(): number {
    let sum = 0;
    for (const count of this.#given.values()) sum += count;
    return sum;
  }

  witnesses(family: WitnessFamily, subject: string, span: Span): readonly TrailEvent[] {
    return this.#answer(this.#cache.events, {
      ask: 'witnesses',
      family,
      subject: subjectText(subject),
      span,
    });
  }

  sightings(family: SightingFamily, subject: string, from: string, until: string): readonly Sighting[] {
    const query = { ask: 'sightings', family, subject: subjectText(subject), from, until } as const;
    return this.#answer(this.#cache.sightings, query);
  }

  job(job: string): readonly TrailEvent[] {
    return this.#answer(this.#cache.events, { ask: 'job', job });
  }

  named(job: string): readonly TrailEvent[] {
    return this.#answer(this.#cache.events, { ask: 'named', job });
  }

  edges(node: string, op: string): readonly EdgeFact[] {
    return this.#answer(this.#cache.edges, { ask: 'edges', node, op });
  }

  event(id: string): TrailEvent | undefined {
    return this.contents(id)[0];
  }

  contents(id: string): readonly TrailEvent[] {
    return this.#answer(this.#cache.events, { ask: 'event', id });
  }

  policy(plane: PolicyPlane, policy: string): readonly VersionFact[] {
    return this.#answer(this.#cache.versions, { ask: 'policy', plane, policy });
  }

  once<T>(values: DerivedValues<T>, key: string, compute: (facts: Facts) => T): T {
    let ofRound = values.get(this.#cache);
    if (ofRound === undefined) values.set(this.#cache, (ofRound = new Map()));
    let known = ofRound.get(key);
    // As long as nothing more is loaded, what is missing is the same.
    if (known === undefined || (known.missed.length > 0 && known.loaded < loadedIn(this.#cache))) {
      const inner = new FactReader(this.#cache);
      known = {
        value: compute(inner),
        facts: inner.seen(),
        missed: inner.missed,
        loaded: loadedIn(this.#cache),
      };
      ofRound.set(key, known);
    }
    for (const query of known.missed) this.missed.push(query);
    this.#given.set(`o\n${key}`, known.facts);
    return known.value;
  }

  #answer<T>(answers: ReadonlyMap<string, readonly T[]>, query: FactQuery): readonly T[] {
    const key = keyOfQuery(query);
    const found = answers.get(key);
    if (found === undefined) {
      this.missed.push(query);
      return [];
    }
    this.#given.set(key, found.length);
    return found;
  }
}

/** How many answers are there: more whenever something was loaded. */
const loadedIn = ({ events, sightings, edges, versions }: FactCache): number =>
  events.size + sightings.size + edges.size + versions.size;
