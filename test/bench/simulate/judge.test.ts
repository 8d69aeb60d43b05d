import { describe, expect, it } from 'vitest';
import type { Injection, Story } from '../../../bench/simulate/book.ts';
import { match, type Found, type Truth } from '../../../bench/simulate/judge.ts';

const RULE = 'audit-record-without-gateway-evidence';

const story = (id: number, injection?: Partial<Injection>): Story => ({
  id,
  from: 1000 * id,
  until: 1000 * id + 500,
  ...(injection === undefined
    ? {}
    : { injection: { rule: RULE, variant: 'direct', explains: [], beside: [], ...injection } }),
});

/** A finding that cites one event of each of these stories. */
const found = (id: string, stories: readonly number[], more: Partial<Found> = {}): Found => ({
  id,
  rule: RULE,
  key: id,
  verdict: 'violation',
  events: stories.map((number) => `event-${String(number)}`),
  time: 0,
  storedAt: 0,
  about: [],
  summary: '',
  ...more,
});

const truth = (stories: readonly Story[], late: readonly number[] = []): Truth => ({
  stories,
  outages: [],
  storiesOf: (eventId) => [Number(eventId.slice('event-'.length))],
  arrived: new Map(stories.map(({ id }) => [id, { last: 0, beyondGrace: late.includes(id) }])),
});

const falseOnes = (findings: readonly Found[], of: Truth): readonly string[] =>
  match(findings, of).judged.flatMap(({ of: about, finding }) => (about === undefined ? [finding.id] : []));

describe('match', () => {
  it('takes a finding of the rule on an entry of its injection, once', () => {
    const of = truth([story(0, {}), story(1)]);
    const { hits } = match([found('a', [0]), found('b', [0])], of);
    expect([...hits].map(([id, { id: finding }]) => [id, finding])).toEqual([[0, 'a']]);
    expect(falseOnes([found('a', [0]), found('b', [1])], of)).toEqual(['b']);
  });

  it('takes findings of other rules that the injection explains, without counting them as found', () => {
    const of = truth([story(0, { explains: ['another'] })]);
    const findings = [found('a', [0], { rule: 'another' }), found('b', [0], { rule: 'a third' })];
    expect(falseOnes(findings, of)).toEqual(['b']);
    expect(match(findings, of).hits.size).toBe(0);
  });

  it('lets one of a group be named in the place of the violation, as often as there is one', () => {
    const of = truth([story(0), story(1, { beside: [0] })]);
    expect(match([found('a', [0])], of).judged[0]?.of?.id).toBe(1);
    expect(match([found('a', [0])], of).hits.has(1)).toBe(true);
    expect(falseOnes([found('a', [0]), found('b', [1])], of)).toEqual(['a']);
    expect(falseOnes([found('a', [0]), found('b', [0])], of)).toEqual(['b']);
  });

  it('tells what is false within grace from what came later than that', () => {
    const of = truth([story(0), story(1)], [1]);
    const { judged } = match([found('a', [0]), found('b', [1])], of);
    expect(judged.map(({ finding, withinGrace }) => [finding.id, withinGrace])).toEqual([
      ['a', true],
      ['b', false],
    ]);
  });
});
