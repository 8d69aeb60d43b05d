/** Whether one approval holds for one event: the same whatever is recorded first, and never for longer than it says. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { supplied, usesOf } from '../../shared/corroboration/approval-uses.ts';
import { approvalOf, heldBy, isSelfApproved, type Approval } from '../../shared/corroboration/approvals.ts';
import { coversDataset } from '../../shared/corroboration/dataset-scope.ts';
import type { JobId } from '../../shared/model/job.ts';
import type { PrincipalId } from '../../shared/model/principal.ts';
import type { TrailClaims, TrailEvent } from '../../shared/model/trail-event.ts';
import { actorOf, bundleOf, eventOf } from '../policy/support/events.ts';

const { facts: declared } = bundleOf('');
const ETL = 'service-account:google:etl@shop-prod.iam.gserviceaccount.com';
const LI = 'user:google:li.wei@example.com';
const ANA = 'user:google:ana.ruiz@example.com';

const at = (minute: number): string => `2026-01-05T12:${String(minute).padStart(2, '0')}:00.000000000Z`;

const run = (more: Partial<TrailEvent> = {}): TrailEvent =>
  eventOf('job.submit', { time: at(30), actor: actorOf(ETL), ...more });

function decision(action: TrailEvent['action'], minute: number, claims: TrailClaims = {}): TrailEvent {
  return eventOf(action, {
    id: `${action}-${minute}`,
    time: at(minute),
    source: 'approvals',
    actor: actorOf(LI),
    provenance: 'signed',
    claims: {
      approvalId: 'CHG-1',
      approver: LI,
      beneficiary: ETL,
      requestedBy: ANA,
      actions: '["job.submit"]',
      until: '2026-01-05T13:00:00Z',
      ...claims,
    },
  });
}

function approvalAt(minute: number, claims: TrailClaims = {}, more: Partial<TrailEvent> = {}): Approval {
  const approval = approvalOf({ ...decision('grant.approve', minute, claims), ...more });
  if (approval === undefined) throw new Error('no approval');
  return approval;
}

const standing = (approval: Approval, event = run(), ends: readonly TrailEvent[] = []) =>
  heldBy(approval, ends, { event, declared })?.standing;

describe('an approval', () => {
  it('holds from its beginning, which is in it, to its end, which is not', () => {
    expect(standing(approvalAt(30))).toBe('approved');
    expect(standing(approvalAt(0, { notBefore: '2026-01-05T12:30:00Z' }))).toBe('approved');
    expect(standing(approvalAt(0, { notBefore: '2026-01-05T13:30:00+01:00' }))).toBe('approved');
    expect(standing(approvalAt(0, { notBefore: '2026-01-05T12:30:00.000000001Z' }))).toBe('not-yet-valid');
    expect(standing(approvalAt(0, { until: '2026-01-05T12:30:00.000000001Z' }))).toBe('approved');
    expect(standing(approvalAt(0, { until: '2026-01-05T12:30:00Z' }))).toBe('expired');
    expect(standing(approvalAt(31, { notBefore: '2026-01-05T12:00:00Z' }))).toBe('approved-late');
  });

  it('is none where it is refused, names nobody, or was not given', () => {
    expect(approvalOf(decision('grant.deny', 0))).toBeUndefined();
    expect(approvalOf(decision('grant.approve', 0, { beneficiary: '' }))).toBeUndefined();
    expect(approvalOf({ ...decision('grant.approve', 0), outcome: 'denied' })).toBeUndefined();
  });

  it('has to do with nothing else once it is over', () => {
    const other = { actions: '["data.write"]' };
    expect(standing(approvalAt(0, other))).toBe('over-scope');
    expect(standing(approvalAt(0, { ...other, until: '2026-01-05T12:10:00Z' }))).toBeUndefined();
  });

  it('is for the job that it names by its id, whatever another calls itself', () => {
    const named = (job: string, more: Partial<TrailEvent> = {}) =>
      standing(approvalAt(0, { job }), run(more));
    const id = 'dataproc:shop-prod/europe-west1/job/j1';
    expect(named(id)).toBe('approved');
    expect(named('dataproc:shop-prod/-/job/j1')).toBe('approved');
    expect(named('j1')).toBe('approved');
    expect(named('nightly', { jobName: 'nightly' })).toBe('approved');
    expect(named(id, { job: `${id}2` as JobId, jobName: id })).toBe('over-scope');
    expect(named('dataproc:shop-prod/europe-west4/job/j1')).toBe('over-scope');
  });

  it('is not known to hold where the event tells nothing of a limit', () => {
    const digest = 'a'.repeat(64);
    expect(standing(approvalAt(0, { specDigest: digest }))).toBe('not-told');
    expect(standing(approvalAt(0, { specDigest: digest }), run({ claims: { specDigest: digest } }))).toBe(
      'approved',
    );
    expect(
      standing(approvalAt(0, { specDigest: digest }), run({ claims: { specDigest: 'b'.repeat(64) } })),
    ).toBe('over-scope');
    // What nothing proves is not helped by what is not told.
    expect(standing(approvalAt(0, { specDigest: digest }, { provenance: 'tenant' }))).toBe('unproven');
  });

  it('given by the caller, by those he acts for, by who asked or by the owner of the agent is his own', () => {
    const own = (approval: Approval, more: Partial<TrailEvent> = {}) => isSelfApproved(approval, run(more));
    expect(own(approvalAt(0))).toBe(false);
    expect(own(approvalAt(0, { requestedBy: LI }))).toBe(true);
    expect(own(approvalAt(0), { actingFor: [{ id: LI as PrincipalId, recordedBy: 'google' }] })).toBe(true);
    const agent = actorOf(ETL.replace('service-account', 'agent'), {
      kind: 'agent',
      owner: LI as PrincipalId,
    });
    expect(own(approvalAt(0), { actor: agent })).toBe(false);
    expect(own(approvalAt(0, { requestedBy: ETL }), { actor: agent })).toBe(true);
    expect(own(approvalAt(0, { requestedBy: '' }), { actor: agent })).toBe(true);
    const itself = approvalAt(0, { approver: ETL }, { actor: actorOf(ETL) });
    expect(own(itself, { actor: agent })).toBe(true);
  });

  it('and what takes it back are the same in any order of arrival', () => {
    const ends = fc.array(
      fc.record({
        action: fc.constantFrom('grant.revoke' as const, 'grant.deny' as const),
        minute: fc.integer({ min: 0, max: 59 }),
        provenance: fc.constantFrom('signed' as const, 'tenant' as const),
        approvalId: fc.constantFrom('CHG-1', 'CHG-2'),
      }),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(ends, fc.integer({ min: 0, max: 40 }), (given, approved) => {
        const records = given.map(({ action, minute, provenance, approvalId }, index) => ({
          ...decision(action, minute, { approvalId }),
          id: `end-${index}`,
          provenance,
        }));
        const approval = approvalAt(approved);
        const one = heldBy(approval, records, { event: run(), declared });
        expect(heldBy(approval, records.toReversed(), { event: run(), declared })).toEqual(one);
        const isBack = given.some(
          ({ minute, provenance, approvalId }) =>
            provenance === 'signed' && approvalId === 'CHG-1' && minute >= approved && minute <= 30,
        );
        expect(one?.standing).toBe(approved > 30 ? 'approved-late' : isBack ? 'revoked' : 'approved');
      }),
    );
  });
});

describe('uses', () => {
  it('of a job are one, and writes without a pause', () => {
    const write = (id: string, minute: number) =>
      eventOf('data.write', { id, time: at(minute), job: undefined, actor: actorOf(ETL) });
    const uses = usesOf([run({ id: 'a', time: at(0) }), write('b', 1), write('c', 11), write('d', 22)]);
    expect(uses.map(({ ids }) => [...ids])).toEqual([['a'], ['b', 'c'], ['d']]);
    const ofJob = [run({ id: 'a', time: at(0) }), eventOf('data.write', { id: 'b', time: at(50) })];
    expect(usesOf(ofJob)).toHaveLength(1);
  });

  it('have approvals up to their number, the earlier first, as many as there can be', () => {
    const choices = fc.array(fc.uniqueArray(fc.integer({ min: 0, max: 3 }), { maxLength: 4 }), {
      maxLength: 7,
    });
    const numbers = fc.tuple(...[0, 1, 2, 3].map(() => fc.integer({ min: 1, max: 2 })));
    fc.assert(
      fc.property(choices, numbers, (wanted, limits) => {
        const has = supplied(
          wanted.map((ids) => ids.map((id) => ({ id: String(id), uses: limits[id] ?? 1 }))),
        );
        // Each use in turn has one exactly where it and all that have one before can be served together.
        const kept: (readonly number[])[] = [];
        wanted.forEach((ids, index) => {
          const isServed = canServe([...kept, ids], limits);
          expect(has[index]).toBe(isServed);
          if (isServed) kept.push(ids);
        });
      }),
    );
  });
});

function canServe(wanted: readonly (readonly number[])[], limits: readonly number[]): boolean {
  const [first, ...rest] = wanted;
  if (first === undefined) return true;
  return first.some(
    (id) =>
      (limits[id] ?? 0) > 0 &&
      canServe(
        rest,
        limits.map((left, at_) => (at_ === id ? left - 1 : left)),
      ),
  );
}

it.each([
  ['gs://lake/raw', 'gs://lake/raw/x', true],
  ['gs://lake/raw/', 'gs://lake/raw', true],
  ['gs://lake/raw', 'gs://lake/raw-2', false],
  ['gs://lake/raw', 'gs://lake/raw.bak', false],
  ['gs://lake/raw', 'gs://lake/raw/../secret', false],
  ['bigquery:p.d', 'bigquery:p.d.t', true],
  ['bigquery:p.d', 'bigquery:p.d2.t', false],
  ['spanner://p:i/db', 'spanner://p:i/db.orders', true],
  ['spanner://p:i/db', 'spanner://p:i/db2', false],
])('%s has %s: %s', (named, touched, covers) => {
  expect(coversDataset(named, touched)).toBe(covers);
});
