/** Cutting hostile text to a service's limits, and the escapes that more than one channel needs. */
import { printable } from '../observe/printable.ts';

const CLUSTERS = new Intl.Segmenter('en', { granularity: 'grapheme' });
const ELLIPSIS = '…';

/**
 * The text, made printable and escaped, in at most `max` UTF-16 units; what is cut ends in an ellipsis. Cut is between
 * graphemes, and never inside what `escape` made of one character.
 * @param escape maps each character by itself, and never to less than one unit
 */
export function fit(text: string, max: number, escape: (text: string) => string = (same) => same): string {
  // Escaping never shortens: more than this cannot fit, and a text of megabytes is not worked through.
  const head = text.slice(0, max);
  const shown = printable(head);
  const whole = escape(shown);
  if (head.length === text.length && whole.length <= max) return whole;

  let kept = '';
  for (const { segment } of CLUSTERS.segment(shown)) {
    const next = escape(segment);
    if (kept.length + next.length < max) {
      kept += next;
      continue;
    }
    // One letter under hundreds of marks is one grapheme: cut inside it rather than show nothing.
    if (kept === '') {
      for (const character of segment) {
        const part = escape(character);
        if (kept.length + part.length >= max) break;
        kept += part;
      }
    }
    break;
  }
  return kept + ELLIPSIS;
}

/** As `fit`, without escapes: for JSON that a program reads. Controls and lone surrogates become U+FFFD. */
export function fitRaw(text: string, max: number): string {
  const clean = (part: string): string => part.toWellFormed().replaceAll(/\p{Cc}/gu, '\ufffd');
  if (text.length <= max) return clean(text);
  let end = 0;
  for (const { index, segment } of CLUSTERS.segment(text.slice(0, max))) {
    if (index + segment.length >= max) break;
    end = index + segment.length;
  }
  return clean(text.slice(0, end === 0 ? max - 1 : end)) + ELLIPSIS;
}

/** Schemes of names, which no service makes links of: a principal or dataset stays as it is. */
const NAME = /(?:^|[^a-z0-9+.-])(?:gs|s3|spiffe|spanner|bigquery|principal|principalset|abfss|hdfs|dbfs)$/i;

/** Takes from web addresses what makes them links where a service finds links by itself. */
export function unlinked(text: string): string {
  return text
    .replaceAll('://', (colon, at: number) =>
      NAME.test(text.slice(Math.max(0, at - 16), at)) ? colon : '[:]//',
    )
    .replaceAll(/www\./gi, 'www[.]');
}
