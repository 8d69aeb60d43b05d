/** What a sink keeps of the entries that must be kept: its filter, less its exclusions. */
import { filterOf } from '../logging-query/filter.ts';
import type { TrailClaims } from '../model/trail-event.ts';
import { listOf, textOf } from './evidence.ts';
import { mustKeep } from './must-keep.ts';

export interface Routing {
  /** Empty: everything. */
  readonly filter: string;
  /** Filters of exclusions that are in force. */
  readonly exclusions: readonly string[];
}

export type Kept = ReadonlyMap<string, boolean | undefined>;

/** Name of each must-keep entry → whether it is kept; undefined where the filters do not tell. */
export function keptBy({ filter, exclusions }: Routing, project: string | undefined): Kept {
  const included = filterOf(filter);
  const excluded = exclusions.map(filterOf);
  return new Map(
    mustKeep(project).map(({ name, entry }) => {
      const answers = new Set(excluded.map((one) => one.matches(entry)));
      const within = included.matches(entry);
      if (within === false || answers.has(true)) return [name, false];
      return [name, within === undefined || answers.has(undefined) ? undefined : true];
    }),
  );
}

/** Claims of a sink. What it samples is another rule's: such a filter counts as everything, such an exclusion as none. */
export function keptBySink(claims: TrailClaims, project: string | undefined): Kept {
  const filter = textOf(claims, 'filter') ?? '';
  const exclusions = listOf(claims, 'exclusionFilters').flatMap(([, exclusion = '', disabled]) =>
    disabled === undefined && !filterOf(exclusion).samples ? [exclusion] : [],
  );
  return keptBy({ filter: filterOf(filter).samples ? '' : filter, exclusions }, project);
}

/** Those that are kept, or may be. */
export const keptNames = (kept: Kept): readonly string[] =>
  [...kept.keys()].filter((name) => kept.get(name) !== false);

export interface Lost {
  /** Kept before, for certain, and not any more. */
  readonly lost: readonly string[];
  /** Kept before or after, but nobody can tell. */
  readonly unsure: readonly string[];
}

export function lostBetween(before: Kept, after: Kept): Lost {
  const names = [...before.keys()].filter((name) => before.get(name) !== false && after.get(name) !== true);
  const lost = names.filter((name) => before.get(name) === true && after.get(name) === false);
  return { lost, unsure: names.filter((name) => !lost.includes(name)) };
}

/** Names of a list that may be long: the first three, and how many more. */
export const namesOf = (names: readonly string[]): string =>
  names.length <= 3 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;
