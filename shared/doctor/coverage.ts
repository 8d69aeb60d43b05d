/**
 * What of the entries of each project reaches a source, when the sinks of the project, its folders and its organisation are put
 * together: what one loses another may take, and what one above intercepts none below sees.
 */
import { probesOf } from '../sink-filter/probes.ts';
import type { RoutedSource } from '../sink-filter/sources.ts';
import type { SinkFacts } from './facts.ts';
import { createThrough, type Through } from './through.ts';

/** A project whose entries are needed. */
export interface Place {
  readonly project: string;
  /** `projects/P` first, then its folders and the organisation. */
  readonly levels: readonly string[];
}

export interface Loss {
  readonly kind: 'not-covered' | 'loses-entries' | 'unsure' | 'intercepted' | 'twice';
  /** Ids of projects; none where sinks are looked at by themselves. */
  readonly places: readonly string[];
  /** Through which the entries should come. */
  readonly sinks: readonly SinkFacts[];
  /** Names of the kinds of entries. */
  readonly entries: readonly string[];
  /** Sinks above that take them away. */
  readonly by: readonly SinkFacts[];
}

export interface CoverageQuestion {
  readonly source: RoutedSource;
  /** Sinks of the source, whose filters can be read. */
  readonly ours: readonly SinkFacts[];
  /** Every sink that was seen. */
  readonly sinks: readonly SinkFacts[];
  /** None: each sink by itself. */
  readonly places: readonly Place[];
}

const PROBE = 'jobtrail-probe';

/** How many kinds of entries the source reads, and what becomes of those that do not come once. */
export function coverageOf(question: CoverageQuestion): {
  readonly kinds: number;
  readonly losses: readonly Loss[];
} {
  const { source, ours, sinks, places } = question;
  const kinds = probesOf(source).map(({ name }) => name);
  if (places.length === 0) {
    const losses = ours.flatMap((sink) => {
      const project = sink.parent.startsWith('projects/') ? sink.parent.slice('projects/'.length) : PROBE;
      const place = { project, levels: [sink.parent] };
      return lossesOf(kinds, place, [sink], [], createThrough(source, [project]));
    });
    return { kinds: kinds.length, losses: losses.map((loss) => ({ ...loss, places: [] })) };
  }
  const through = createThrough(
    source,
    places.map(({ project }) => project),
  );
  const taking = sinks.filter((sink) => sink.interceptChildren && !sink.disabled && !ours.includes(sink));
  const losses = places.flatMap((place) => lossesOf(kinds, place, ours, taking, through));
  return { kinds: kinds.length, losses: merged(losses) };
}

/** Projects of which the same is to be said. */
const merged = (losses: readonly Loss[]): readonly Loss[] =>
  [...Map.groupBy(losses, keyOf).values()].flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [{ ...first, places: group.flatMap(({ places }) => places) }];
  });

const sinkName = ({ parent, name }: SinkFacts): string => `${parent}/sinks/${name}`;
const keyOf = ({ kind, sinks, by, entries }: Loss): string =>
  JSON.stringify([kind, sinks.map(sinkName), by.map(sinkName), entries]);

type Fate =
  | { readonly is: 'once' | 'lost' | 'unsure' }
  | { readonly is: 'twice'; readonly sinks: readonly SinkFacts[] }
  | { readonly is: 'taken'; readonly by: SinkFacts };

/** A sink that is disabled or leaves out children is told by itself, and counts here as if it were mended. */
function lossesOf(
  kinds: readonly string[],
  { project, levels }: Place,
  ours: readonly SinkFacts[],
  taking: readonly SinkFacts[],
  through: Through,
): readonly Loss[] {
  const depth = ({ parent }: SinkFacts): number => levels.indexOf(parent);
  const reaching = ours.filter((sink) => depth(sink) >= 0).toSorted((a, b) => depth(a) - depth(b));
  const base = { places: [project], sinks: reaching, entries: [], by: [] };
  if (reaching.length === 0) return [{ ...base, kind: 'not-covered' }];

  const takenFrom = (sink: SinkFacts, kind: string): { sure: SinkFacts | undefined; maybe: boolean } => {
    const above = taking.filter((other) => depth(other) > depth(sink));
    return {
      sure: above.find((other) => through(other, project, kind) === 'passes'),
      maybe: above.some((other) => through(other, project, kind) === 'unsure'),
    };
  };
  const fateOf = (kind: string): Fate => {
    const passing = reaching.filter((sink) => through(sink, project, kind) === 'passes');
    const free = passing.filter((sink) => takenFrom(sink, kind).sure === undefined);
    const sure = free.filter((sink) => !takenFrom(sink, kind).maybe);
    const live = sure.filter(({ disabled }) => !disabled);
    if (live.length > 1) return { is: 'twice', sinks: live };
    if (sure.length > 0) return { is: 'once' };
    if (free.length > 0 || reaching.some((sink) => through(sink, project, kind) === 'unsure'))
      return { is: 'unsure' };
    const by = passing.map((sink) => takenFrom(sink, kind).sure).find((sink) => sink !== undefined);
    return by === undefined ? { is: 'lost' } : { is: 'taken', by };
  };

  const fates = kinds.map((kind) => ({ kind, fate: fateOf(kind) }));
  const named = (is: Fate['is']): readonly string[] =>
    fates.flatMap(({ kind, fate }) => (fate.is === is ? [kind] : []));
  const lost = named('lost');
  const unsure = named('unsure');
  const taken = named('taken');
  const by = new Set(fates.flatMap(({ fate }) => (fate.is === 'taken' ? [fate.by] : [])));
  const together = new Set(fates.flatMap(({ fate }) => (fate.is === 'twice' ? fate.sinks : [])));
  return [
    ...(lost.length > 0 ? [{ ...base, kind: 'loses-entries', entries: lost } as const] : []),
    ...(unsure.length > 0 ? [{ ...base, kind: 'unsure', entries: unsure } as const] : []),
    ...(taken.length > 0 ? [{ ...base, kind: 'intercepted', entries: taken, by: [...by] } as const] : []),
    ...(together.size > 0
      ? [{ ...base, kind: 'twice', sinks: reaching.filter((sink) => together.has(sink)) } as const]
      : []),
  ];
}
