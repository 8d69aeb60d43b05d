/**
 * Text from logs inside Slack messages. Slack's mrkdwn has three ways to be obeyed instead of shown: `<…>` (mentions,
 * links), formatting characters, and plain text that Slack makes links of (addresses, mail, channels). Here `&`, `<`
 * and `>` become entities everywhere, and whatever could be more than a word stands in a code span, where Slack reads
 * nothing else; the span's own delimiter cannot occur inside. Blocks are sent with `verbatim`, messages with `parse: none`.
 * https://docs.slack.dev/messaging/formatting-message-text
 */
import { printable } from '../../observe/printable.ts';
import { fit, unlinked } from '../text.ts';

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const entities = (text: string): string =>
  text.replaceAll(/[&<>]/g, (character) => ENTITIES[character] ?? '');

/** U+02CB, which looks like a backtick and ends no code span. */
const inCode = (text: string): string => entities(text).replaceAll('`', 'ˋ');

/** A value exactly as it is, to copy: a code span of at most `max` units, its backticks replaced by U+02CB. */
export function code(text: string, max: number): string {
  // A span that begins or ends with a blank is none for Slack.
  const framed = text.replace(/^\p{Z}/u, '␣').replace(/\p{Z}$/u, '␣');
  return framed === '' ? '-' : `\`${fit(framed, max - 2, inCode)}\``;
}

/** Brackets and stops around a token stay outside its code span; a run of them is part of the token. */
const TOKEN = /^(["'([]{0,3})(.*?)([.,;!?)\]"']{0,3}:?)$/su;
/** Nothing that formats, mentions, links or names an emoji, and no line break. */
const WORD = /^[\p{L}\p{N}\p{M}'’%+=/,;()–—…→·-]*$/u;
const QUOTED = /^`([^`]+)`$/;

/** A sentence with values in it: words as they are, every other token as a code span. At most `max` units. */
export function prose(text: string, max: number): string {
  let written = '';
  for (const token of text.slice(0, max).split(/\s+/u)) {
    if (token === '') continue;
    const [, before = '', core = '', after = ''] = TOKEN.exec(token) ?? [];
    const free = max - written.length - before.length - after.length - 4;
    if (free < 8) return `${written} …`;
    const isWord = WORD.test(core) && printable(core) === core && core.length <= free;
    const shown = isWord ? core : code(QUOTED.exec(core)?.[1] ?? core, free);
    written += `${written === '' ? '' : ' '}${before}${shown}${after}`;
  }
  if (text.length <= max) return written === '' ? '-' : written;
  return `${written} …`;
}

/** For `plain_text` objects, where Slack formats nothing; addresses and mentions are broken all the same. */
export const heading = (text: string, max: number): string =>
  fit(unlinked(text), max, (part) => entities(part).replaceAll('@', '＠'));

/** A link to an http(s) address under a label of ours; the label alone where the address is none. */
export function link(address: string, label: string): string {
  const url = URL.parse(address);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return label;
  const href = entities(url.href.replaceAll('|', '%7C').replaceAll('<', '%3C').replaceAll('>', '%3E'));
  return href.length > 2000 ? label : `<${href}|${label}>`;
}
