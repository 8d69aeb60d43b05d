/** Answers in JSON, whole and of a form that is known; lists of several pages as one. */
import type * as z from 'zod';
import { type Answer, type ApiRequest, ask, type GoogleApi, unavailable } from './client.ts';
import { textWithin } from './body.ts';
import { UnusableAnswer } from './unusable.ts';

/** @throws what `authorization` throws */
export const askJson = <T>(api: GoogleApi, request: ApiRequest, schema: z.ZodType<T>): Promise<Answer<T>> =>
  ask(api, request, async (response, { maxBytes }) => {
    const parsed = schema.safeParse(jsonOf(await textWithin(response, maxBytes)));
    if (parsed.success) return parsed.data;
    throw new UnusableAnswer('its answer is of another form than is documented');
  });

/** An answer that was cut short is no JSON. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UnusableAnswer('its answer is no JSON');
  }
}

interface Page {
  readonly nextPageToken?: string | undefined;
}

/** Lists longer than this are no list of sinks or subscriptions. */
const MAX_PAGES = 100;

/**
 * Every page, or a refusal: a list that is not whole would pass for one that lacks what is on its other pages.
 * @param url with a query already
 * @throws what `authorization` throws
 */
export async function askPages<P extends Page>(
  api: GoogleApi,
  url: string,
  schema: z.ZodType<P>,
): Promise<Answer<readonly P[]>> {
  const pages: P[] = [];
  let token: string | undefined;
  while (pages.length < MAX_PAGES) {
    const query = token === undefined ? '' : `&pageToken=${encodeURIComponent(token)}`;
    const page = await askJson(api, { url: `${url}${query}` }, schema);
    if (page.kind === 'refused') return page;
    pages.push(page.value);
    token = page.value.nextPageToken;
    if (token === undefined || token === '') return { kind: 'answer', value: pages };
  }
  return unavailable(`its list has more than ${MAX_PAGES} pages`);
}
