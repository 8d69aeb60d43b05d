/**
 * Where a dataset comes from, and where it goes to, over any number of hops: breadth-first by key, one round of reads
 * for each hop whatever its width. The same answer as schemas/queries/upstream.sql and downstream.sql, which stop at 6.
 */
import type { Row } from '../../schemas/tables.ts';
import type { Store } from '../store/store.ts';

export type Direction = 'upstream' | 'downstream';

/** One job between two datasets, on a shortest way from the start. */
export interface LineageStep {
  /** From 1. */
  readonly hop: number;
  /** The dataset met at this hop. */
  readonly dataset: string;
  readonly job: string;
  /** The dataset one hop nearer to the start. */
  readonly near: string;
}

export interface Lineage {
  /** Ordered by hop, dataset, job, near. */
  readonly steps: readonly LineageStep[];
  /** True where the limit on datasets stopped the walk: there is more. */
  readonly truncated: boolean;
}

export interface WalkOptions {
  readonly hops?: number;
  /** Datasets at most, the start not counted. */
  readonly limit?: number;
}

/** `use` is both: no entry tells its direction. */
const OPS: Readonly<
  Record<Direction, { readonly near: readonly string[]; readonly far: readonly string[] }>
> = {
  upstream: { near: ['write', 'use'], far: ['Reads', 'Uses'] },
  downstream: { near: ['read', 'use'], far: ['Writes', 'Uses'] },
};

type Reader = Pick<Store, 'edges' | 'eventsByJob'>;

export async function walkLineage(
  store: Reader,
  start: string,
  direction: Direction,
  { hops = 6, limit = 10_000 }: WalkOptions = {},
): Promise<Lineage> {
  const { near: ops, far: columns } = OPS[direction];
  const met = new Set([start]);
  const farOf = new Map<string, readonly string[]>();
  const steps: LineageStep[] = [];
  let frontier: readonly string[] = [start];
  for (let hop = 1; hop <= hops && frontier.length > 0; hop += 1) {
    const pairs = pairsOf(await store.edges(frontier.map((node) => ({ node, ops }))));
    await readFar(store, pairs, farOf, columns);
    const found = new Set<string>();
    for (const { near, job } of pairs) {
      for (const dataset of farOf.get(job) ?? []) {
        if (met.has(dataset)) continue;
        found.add(dataset);
        steps.push({ hop, dataset, job, near });
      }
    }
    const next = [...found].sort();
    const room = limit - (met.size - 1);
    if (next.length > room) {
      const kept = new Set(next.slice(0, room));
      const within = steps.filter((step) => step.hop < hop || kept.has(step.dataset));
      return { steps: within.sort(compareSteps), truncated: true };
    }
    for (const dataset of next) met.add(dataset);
    frontier = next;
  }
  return { steps: steps.sort(compareSteps), truncated: false };
}

interface Pair {
  readonly near: string;
  readonly job: string;
}

/** Dataset and job of each edge, each pair once: the same job may be told of by many entries. */
function pairsOf(edges: readonly Row[]): readonly Pair[] {
  const pairs = new Map<string, Pair>();
  for (const { Node: node, JobId: jobId } of edges) {
    const pair = { near: String(node), job: String(jobId) };
    pairs.set(`${pair.near}\n${pair.job}`, pair);
  }
  return [...pairs.values()];
}

/** The far datasets of the jobs that are not known yet, in one read. */
async function readFar(
  store: Reader,
  pairs: readonly Pair[],
  farOf: Map<string, readonly string[]>,
  columns: readonly string[],
): Promise<void> {
  const jobs = [...new Set(pairs.map(({ job }) => job))].filter((job) => !farOf.has(job));
  if (jobs.length === 0) return;
  const sets = new Map(jobs.map((job) => [job, new Set<string>()]));
  for (const event of await store.eventsByJob(jobs)) {
    const datasets = sets.get(String(event['JobId']));
    for (const column of columns) {
      const value = event[column];
      if (typeof value === 'object' && value !== null) for (const dataset of value) datasets?.add(dataset);
    }
  }
  for (const [job, datasets] of sets) farOf.set(job, [...datasets]);
}

function compareSteps(a: LineageStep, b: LineageStep): number {
  return (
    a.hop - b.hop ||
    compareText(a.dataset, b.dataset) ||
    compareText(a.job, b.job) ||
    compareText(a.near, b.near)
  );
}

const compareText = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);
