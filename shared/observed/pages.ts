/** Reads a list of an API page by page, up to a bound that is told. */
import { own, str, type Json } from '../sources/fields.ts';
import { unavailable, type ApiClient, type Query } from './api-client.ts';

export interface Listing {
  /** What messages call it: `dataproc-jobs shop-prod/europe-west1`. */
  readonly name: string;
  readonly client: ApiClient;
  readonly path: string;
  /** Parameters of every page. */
  readonly query: Query;
  readonly token: PageToken;
  /** Beyond it the list is not read, and says so. */
  readonly maxPages: number;
  /** Milliseconds since 1970. */
  readonly deadline: number;
}

/** Where the token of the next page goes, and where it comes from. */
export interface PageToken {
  readonly parameter: string;
  readonly field: string;
}

/** Google's spelling. */
export const GOOGLE_TOKEN: PageToken = { parameter: 'pageToken', field: 'nextPageToken' };

/**
 * @throws JobtrailError `api-unavailable` where a page cannot be had, or where there are more than `maxPages`; after those
 * that were read.
 */
export async function* pagesOf(listing: Listing): AsyncGenerator<Json, void, undefined> {
  const { name, client, path, query, token, maxPages, deadline } = listing;
  let next: string | undefined;
  for (let page = 1; page <= maxPages; page += 1) {
    const answer = await client.get(path, { ...query, [token.parameter]: next }, deadline);
    yield answer;
    const following = str(answer, token.field);
    if (following === undefined) return;
    if (following === next) throw unavailable(name, 'a page names itself as the next one');
    next = following;
  }
  throw unavailable(name, `it has more than the ${maxPages} pages that are read`);
}

/** The items of a page's list, those that are no objects too: what they are is found out where they are read. */
export function itemsOf(page: Json, field: string): readonly unknown[] {
  const items = own(page, field);
  return Array.isArray(items) ? items : [];
}
