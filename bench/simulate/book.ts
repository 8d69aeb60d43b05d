/**
 * What is told, by story: a story is what belongs together, such as a job with all its records, or one injected violation. The
 * stories are the ground truth beside the entries.
 */
import type { Told } from './told.ts';

/** Number of a story, from 0. */
export type StoryId = number;

/** A violation that was put in on purpose. */
export interface Injection {
  /** Rule that must find it. */
  readonly rule: string;
  /** Way in which it is done, some of them to hide. */
  readonly variant: string;
  /** Rules that rightly find something in its entries as well. */
  readonly explains: readonly string[];
  /**
   * Other stories among which it hides: a rule that cannot tell them apart may name one of them in its place, as many of them
   * as there are violations.
   */
  readonly beside: readonly StoryId[];
  /** Who did it: for findings that cite no entry of it. */
  readonly subject?: string;
  /** Path that fell silent, for findings that are about no entry. */
  readonly path?: string;
}

export interface Story {
  readonly id: StoryId;
  /** When it begins and ends: epoch milliseconds. */
  readonly from: number;
  readonly until: number;
  readonly injection?: Injection;
}

export interface BookEntry extends Told {
  readonly story: StoryId;
}

export class Book {
  readonly stories: Story[] = [];
  readonly entries: BookEntry[] = [];
  jobs = 0;

  /** @param until the end, where the story goes on after its last entry */
  tell(told: readonly Told[], injection?: Injection, until?: number): StoryId {
    const id = this.stories.length;
    const times = told.map(({ at }) => at);
    this.stories.push({
      id,
      from: times.length === 0 ? (until ?? 0) : Math.min(...times),
      until: Math.max(until ?? 0, ...times),
      ...(injection === undefined ? {} : { injection }),
    });
    for (const one of told) this.entries.push({ ...one, story: id });
    return id;
  }
}
