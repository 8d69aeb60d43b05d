/**
 * Where a dataset comes from, and where it goes to, over any number of hops: breadth-first by key, one round of reads
 * for each hop whatever its width. Data flows through works (works.ts): in by one id of a job, out by another. Where every
 * job has one id, this is the answer of schemas/queries/upstream.sql and downstream.sql, which stop at 6 hops.
 */
import type { Row } from '../../schemas/tables.ts';
import { NO_JOB } from '../model/job.ts';
import { type Reader, Works } from './works.ts';

export type Direction = 'upstream' | 'downstream';

/** One job between two datasets, on a shortest way from the start. */
export interface LineageStep {
  /** From 1. */
  readonly hop: number;
  /** The dataset met at this hop. */
  readonly dataset: string;
  /** The job whose work it is: the engine's own id where an access was recorded under another. */
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

export async function walkLineage(
  store: Reader,
  start: string,
  direction: Direction,
  { hops = 6, limit = 10_000 }: WalkOptions = {},
): Promise<Lineage> {
  const { near: ops, far: columns } = OPS[direction];
  const met = new Set([start]);
  const works = new Works(store);
  const steps: LineageStep[] = [];
  let frontier: readonly string[] = [start];
  for (let hop = 1; hop <= hops && frontier.length > 0; hop += 1) {
    const edges = await store.edges(frontier.map((node) => ({ node, ops })));
    const touched = edges.filter((edge) => edge['JobId'] !== NO_JOB);
    await works.read([...new Set(touched.map((edge) => String(edge['JobId'])))]);
    const found = new Set<string>();
    const farOf = new Map<string, readonly string[]>();
    for (const { near, job } of pairsOf(touched, works)) {
      const far = farOf.get(job) ?? datasetsIn(works.eventsOf(job), columns);
      farOf.set(job, far);
      for (const dataset of far) {
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

/** Dataset and work of each edge, each pair once: one job may be told of by many entries, and under several ids. */
function pairsOf(edges: readonly Row[], works: Works): readonly Pair[] {
  const pairs = new Map<string, Pair>();
  for (const { Node: node, JobId: jobId } of edges) {
    const pair = { near: String(node), job: works.ownerOf(String(jobId)) };
    pairs.set(`${pair.near}\n${pair.job}`, pair);
  }
  return [...pairs.values()];
}

function datasetsIn(events: readonly Row[], columns: readonly string[]): readonly string[] {
  const datasets = new Set<string>();
  for (const event of events) {
    for (const column of columns) {
      const value = event[column];
      if (typeof value === 'object' && value !== null) for (const dataset of value) datasets.add(dataset);
    }
  }
  return [...datasets];
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
