/**
 * Starts of work in traffic of hours, through the rule that misses a gateway record: where the timeline is cut is the same in
 * any order, parts nothing that belongs together, and leaves a call past the gateway one violation.
 */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFactCache } from '../../shared/corroboration/fact-cache.ts';
import { anchorOf } from '../../shared/corroboration/rule.ts';
import { auditRecordWithoutGatewayEvidence as rule } from '../../shared/corroboration/rules/audit-record-without-gateway-evidence.ts';
import { CELL_MS, cutOf } from '../../shared/corroboration/segments.ts';
import { settle } from '../../shared/corroboration/settle.ts';
import { verdictId, verdictNow } from '../../shared/corroboration/verdict.ts';
import type { PrincipalId } from '../../shared/model/principal.ts';
import type { JobId } from '../../shared/model/job.ts';
import type { TrailEvent } from '../../shared/model/trail-event.ts';
import { timestampOf } from '../../shared/store/timestamp.ts';
import { bundleOf } from '../detections/cases.ts';
import { memoryFacts } from './memory.ts';

const START = Date.parse('2026-03-02T08:00:00Z');
const CALL = 'dataproc|SubmitJob|shop|europe-west1';
const bundle = bundleOf({
  config: { corroboration: { evidence: [{ id: 'all', require: ['gateway'] }] } },
  policies: '',
});

function event(id: string, at: number, who: string, of: Partial<TrailEvent>): TrailEvent {
  const time = timestampOf(new Date(START + Math.round(at)));
  return {
    id: `${id}${'0'.repeat(64)}`.slice(0, 64),
    time,
    receiveTime: time,
    source: 'dataproc',
    action: 'job.submit',
    outcome: 'allowed',
    method: 'google.cloud.dataproc.v1.JobController.SubmitJob',
    status: undefined,
    actor: {
      id: `service-account:google:${who}@shop.iam.gserviceaccount.com` as PrincipalId,
      kind: 'service-account',
      proof: 'oauth',
      as: undefined,
      owner: undefined,
      lane: undefined,
    },
    actingFor: [],
    keyName: undefined,
    runAs: undefined,
    peer: undefined,
    job: undefined,
    jobName: undefined,
    parentJob: undefined,
    operation: undefined,
    resource: undefined,
    project: 'shop',
    location: 'europe-west1',
    environment: undefined,
    via: 'direct',
    provenance: 'provider',
    callKey: CALL,
    requestId: undefined,
    datasets: [],
    claims: {},
    logName: undefined,
    insertId: undefined,
    split: undefined,
    bindings: [],
    ...of,
  };
}

const start = (id: string, at: number, who: string): TrailEvent =>
  event(`a${id}x`, at, who, { job: `dataproc:shop/europe-west1/job/${id}` as JobId });
const hop = (id: string, at: number, who: string): TrailEvent =>
  event(`b${id}x`, at, who, {
    source: 'kong',
    action: 'api.call',
    method: 'POST',
    status: 200,
    via: 'gateway',
    provenance: 'declared-writer',
    requestId: `request-${id}`,
    claims: { grade: 'request' },
  });

async function verdicts(events: readonly TrailEvent[]) {
  const recorded = events.map((one) => ({ event: one, beside: {}, rows: [] }));
  const facts = memoryFacts(recorded, () => bundle.facts);
  // One record asks for every verdict of its segment: to ask with each of them would judge nothing more.
  const asking = facts.events.filter((_, i) => facts.events.length < 500 || i % 25 === 0);
  const { judged, crashes } = await settle(asking.map(anchorOf), {
    rules: [rule],
    bundleAt: () => bundle,
    load: facts.load,
    cache: createFactCache(),
  });
  expect(crashes).toEqual([]);
  const counts = { satisfied: 0, violated: 0, undetermined: 0 };
  const ids: string[] = [];
  for (const one of judged) {
    for (const judgement of one.judgements) {
      const verdict = verdictNow(judgement, () => '9999');
      if (verdict.state === 'waiting') throw new Error('it waits for nothing');
      counts[verdict.outcome.verdict] += 1;
      ids.push(verdictId(one, verdict.about, verdict.outcome));
    }
  }
  return { ...counts, ids: ids.toSorted() };
}

/** A sequence that a seed makes. */
function random(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 0) / 2 ** 32;
  };
}

interface Traffic {
  readonly seed: number;
  readonly minutes: number;
  /** Mean milliseconds from one call to the next. */
  readonly every: number;
  /** Milliseconds that the record of the API is behind that of the gateway, at most; or before it. */
  readonly skew: number;
  readonly who: readonly string[];
}

