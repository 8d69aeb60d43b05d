/**
 * Entries of a span of time from Cloud Logging: `entries.list`, oldest first, a page at a time.
 * https://cloud.google.com/logging/docs/reference/v2/rest/v2/entries/list
 *
 * A page token holds for a while and for the very same request only. Where it has expired the list is begun anew at the
 * newest entry that was stored; what comes again is a duplicate.
 */
import { decodeEntry } from '../envelope/entry.ts';
import type { Decoded } from '../envelope/envelope.ts';
import { ordinals } from '../envelope/event-id.ts';
import { elements, members } from '../envelope/json-text.ts';
import { messageOf } from '../errors.ts';
import { decodeOrKeep } from '../pipeline/ingest.ts';
import { SOURCES } from '../sources/index.ts';
import { adoptBy } from '../sources/adopt.ts';
import { textWithin } from '../google-api/body.ts';
import { UnusableAnswer } from '../google-api/unusable.ts';
import { askApi, errorOf, unavailable, type GoogleApi } from './google-api.ts';
import type { Cursor, Input, LoggingCursor, Portion } from './input.ts';

export interface LoggingQuery {
  /** `projects/P`, `folders/F`, `organizations/O`, `billingAccounts/B`, or a view of a log bucket. */
  readonly resourceNames: readonly string[];
  /** In the Logging query language; empty: all entries. */
  readonly filter: string;
  /** Event times, RFC 3339 as in rows; `until` is outside. */
  readonly from: string;
  readonly until: string;
}

export interface LoggingInputOptions {
  readonly api: GoogleApi;
  /** `https://logging.googleapis.com`, or that of a server that answers as it does. */
  readonly baseUrl: string;
  readonly query: LoggingQuery;
  /** Entries of a page; the API gives at most 1000. */
  readonly pageSize?: number;
}

const PAGE_SIZE = 1000;

export function createLoggingInput(options: LoggingInputOptions): Input {
  const { query } = options;
  return {
    async *read(from) {
      let at = startOf(from, query);
      let anew: string | undefined;
      for (;;) {
        const page = await pageAt(options, at);
        if (page === 'expired') {
          // Of more entries at one instant than a page has, each token would lead back to the first of them.
          if (anew === at.reached)
            throw unavailable(options.api, 'it does not take the page tokens that it gives');
          anew = at.reached;
          at = { kind: 'logging', since: at.reached, reached: at.reached };
          continue;
        }
        const reached = newestOf(page.entries, at.reached, query.until);
        const last = page.next === undefined;
        const cursor: LoggingCursor = {
          kind: 'logging',
          since: at.since,
          reached: last ? query.until : reached,
          ...(page.next === undefined ? undefined : { pageToken: page.next }),
        };
        yield { entries: page.entries, cursor, part: partOf(query, cursor.reached) } satisfies Portion;
        if (last) return;
        at = cursor;
      }
    },
  };
}

function startOf(from: Cursor | undefined, { from: since }: LoggingQuery): LoggingCursor {
  return from?.kind === 'logging' ? from : { kind: 'logging', since, reached: since };
}

type Page = { readonly entries: readonly Decoded[]; readonly next: string | undefined };

/** `expired`: the token is not taken any more. */
async function pageAt(
  { api, baseUrl, query, pageSize = PAGE_SIZE }: LoggingInputOptions,
  { since, pageToken }: LoggingCursor,
): Promise<Page | 'expired'> {
  const request = {
    url: `${baseUrl.replace(/\/$/, '')}/v2/entries:list`,
    method: 'POST',
    body: {
      resourceNames: query.resourceNames,
      filter: filterOf(query, since),
      orderBy: 'timestamp asc',
      pageSize,
      ...(pageToken === undefined ? undefined : { pageToken }),
    },
  } as const;
  const answer = await askApi(api, request, async (response, { maxBytes }) =>
    jsonText(await textWithin(response, maxBytes)),
  );
  if (answer.kind === 'answer') return pageOf(answer.value);
  if (answer.status === 400 && pageToken !== undefined) return 'expired';
  throw errorOf(api, answer);
}

/** @throws UnusableAnswer */
function jsonText(text: string): string {
  try {
    JSON.parse(text);
    return text;
  } catch (error) {
    throw new UnusableAnswer(`its answer is cut off or no JSON (${messageOf(error)})`);
  }
}

/** The filter in brackets, so that its own OR does not reach the times. */
export function filterOf({ filter, until }: LoggingQuery, since: string): string {
  const span = `timestamp>="${since}" AND timestamp<"${until}"`;
  return filter.trim() === '' ? span : `(${filter}\n) AND ${span}`;
}

/** @param text JSON of an answer: numbers of entries must survive, so they are cut out of it and not printed anew */
function pageOf(text: string): Page {
  const fields = text.trimStart().startsWith('{') ? members(text) : new Map<string, string>();
  const token: unknown = JSON.parse(fields.get('nextPageToken') ?? 'null');
  const list = fields.get('entries')?.trim() ?? '';
  const context = { ordinalOf: ordinals(), adopt: adoptBy(SOURCES) };
  const entries = (list.startsWith('[') ? elements(list) : []).flatMap((entry) => {
    const bytes = Buffer.from(entry);
    return decodeOrKeep(() => decodeEntry(bytes, context), bytes);
  });
  return { entries, next: typeof token === 'string' && token !== '' ? token : undefined };
}

/** Entries come by their time; one that states another is not believed, so that reading neither stands still nor jumps. */
function newestOf(entries: readonly Decoded[], reached: string, until: string): string {
  let newest = reached;
  for (const entry of entries) {
    if (entry.kind === 'entry' && entry.eventTime > newest && entry.eventTime < until)
      newest = entry.eventTime;
  }
  return newest;
}

function partOf({ from, until }: LoggingQuery, reached: string): number {
  const whole = Date.parse(until) - Date.parse(from);
  return whole <= 0 ? 1 : (Date.parse(reached) - Date.parse(from)) / whole;
}
