import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_XFCC, parseXfcc } from '../../shared/identity/xfcc.ts';
import type { XfccElement } from '../../shared/identity/xfcc.ts';

const NONE = { by: [], uri: [], dns: [] };

describe('X-Forwarded-Client-Cert', () => {
  test.each<[string, string, readonly XfccElement[]]>([
    [
      'an element of a sidecar',
      'By=spiffe://cluster.local/ns/default/sa/httpbin;Hash=57515f;Subject="";URI=spiffe://cluster.local/ns/default/sa/default',
      [
        {
          ...NONE,
          by: ['spiffe://cluster.local/ns/default/sa/httpbin'],
          uri: ['spiffe://cluster.local/ns/default/sa/default'],
          hash: '57515f',
        },
      ],
    ],
    [
      'quotes with separators and escapes',
      String.raw`Subject="/C=US;O=\"A, B\"=x\y",uri="a;b"`,
      [
        { ...NONE, subject: String.raw`/C=US;O="A, B"=x\y` },
        { ...NONE, uri: ['a;b'] },
      ],
    ],
    [
      'repeated keys in any case',
      'DNS=a;dns=b;URI=u1;UrI=u2',
      [{ ...NONE, dns: ['a', 'b'], uri: ['u1', 'u2'] }],
    ],
    [
      'headers joined with spaces',
      'URI=a ,\tURI=b',
      [
        { ...NONE, uri: ['a'] },
        { ...NONE, uri: ['b'] },
      ],
    ],
    ['empty elements and a last `;`', ',URI=a;,,', [{ ...NONE, uri: ['a'] }]],
    ['an `=` in a token', 'URI=a=b', [{ ...NONE, uri: ['a=b'] }]],
    ['unknown keys', 'Chain="x";Foo=y;URI=a', [{ ...NONE, uri: ['a'] }]],
  ])('%s', (_what, header, elements) => {
    expect(parseXfcc(header)).toEqual(elements);
  });

  test.each([
    '',
    ' ',
    ',',
    'URI',
    '=a',
    'URI="a',
    'URI="a"b',
    'URI=a"b',
    'a b=c',
    'URI=a;x',
    `URI=${'a'.repeat(MAX_XFCC)}`,
  ])('%j is malformed', (header) => {
    expect(parseXfcc(header.slice(0, MAX_XFCC + 1))).toBeUndefined();
  });

  const trusted = [
    'By=spiffe://a.example/me;Hash=00;Subject="";URI=spiffe://a.example/real',
    'By=spiffe://a.example/me;Hash=00;Subject="CN=x,O=y";URI=spiffe://a.example/real',
    'By=spiffe://a.example/me;URI=spiffe://a.example/real',
  ];

  test('what came in before never changes whom the last element names: it is read, or the header is malformed', () => {
    const piece = fc.constantFrom(
      'URI=spiffe://a.example/forged',
      'Subject="',
      '"',
      String.raw`\"`,
      '\\',
      ',',
      ';',
      '=',
      'By=x',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.constantFrom(...trusted), (pieces, last) => {
        const elements = parseXfcc(`${pieces.join('')},${last}`);
        expect([undefined, 'spiffe://a.example/real']).toContain(elements?.at(-1)?.uri.join(' '));
      }),
      { numRuns: 2000 },
    );
  });

  test('never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (header) => {
        expect(() => parseXfcc(header)).not.toThrow();
      }),
    );
  });

  test('is linear: the largest header takes no longer than it should', () => {
    const started = performance.now();
    for (const unit of ['"', String.raw`\"`, 'a=";', ',', 'URI=a,']) {
      parseXfcc(`URI="${unit.repeat(MAX_XFCC)}`.slice(0, MAX_XFCC));
      parseXfcc(unit.repeat(MAX_XFCC).slice(0, MAX_XFCC));
    }
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
