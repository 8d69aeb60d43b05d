/**
 * One poll: every inventory is asked, what it lists is committed like any record, and what could not be listed is told when
 * all the others are done. One API that hangs or refuses keeps none of the others from being asked.
 */
import { JobtrailError, messageOf } from '../errors.ts';
import { ingestRecords } from '../pipeline/ingest-records.ts';
import type { Ingest, Ingested } from '../pipeline/ingest.ts';
import { addCounts, NO_COUNTS, type OutcomeCounts } from '../pipeline/outcome.ts';
import { API_NAMES, type Ask, type Inventory } from './inventory.ts';

/** What became of one inventory. */
export interface Polled {
  readonly inventory: Inventory;
  /** `received` is what it listed and was committed. */
  readonly counts: OutcomeCounts;
  /** Why the list is not whole, or not all of it is stored. */
  readonly failure?: JobtrailError;
}

/** Inventories of one API at once: so many wait for a commit together, with what fits into the committer's queue. */
const LANES = 3;

/** @param committed told of each commit */
export async function poll(
  ingest: Ingest,
  inventories: readonly Inventory[],
  ask: Ask,
  committed: (ingested: Ingested) => void,
): Promise<readonly Polled[]> {
  const byApi = API_NAMES.map((name) => inventories.filter(({ api }) => api === name));
  const polled = await Promise.all(
    byApi.map((some) => inLanes(some, (one) => pollOne(ingest, one, ask, committed))),
  );
  return polled.flat();
}

async function pollOne(
  ingest: Ingest,
  inventory: Inventory,
  ask: Ask,
  committed: (ingested: Ingested) => void,
): Promise<Polled> {
  let counts = NO_COUNTS;
  let failure: JobtrailError | undefined;
  /** Ends where the list breaks off, so that what came before is committed. */
  async function* lines(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for await (const record of inventory.list(ask)) yield Buffer.from(`${JSON.stringify(record)}\n`);
    } catch (error) {
      failure = asJobtrailError(error);
    }
  }
  try {
    for await (const ingested of ingestRecords(ingest, lines())) {
      counts = addCounts(counts, countsOf(ingested));
      committed(ingested);
    }
  } catch (error) {
    failure = asJobtrailError(error);
  }
  return failure === undefined ? { inventory, counts } : { inventory, counts, failure };
}

function countsOf({ fates }: Ingested): OutcomeCounts {
  const of = (fate: Ingested['fates'][number]): number => fates.filter((one) => one === fate).length;
  const conflicting = of('conflicting');
  return {
    received: fates.length,
    stored: of('stored') + conflicting,
    duplicate: of('duplicate'),
    filtered: of('filtered'),
    quarantined: of('quarantined'),
    conflicting,
  };
}

/** Results in the order of the items. */
async function inLanes<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  const left = items.entries();
  const lane = async (): Promise<void> => {
    for (const [at, item] of left) results[at] = await work(item);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return results;
}

const asJobtrailError = (error: unknown): JobtrailError =>
  error instanceof JobtrailError
    ? error
    : new JobtrailError(
        'api-unavailable',
        `The poll failed: ${messageOf(error)}.`,
        'It is asked again at the next poll; if this lasts, report it with this line.',
        { cause: error },
      );
