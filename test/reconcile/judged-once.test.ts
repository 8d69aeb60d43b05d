/** What a round remembers to have judged. */
import { expect, it } from 'vitest';
import { anchorOfSighting } from '../../shared/corroboration/anchors.ts';
import type { Anchor } from '../../shared/corroboration/rule.ts';
import { RULES } from '../../shared/corroboration/rules/index.ts';
import { createJudgedOnce } from '../../shared/reconcile/judged-once.ts';

const [rule, other] = RULES;
if (rule === undefined || other === undefined) throw new Error('two rules');

const touched = (bucket: string): Anchor =>
  anchorOfSighting({ family: 'touched', subject: 'account', bucket, eventId: 'e' });

it('is what each rule judged of a bucket', () => {
  const once = createJudgedOnce();
  once.add([], [{ rule, anchor: touched('a') }]);
  expect(once.has(rule, touched('a'))).toBe(true);
  expect(once.has(other, touched('a'))).toBe(false);
  expect(once.has(rule, touched('b'))).toBe(false);
});

it('is forgotten, all of it, when it is too much', () => {
  const once = createJudgedOnce(1);
  for (const bucket of ['a', 'b', 'c']) once.add([], [{ rule, anchor: touched(bucket) }]);
  expect(once.has(rule, touched('a'))).toBe(false);
  expect(once.has(rule, touched('c'))).toBe(true);
});
