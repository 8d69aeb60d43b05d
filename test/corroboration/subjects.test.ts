/** Keys of groups and sightings: one for each text, whatever it holds, and never longer than their column. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFactCache, FactReader } from '../../shared/corroboration/fact-cache.ts';
import {
  accessBucket,
  accountServiceSubject,
  agentMethodSubject,
  bucketText,
  delegationSubject,
  MAX_BUCKET,
  MAX_SUBJECT,
  serviceOfSubject,
  subjectText,
  touchedOf,
} from '../../shared/corroboration/subjects.ts';
import { hostile, LONG } from './hostile.ts';

const RUNNER_ID = 'service-account:google:etl-runner@acme-data-prod.iam.gserviceaccount.com';

/** Pairs that a separator alone would not keep apart. */
const PAIRS: readonly (readonly [readonly [string, string], readonly [string, string]])[] = [
  [
    ['a>b', 'c'],
    ['a', 'b>c'],
  ],
  [
    ['a', '>b'],
    ['a>', 'b'],
  ],
  [
    ['a', '~>b'],
    ['a', '>b'],
  ],
  [
    ['a>', '>b'],
    ['a>>', 'b'],
  ],
];

describe('subjects', () => {
  it('are of one text only, whatever it holds', () => {
    fc.assert(
      fc.property(hostile, hostile, (a, b) => {
        expect(subjectText(a) === subjectText(b)).toBe(a === b);
        expect(bucketText(a) === bucketText(b)).toBe(a === b);
        expect(subjectText(a).length).toBeLessThanOrEqual(MAX_SUBJECT);
        expect(bucketText(a).length).toBeLessThanOrEqual(MAX_BUCKET);
        expect(subjectText(a).isWellFormed()).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('are of one pair only', () => {
    fc.assert(
      fc.property(hostile, hostile, hostile, hostile, (a, b, c, d) => {
        const isSame = a === c && b === d;
        expect(delegationSubject(a, b) === delegationSubject(c, d)).toBe(isSame);
        expect(agentMethodSubject(a, b) === agentMethodSubject(c, d)).toBe(isSame);
      }),
      { numRuns: 2000 },
    );
  });

  it.each(PAIRS)('of %j and %j are two', ([a, b], [c, d]) => {
    expect(delegationSubject(a, b)).not.toBe(delegationSubject(c, d));
  });

  it('cannot be written to look like what a long one was clipped to', () => {
    const clipped = subjectText(LONG);
    expect(clipped).toHaveLength(MAX_SUBJECT);
    expect(subjectText(clipped)).not.toBe(clipped);
  });

  it('of ordinary names are the names', () => {
    expect(delegationSubject('user:google:ana@example.com', RUNNER_ID)).toBe(
      `user:google:ana@example.com>${RUNNER_ID}`,
    );
    expect(accountServiceSubject(RUNNER_ID, 'iam')).toBe(`${RUNNER_ID}|iam`);
  });

  it('are read back', () => {
    fc.assert(
      fc.property(hostile, (account) => {
        expect(serviceOfSubject(accountServiceSubject(account, 'compute'))).toEqual({
          account,
          service: 'compute',
        });
      }),
    );
    expect(serviceOfSubject('nobody')).toBeUndefined();
    expect(touchedOf(accessBucket('2026-05-04T09:0', 'w', 'gs://a/b|c'))).toEqual({
      when: '2026-05-04T09:0',
      isRead: false,
      dataset: 'gs://a/b|c',
    });
  });

  it('are asked for as they are kept', () => {
    const facts = new FactReader(createFactCache());
    facts.witnesses('start', LONG, { from: '', until: '' });
    facts.sightings('work', LONG, '', '');
    expect(facts.missed.map((query) => ('subject' in query ? query.subject : ''))).toEqual([
      subjectText(LONG),
      subjectText(LONG),
    ]);
  });
});
