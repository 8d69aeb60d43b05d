import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import * as z from 'zod';
import type { Notice } from '../../../shared/alerts/notice.ts';
import { actionId, actionOf } from '../../../shared/alerts/slack/actions.ts';
import { code, heading, link, prose } from '../../../shared/alerts/slack/escape.ts';
import { renderInteractive, renderLine, renderReply } from '../../../shared/alerts/slack/message.ts';
import { arbitraryNotice, hostileText } from '../arbitrary.ts';
import { ACKNOWLEDGED, ENORMOUS, EPISODE, HOSTILE, MERGE, OPEN, RESOLVED } from '../notices.ts';
import { isValid } from './fake-slack.ts';

const NOTICES = { OPEN, MERGE, ACKNOWLEDGED, RESOLVED, HOSTILE };

/** What Slack would obey: found outside of code spans, and the three characters anywhere. */
function obeyed(mrkdwn: string): string | undefined {
  const own = mrkdwn.replaceAll(/<https?:\/\/[^<>|`\s]*\|Runbook>/g, '');
  const control = /[<>]|&(?!amp;|lt;|gt;)/u.exec(own) ?? /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|\p{Cs}/u.exec(own);
  if (control !== null) return control[0];
  if ((own.match(/`/g)?.length ?? 0) % 2 !== 0) return 'an open code span';
  const outside = own.replaceAll(/`[^`\n]+`/g, '');
  return (/[`_~@#]|:[^\s:`]+:|:\/\/|\w\.\w|^&gt;|\*(?!\w[\w ]*\*)/mu.exec(
    outside.replaceAll(/\*[A-Z][\w ]*\*/g, ''),
  ) ?? undefined)?.[0];
}

describe('escaping for Slack', () => {
  it.each([
    ['<!channel>', '`&lt;!channel&gt;`'],
    ['a `b` c', '`a ˋbˋ c`'],
    ['', '-'],
    [' x ', '`␣x␣`'],
    ['a\nb\u202e', '`a\\nb\\u202e`'],
  ])('code: %j', (text, expected) => expect(code(text, 100)).toBe(expected));

  it.each([
    ['alice@acme.example started etl_daily.', '`alice@acme.example` started `etl_daily`.'],
    ['`key` names it (`x`), not more!', '`key` names it (`x`), not more!'],
    ['<!here> *bold* :skull: @here #general', '`&lt;!here&gt;` `*bold*` `:skull`: `@here` `#general`'],
    ['see https://e.example/x?a=1&b=2.', 'see `https://e.example/x?a=1&amp;b=2`.'],
    ['> quote\nnext', '`&gt;` quote next'],
    ['\u3164 a\u200bb', '`\\u3164` `a\\u200bb`'],
    ['', '-'],
  ])('prose: %j', (text, expected) => expect(prose(text, 300)).toBe(expected));

  it('cuts between graphemes, never inside an entity', () => {
    const family = '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}';
    expect(code('&'.repeat(10), 14)).toBe('`&amp;&amp;…`');
    expect(code('a\u0301'.repeat(10), 8)).toBe('`a\u0301a\u0301…`');
    expect(heading('\u{1f600}'.repeat(10), 6)).toBe('\u{1f600}\u{1f600}…');
    expect(code(family.repeat(100), 50)).toMatch(/^`.+…`$/u);
  });

  it('links to http(s) only', () => {
    expect(link('https://e.example/a?b=1&c=<|>', 'Runbook')).toBe(
      '<https://e.example/a?b=1&amp;c=%3C%7C%3E|Runbook>',
    );
    expect(link('javascript:alert(1)', 'Runbook')).toBe('Runbook');
    expect(link('not an address', 'Runbook')).toBe('Runbook');
  });

  it('makes nothing that Slack obeys, of any text, within any limit', () => {
    fc.assert(
      fc.property(hostileText, fc.integer({ min: 16, max: 3000 }), (text, max) => {
        for (const rendered of [code(text, max), prose(text, max)]) {
          expect(rendered.length).toBeLessThanOrEqual(max);
          expect(rendered).not.toBe('');
          expect(obeyed(rendered)).toBeUndefined();
        }
        const title = heading(text, max);
        expect(title.length).toBeLessThanOrEqual(max);
        expect(title).not.toMatch(/[<>@\n\p{Cc}\p{Cf}]|https?:\/\/|www\./iu);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('messages for Slack', () => {
  it.each(Object.entries(NOTICES))('renders %s', async (name, notice) => {
    const text = JSON.stringify(renderInteractive(notice), null, 2);
    await expect(text).toMatchFileSnapshot(`${name.toLowerCase()}.golden.json`);
  });

  it('renders a reply and a line', () => {
    expect(renderReply(MERGE).text).toBe(
      'Seen 17 times by now, last at `2026-03-04T05:09:00.000000001Z`. Last by `sa:etl@acme-prod.iam.gserviceaccount.com`.',
    );
    expect(renderLine(RESOLVED).text.split('\n')[0]).toBe(
      'Resolved by `user:bob@acme.example`: *HIGH* · Long-lived credential used to start a job or read its data · `sa:etl@acme-prod.iam.gserviceaccount.com` · 17 times',
    );
  });

  it('keeps Slack’s limits and shows nothing that Slack obeys, for any notice', () => {
    const holds = (notice: Notice): void => {
      for (const message of [renderInteractive(notice), renderReply(notice), renderLine(notice)]) {
        expect(isValid(message)).toBe(true);
        expect(obeyed(message.text)).toBeUndefined();
        for (const text of mrkdwnOf(message.blocks)) expect([obeyed(text), text]).toEqual([undefined, text]);
      }
    };
    holds(HOSTILE);
    holds(ENORMOUS);
    fc.assert(fc.property(arbitraryNotice, holds));
  });

  it('never hides who', () => {
    for (const notice of [OPEN, ENORMOUS, HOSTILE]) {
      const texts = mrkdwnOf(renderInteractive(notice).blocks);
      expect(texts.find((text) => text.startsWith('*Who*\n'))?.length).toBeGreaterThan(20);
    }
  });
});

/** Every mrkdwn text of the blocks. */
function mrkdwnOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(mrkdwnOf);
  if (typeof value !== 'object' || value === null) return [];
  if (!('type' in value) || value.type !== 'mrkdwn') return Object.values(value).flatMap(mrkdwnOf);
  const { text, verbatim } = z.object({ text: z.string(), verbatim: z.boolean() }).parse(value);
  if (!verbatim) throw new Error('Slack would make links in this text.');
  return [text];
}

describe('buttons', () => {
  it('say what they do to which episode', () => {
    const id = actionId('resolve', { ...EPISODE, n: 12 });
    expect(actionOf(id)).toEqual({ change: 'resolve', episode: { ...EPISODE, n: 12 } });
    const ids = [OPEN, ACKNOWLEDGED, RESOLVED].map((notice) => [
      ...JSON.stringify(renderInteractive(notice)).matchAll(/jobtrail:([a-z]+):/g),
    ]);
    expect(ids.map((matches) => matches.map(([, change]) => change))).toEqual([
      ['acknowledge', 'resolve'],
      ['resolve'],
      [],
    ]);
  });

  it.each([
    '',
    'jobtrail:delete:x:1',
    `jobtrail:resolve:${EPISODE.id}:0`,
    `jobtrail:resolve:${EPISODE.id}:1 `,
  ])('take no other action id: %j', (id) => expect(actionOf(id)).toBeUndefined());
});
