/** How claims are read: texts, lists, masks, patterns, bindings. */
import type { Found } from '../../../shared/detections/detection.ts';
import type { TrailEvent } from '../../../shared/model/trail-event.ts';
import { claim, type Question } from './ground.ts';

const inherited = (claims: Readonly<Record<string, string | number>>): TrailEvent['claims'] =>
  Object.create(claims) as TrailEvent['claims'];

export const READING: readonly Question[] = [
  {
    what: 'texts: none that are empty, no text, or not the claims’ own',
    ask: ({ textOf }) =>
      [{ a: 'x' }, { a: '' }, { a: 5 }, { a: true }, {}, inherited({ a: 'x' })].map((claims) =>
        textOf(claims, 'a'),
      ),
    answer: ['x', undefined, undefined, undefined, undefined, undefined],
  },
  {
    what: 'numbers: none that are text or not the claims’ own',
    ask: ({ numberOf }) =>
      [{ a: 5 }, { a: '5' }, {}, inherited({ a: 5 })].map((claims) => numberOf(claims, 'a')),
    answer: [5, undefined, undefined, undefined],
  },
  {
    what: 'lists: items of texts alone',
    ask: ({ listOf }) => [
      listOf(claim('a', ['x', ['y', 'z'], ['y', 5], [5], 5, {}, null]), 'a'),
      listOf(claim('a', { x: 1 }), 'a'),
      listOf(claim('a', 5), 'a'),
      listOf({ a: 'no list' }, 'a'),
      listOf({}, 'a'),
    ],
    answer: [[['x'], ['y', 'z']], [], [], [], []],
  },
  {
    what: 'lists that were cut',
    ask: ({ isCut }) => [{ aBeyondLimit: 1 }, { aBeyondLimit: 0 }, {}].map((claims) => isCut(claims, 'a')),
    answer: [true, false, false],
  },
  {
    what: 'objects, and texts that are none',
    ask: ({ parseJson }) => ['{"a":1}', '[1]', '"a"', 'null', '{"a":', '', undefined].map(parseJson),
    answer: [{ a: 1 }, undefined, undefined, undefined, undefined, undefined, undefined],
  },
  {
    what: 'field masks, in either spelling, by whole names',
    ask: ({ masks }) =>
      [
        [undefined, 'filter'],
        ['*', 'filter'],
        ['filter', 'filter'],
        ['description, include_children', 'includeChildren'],
        ['oidc', 'oidc.issuerUri'],
        ['oidc.issuerUri', 'oidc'],
        ['oidcs', 'oidc'],
        ['oidc', 'oidcs'],
        ['spec.filter', 'filter'],
        ['', 'filter'],
      ].map(([mask, field = '']) => masks(mask, field)),
    answer: [true, true, true, true, true, true, false, false, false, false],
  },
  {
    what: 'patterns: whole values and beginnings',
    ask: ({ anyPattern, matchesAny }) =>
      ['gs://lake/raw', 'gs://lake/', 'topic', 'topics', 'topix', 'gs://lake-2', 'x'].flatMap((text) => [
        anyPattern(['gs://lake/*', 'topic'])(text),
        matchesAny(['gs://lake/*', 'topic'], text),
      ]),
    answer: [true, true, true, true, true, true, ...Array<boolean>(8).fill(false)],
  },
  {
    what: 'paths: by whole segments, never climbing',
    ask: ({ anyPath }) =>
      [
        'gs://lake/raw',
        'gs://lake/raw/',
        'gs://lake/raw/x',
        'gs://lake/raw-2',
        'gs://lake/raw/../x',
        'gs://out/x',
        'gs://out',
        'gs://lo/x',
        'gs://log/x',
      ].map(anyPath(['gs://lake/raw/*', 'gs://out/', 'gs://log*'])),
    answer: [true, true, true, false, false, true, true, false, true],
  },
  {
    what: 'the longest match, a whole one first',
    ask: ({ longestMatch }) =>
      ['a/b/c', 'a/b', 'a/x', 'b', 'ab', 'c'].map(
        longestMatch([
          ['a/*', 'short'],
          ['a/b*', 'long'],
          ['a/b', 'whole'],
          ['a/x*', 'other'],
          ['c', 'one'],
        ]),
      ),
    answer: ['long', 'whole', 'other', undefined, undefined, 'one'],
  },
  {
    what: 'bindings: added, removed, and what is neither',
    ask: ({ bindingsOf }) => {
      const { added, removed, standing, cut } = bindingsOf({
        ...claim('bindingDeltas', [
          ['ADD', 'r1', 'm1', 'c1'],
          ['REMOVE', 'r2', 'm2'],
          ['ACTION_UNSPECIFIED', 'r3', 'm3'],
        ]),
        ...claim('policyGrants', [['r4', 'm4']]),
        policyGrantsBeyondLimit: 1,
      });
      return [added, removed, standing, cut];
    },
    answer: [
      [{ role: 'r1', member: 'm1', condition: 'c1' }],
      [{ role: 'r2', member: 'm2', condition: undefined }],
      [{ role: 'r4', member: 'm4', condition: undefined }],
      true,
    ],
  },
  {
    what: 'what is certain before what is not, the most severe of each first; without a severity it is high',
    ask: ({ mostTellingFirst }) => {
      const one = (key: string, severity?: Found['severity'], verdict?: Found['verdict']): Found => ({
        key,
        summary: key,
        evidence: [],
        ...(severity === undefined ? {} : { severity }),
        ...(verdict === undefined ? {} : { verdict }),
      });
      return [
        [one('low', 'low'), one('medium', 'medium'), one('none'), one('critical', 'critical')],
        [one('medium', 'medium'), one('high', 'high'), one('none')],
        [one('none'), one('medium', 'medium'), one('high', 'high')],
        [one('high', 'high'), one('critical', 'critical')],
        [one('unsure', 'critical', 'undetermined'), one('sure', 'low', 'violation'), one('plain', 'medium')],
        [one('low', 'low', 'undetermined'), one('critical', 'critical', 'undetermined')],
      ].map((found) => mostTellingFirst(found).map(({ key }) => key));
    },
    answer: [
      ['critical', 'none', 'medium', 'low'],
      ['high', 'none', 'medium'],
      ['none', 'high', 'medium'],
      ['critical', 'high'],
      ['plain', 'sure', 'unsure'],
      ['critical', 'low'],
    ],
  },
  {
    what: 'of each key the first',
    ask: ({ onePerKey }) =>
      [['a'], ['a', 'a'], ['a', 'b', 'a'], []].map((keys) =>
        onePerKey(keys.map((key, at) => ({ key, summary: `${at}`, evidence: [] }))).map(
          ({ key, summary }) => key + summary,
        ),
      ),
    answer: [['a0'], ['a0'], ['a0', 'b1'], []],
  },
];
