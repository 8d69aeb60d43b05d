/** What the lists of jobs have in common, whichever API's: which jobs are taken, once each, and what is missing is told. */
import type { JobApi } from '../../schemas/observed.ts';
import { clip } from '../pipeline/clip.ts';
import { isObject, str, type Json } from '../sources/fields.ts';
import { endOf } from '../sources/observed/states.ts';
import { unavailable, type Query } from './api-client.ts';
import type { Ask, Inventory, InventoryOptions } from './inventory.ts';
import { GOOGLE_TOKEN, itemsOf, pagesOf, type PageToken } from './pages.ts';

export interface JobList {
  readonly api: JobApi;
  readonly scope: string;
  readonly path: string;
  /**
   * The lists to read one after the other. What runs comes first, so that a list too long to be read loses old work
   * only.
   */
  readonly queries: (ask: Ask) => readonly Query[];
  /** Field of an answer that holds the jobs. */
  readonly field: string;
  readonly token?: PageToken;
  /** The job as a record, absent what it does not tell. */
  readonly recordOf: (job: Json | undefined) => Json;
}

export function jobInventory(options: InventoryOptions, jobs: JobList): Inventory {
  const { api, scope, path, queries, field, token = GOOGLE_TOKEN, recordOf } = jobs;
  const name = `${api} ${scope}`;
  return {
    api,
    scope,
    async *list(ask) {
      const seen = new Set<string>();
      const missing = new Set<string>();
      for (const query of queries(ask)) {
        const listing = { ...options, name, path, query, token, deadline: ask.deadline };
        for await (const page of pagesOf(listing)) {
          for (const item of itemsOf(page, field)) {
            const record = recordOf(isObject(item) ? item : undefined);
            // Work that ends between two lists stands in both, and pages shift while they are read.
            const key = JSON.stringify([record['id'], record['state'], record['time']]);
            if (seen.has(key) || !isOfInterest(api, record, ask)) continue;
            seen.add(key);
            yield record;
          }
          for (const one of missingOf(page)) missing.add(one);
        }
      }
      if (missing.size > 0) throw unavailable(name, `it leaves out ${named([...missing])}`);
    },
  };
}

/** Work that goes on, or whose end is not too long ago. What cannot be told is kept. */
function isOfInterest(api: JobApi, record: Json, { since }: Ask): boolean {
  const state = str(record, 'state');
  if (state === undefined || endOf(api, state, str(record, 'result')) === undefined) return true;
  const time = Date.parse(str(record, 'time') ?? '');
  return Number.isNaN(time) || time >= since.getTime();
}

/**
 * Jobs that exist and are not shown (`unreachable` of Dataproc: their parameters are under a key that cannot be used), and
 * locations that did not answer (`failedLocation` of Dataflow).
 */
function missingOf(page: Json): readonly string[] {
  const locations = itemsOf(page, 'failedLocation').map((item) =>
    isObject(item) ? str(item, 'name') : undefined,
  );
  return [...itemsOf(page, 'unreachable'), ...locations].map((item) =>
    typeof item === 'string' ? item : '-',
  );
}

const MAX_NAMED = 5;

function named(names: readonly string[]): string {
  const some = names.slice(0, MAX_NAMED).map((one) => clip(one, 200) ?? '-');
  return names.length > MAX_NAMED
    ? `${some.join(', ')} and ${names.length - MAX_NAMED} more`
    : some.join(', ');
}
