/** Probes of many projects through one sink: reading a filter costs more than asking it, so all are asked at once. */
import { JobtrailError } from '../errors.ts';
import { probesOf } from '../sink-filter/probes.ts';
import { routedBy } from '../sink-filter/routing.ts';
import type { RoutedSource } from '../sink-filter/sources.ts';
import type { SinkFacts } from './facts.ts';

/** What becomes of one kind of entry at a sink; `unsure` where its filter does not tell. */
export type Passage = 'passes' | 'unsure' | 'lost';

/** Of a kind of entry of one project, at one sink. */
export type Through = (sink: SinkFacts, project: string, kind: string) => Passage;

export function createThrough(source: RoutedSource, projects: readonly string[]): Through {
  const probes = projects.flatMap((project) =>
    probesOf(source, project).map(({ name, entry }) => ({ name: keyOf(project, name), entry })),
  );
  const known = new Map<SinkFacts, ReadonlyMap<string, Passage>>();
  return (sink, project, kind) => {
    const passages = known.get(sink) ?? passagesOf(sink, probes);
    known.set(sink, passages);
    return passages.get(keyOf(project, kind)) ?? 'lost';
  };
}

const keyOf = (project: string, kind: string): string => JSON.stringify([project, kind]);

function passagesOf(sink: SinkFacts, probes: Parameters<typeof routedBy>[1]): ReadonlyMap<string, Passage> {
  try {
    const { passing, unsure } = routedBy(sink, probes);
    return new Map<string, Passage>([
      ...passing.map((name) => [name, 'passes'] as const),
      ...unsure.map((name) => [name, 'unsure'] as const),
    ]);
  } catch (error) {
    // Somebody else's sink, of a filter that Cloud Logging reads and this does not.
    if (error instanceof JobtrailError) return new Map(probes.map(({ name }) => [name, 'unsure'] as const));
    throw error;
  }
}