function traffic({ seed, minutes, every, skew, who }: Traffic): TrailEvent[] {
  const next = random(seed);
  const events: TrailEvent[] = [];
  for (let at = next() * every, i = 0; at < minutes * 60_000; at += -Math.log(1 - next()) * every, i += 1) {
    const name = who[Math.floor(next() * who.length)] ?? 'etl';
    const behind = (next() - 0.2) * skew;
    events.push(hop(String(i), at, name), start(String(i), at + behind, name));
  }
  return events;
}

describe('a group of calls', () => {
  it.each([
    { seed: 1, minutes: 60, every: 3000, skew: 500, who: ['etl'] },
    { seed: 2, minutes: 60, every: 3000, skew: 10_000, who: ['etl'] },
    { seed: 3, minutes: 12, every: 140, skew: 10_000, who: ['etl'] },
    { seed: 4, minutes: 12, every: 140, skew: 4000, who: ['etl', 'ana', 'ben'] },
    { seed: 5, minutes: 180, every: 45_000, skew: 90_000, who: ['etl'] },
    { seed: 6, minutes: 300, every: 240_000, skew: 110_000, who: ['etl', 'ana'] },
    { seed: 7, minutes: 60, every: 1000, skew: 10_000, who: ['etl', 'ana', 'ben', 'eve'] },
  ])('has no violation where every call came through: $every ms apart, $skew ms of skew', async (given) => {
    const events = traffic(given);
    const { violated, satisfied, undetermined } = await verdicts(events);
    expect(violated).toBe(0);
    expect(satisfied + undetermined).toBe(events.length / 2);
  });

  it('has none over many seeds', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        fc.constantFrom(1000, 3000, 8000, 30_000, 100_000),
        fc.constantFrom(100, 1000, 5000, 10_000),
        async (seed, every, skew) => {
          const { violated } = await verdicts(
            traffic({ seed, minutes: 45, every, skew, who: ['etl', 'ana'] }),
          );
          expect(violated).toBe(0);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('has a violation for each call past the gateway, wherever in the traffic', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        fc.constantFrom(3000, 10_000, 60_000),
        fc.array(fc.integer({ min: 0, max: 45 * 60_000 }), { minLength: 1, maxLength: 5 }),
        async (seed, every, direct) => {
          const events = traffic({ seed, minutes: 45, every, skew: 300, who: ['etl'] });
          const past = direct.map((at, i) => start(`direct${i}`, at, 'etl'));
          const { violated, undetermined } = await verdicts([...events, ...past]);
          expect({ violated, undetermined }).toEqual({ violated: past.length, undetermined: 0 });
        },
      ),
      { numRuns: 25 },
    );
  });

  it('never has more violations than calls past the gateway, however dense it is', async () => {
    for (const seed of [1, 2]) {
      const events = traffic({ seed, minutes: 16, every: 300, skew: 10_000, who: ['etl'] });
      const past = [5, 8, 13].map((minute) => start(`direct${minute}`, minute * 60_000, 'etl'));
      expect((await verdicts([...events, ...past])).violated).toBeLessThanOrEqual(past.length);
    }
  });

  it('has the same verdicts in any order', async () => {
    const events = traffic({ seed: 8, minutes: 40, every: 4000, skew: 8000, who: ['etl', 'ana'] }).filter(
      (_, i) => i % 17 !== 0,
    );
    const there = await verdicts(events);
    expect(await verdicts(events.toReversed())).toEqual(there);
    const next = random(9);
    expect(
      await verdicts(
        events
          .map((one) => ({ one, key: next() }))
          .toSorted((a, b) => a.key - b.key)
          .map(({ one }) => one),
      ),
    ).toEqual(there);
  });
});

describe('a cut', () => {
  const side = (id: string, at: number) => ({ id, at, identities: new Set(['etl']), keys: {} });

  it('lies in the second half of its cell, and divides what is quiet', () => {
    const cut = cutOf(3, { starts: [], hops: [[]] });
    expect(cut.at).toBeGreaterThan(3.5 * CELL_MS);
    expect(cut.at).toBeLessThan(4 * CELL_MS);
    expect(cut.divides).toBe(true);
  });

  it('does not lie between a call and its record, however far apart', () => {
    for (let apart = 1000; apart <= 290_000; apart += 7000) {
      for (let from = CELL_MS / 2 - 100_000; from < CELL_MS; from += 11_000) {
        const { at } = cutOf(0, { starts: [side('a', from + apart)], hops: [[side('b', from)]] });
        expect(at <= from || at > from + apart, `${from} ${apart} ${at}`).toBe(true);
      }
    }
  });

  it('hangs on nothing that is farther away than five minutes', () => {
    const near = [side('a', 450_000), side('b', 520_000)];
    const far = [side('c', 1_200_001), side('d', -1)];
    expect(cutOf(0, { starts: [...near, ...far].toSorted((a, b) => a.at - b.at), hops: [[]] })).toEqual(
      cutOf(0, { starts: near, hops: [[]] }),
    );
  });
});
