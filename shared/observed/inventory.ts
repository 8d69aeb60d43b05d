/** One list of one API, as records. Each file beside this one makes inventories of one API. */
import { JOB_APIS, type JobApi } from '../../schemas/observed.ts';
import type { Json } from '../sources/fields.ts';
import type { ApiClient } from './api-client.ts';

/** The kinds of list; those of one kind stand or fall together, and wait for each other only. */
export type ApiName = JobApi | 'metrics';
export const API_NAMES: readonly ApiName[] = [...JOB_APIS, 'metrics'];

export interface Inventory {
  readonly api: ApiName;
  /** What is listed: `shop-prod/europe-west1`. */
  readonly scope: string;
  /**
   * Records of the form of schemas/observed.ts, not checked against it: what an API lists and no record can be made of is
   * found out by the source, which keeps it.
   *
   * @throws JobtrailError `api-unavailable` where the list could not be read whole; after what could be.
   */
  list(ask: Ask): AsyncIterable<Json>;
}

export interface Ask {
  readonly now: Date;
  /** Work that ended earlier is left out. */
  readonly since: Date;
  /** Points of metrics that ended earlier are left out. */
  readonly metricsSince: Date;
  /** Milliseconds since 1970: nothing is asked later. */
  readonly deadline: number;
}

/** What inventories of any API need. */
export interface InventoryOptions {
  readonly client: ApiClient;
  /** Of one list; a list that has more says so. */
  readonly maxPages: number;
}
