/** Routes, holds, steps and tries: pure, values in and values out. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { QuietHours } from '../../schemas/alerting.ts';
import { findingOfRow, findingRow } from '../../shared/alerts/finding-row.ts';
import { holdOf, quietUntil } from '../../shared/alerts/holds.ts';
import { ended, givenUp, waitMs } from '../../shared/alerts/outcome.ts';
import { createPlan, nextStep } from '../../shared/alerts/plan.ts';
import { channelsOf } from '../../shared/alerts/routes.ts';
import { later } from '../../shared/alerts/times.ts';
import { checkRow } from '../../shared/store/limits.ts';
import { alerting, delivery, episode, finding, T0 } from './findings.ts';

describe('routes', () => {
  const routed = (routes: readonly object[], over = {}, of = episode()): readonly string[] =>
    channelsOf(
      of,
      alerting({ routes: routes.map((route) => ({ continue: false, channels: [], ...route })), ...over }),
    );

  test('the first that matches is taken, and with continue those after it', () => {
    const low = { severities: ['low'], channels: ['quiet'] };
    expect(routed([low, { channels: ['a'] }, { channels: ['b'] }])).toEqual(['a']);
    expect(
      routed([{ channels: ['a'], continue: true }, { channels: ['b', 'a'] }, { channels: ['c'] }]),
    ).toEqual(['a', 'b']);
    expect(routed([low])).toEqual(['log']);
    expect(routed([])).toEqual(['log']);
  });

  test.each([
    [{ rules: ['static-credential-on-job-path'] }, true],
    [{ rules: ['other'] }, false],
    [{ severities: ['high', 'critical'] }, true],
    [{ environments: ['prod'] }, true],
    [{ environments: ['dev'] }, false],
    [{ teams: ['data'] }, true],
    [{ teams: ['web'] }, false],
    [{ environments: ['prod'], severities: ['low'] }, false],
  ])('%j', (match, matches) => {
    expect(routed([{ ...match, channels: ['a'] }], { teams: { prod: 'data' } })).toEqual([
      matches ? 'a' : 'log',
    ]);
  });

  test('an environment that is named like a property of objects has no team', () => {
    const odd = episode({}, finding('e', { environment: 'constructor' }));
    expect(routed([{ teams: ['data'], channels: ['a'] }], {}, odd)).toEqual(['log']);
  });

  test('an undelivered alert goes to all channels but the one that failed', () => {
    const channels = {
      a: { kind: 'log' as const },
      b: { kind: 'log' as const },
      c: { kind: 'log' as const },
    };
    const failed = episode({}, finding('e', { rule: 'alert-undelivered', key: 'b' }));
    expect(
      channelsOf(failed, alerting({ channels, routes: [{ channels: ['b'], continue: false }] })),
    ).toEqual(['a', 'c']);
  });
});

describe('quiet hours', () => {
  const hours = (from: string, until: string, timezone = 'UTC'): QuietHours => ({ from, until, timezone });
  const until = (quiet: QuietHours, at: string): string | undefined => {
    const end = quietUntil(quiet, Date.parse(at));
    return end === undefined ? undefined : new Date(end).toISOString();
  };

  test.each([
    ['22:00', '06:00', 'UTC', '2026-11-20T23:30:15Z', '2026-11-21T06:00:00.000Z'],
    ['22:00', '06:00', 'UTC', '2026-11-20T05:59:59Z', '2026-11-20T06:00:00.000Z'],
    ['22:00', '06:00', 'UTC', '2026-11-20T06:00:00Z', undefined],
    ['22:00', '06:00', 'UTC', '2026-11-20T21:59:59Z', undefined],
    ['12:00', '13:00', 'UTC', '2026-11-20T12:00:00Z', '2026-11-20T13:00:00.000Z'],
    ['12:00', '12:00', 'UTC', '2026-11-20T12:00:00Z', undefined],
    ['22:00', '06:00', 'Asia/Kolkata', '2026-11-20T17:00:00Z', '2026-11-21T00:30:00.000Z'],
    // The clocks of Berlin go forward at 02:00 on 29 March and back at 03:00 on 25 October 2026.
    ['22:00', '06:00', 'Europe/Berlin', '2026-03-28T22:00:00Z', '2026-03-29T04:00:00.000Z'],
    ['22:00', '06:00', 'Europe/Berlin', '2026-10-24T21:00:00Z', '2026-10-25T05:00:00.000Z'],
  ])('from %s until %s %s, at %s', (from, to, zone, at, end) => {
    expect(until(hours(from, to, zone), at)).toBe(end);
  });

  test('end in the future and within a day and an hour, in every zone', () => {
    const clock = fc
      .tuple(fc.nat(23), fc.nat(59))
      .map(([h, m]) => `${`${h}`.padStart(2, '0')}:${`${m}`.padStart(2, '0')}`);
    const zone = fc.constantFrom(
      'UTC',
      'Europe/Berlin',
      'America/St_Johns',
      'Australia/Lord_Howe',
      'Pacific/Apia',
    );
    const at = fc.integer({ min: Date.parse('2026-01-01'), max: Date.parse('2027-12-31') });
    fc.assert(
      fc.property(clock, clock, zone, at, (from, to, timezone, now) => {
        const end = quietUntil({ from, until: to, timezone }, now);
        const left = end === undefined ? 1 : end - now;
        expect(left).toBeGreaterThan(0);
        expect(left).toBeLessThanOrEqual(25 * 3_600_000);
      }),
    );
  });

  test('hold back low severity only', () => {
    const quiet = alerting({ quietHours: hours('11:00', '14:00') });
    expect(holdOf(episode({ severity: 'low' }), quiet, T0)).toEqual({
      by: 'quiet-hours',
      until: later(T0, 7_200_000),
    });
    expect(holdOf(episode({ severity: 'medium' }), quiet, T0)).toBeUndefined();
  });

  test('a zone that is none is refused with the configuration', () => {
    expect(QuietHours.safeParse(hours('22:00', '06:00', 'Mars/Olympus')).success).toBe(false);
    expect(QuietHours.safeParse(hours('22:00', '06:00', 'Europe/Berlin')).success).toBe(true);
  });
});

describe('silences', () => {
  const silence = { id: 's', owner: 'ana', reason: 'maintenance', until: '2026-11-20T14:00:00+01:00' };
  const held = (...silences: readonly object[]): unknown =>
    holdOf(episode(), alerting({ silences: silences.map((one) => ({ ...silence, ...one })) }), T0);

  test('hold until the last of those that match ends', () => {
    expect(held({})).toEqual({ by: 's', until: '2026-11-20T13:00:00.000000000Z' });
    expect(held({}, { id: 'long', until: '2026-11-22T00:00:00Z' })).toMatchObject({ by: 'long' });
    expect(held({ keys: ['other'] })).toBeUndefined();
    expect(held({ keys: [episode().key], rules: [episode().rule] })).toMatchObject({ by: 's' });
    expect(held({ from: '2026-11-20T12:30:00Z' })).toBeUndefined();
    expect(held({ until: '2026-11-20T12:00:00Z' })).toBeUndefined();
  });
});

describe('steps', () => {
  const answered = (change: number): { change: number; by: string; at: string } => ({
    change,
    by: 'bo',
    at: T0,
  });

  test.each([
    [0, { changes: 1 }, { change: 'open', through: 1 }],
    [0, { changes: 4 }, { change: 'open', through: 4 }],
    [0, { changes: 4, acknowledged: answered(3) }, { change: 'open', through: 2 }],
    [1, { changes: 1 }, undefined],
    [1, { changes: 3 }, { change: 'merge', through: 3 }],
    [1, { changes: 3, acknowledged: answered(2) }, { change: 'acknowledge', through: 3 }],
    [2, { changes: 3, acknowledged: answered(2) }, { change: 'merge', through: 3 }],
    [1, { changes: 4, acknowledged: answered(2), resolved: answered(3) }, { change: 'resolve', through: 4 }],
    [3, { changes: 4, resolved: answered(3) }, undefined],
  ])('after %i of %j', (confirmed, over, step) => {
    expect(nextStep({ confirmed }, episode(over))).toEqual(step);
  });

  test('a rise in severity tells channels that were not told before', () => {
    const plan = createPlan(
      alerting({
        routes: [
          { severities: ['critical'], channels: ['pager'], continue: true },
          { channels: ['ops'], continue: false },
        ],
      }),
    );
    const told = delivery({ confirmed: 1, dueAt: undefined, sentAt: T0 });
    const raised = episode({ severity: 'critical', changes: 2 });
    expect(plan(raised, [told], later(T0, 5000))).toMatchObject([
      { channel: 'ops', wanted: 2, dueAt: later(T0, 60_000) },
      { channel: 'pager', wanted: 2, confirmed: 0, dueAt: later(T0, 5000) },
    ]);
  });
});

describe('tries', () => {
  test('wait longer each time to a limit, or as long as the service asks for', () => {
    expect([1, 2, 3, 4, 10, 11, 50].map((attempts) => waitMs(attempts, undefined))).toEqual([
      1000, 2000, 4000, 8000, 512_000, 600_000, 600_000,
    ]);
    expect([0, 30_000, 1e12].map((afterMs) => waitMs(1, afterMs))).toEqual([1000, 30_000, 3_600_000]);
  });

  const retry = (maybeSent?: true) =>
    ({ kind: 'retry', reason: 'no', afterMs: undefined, ...(maybeSent && { maybeSent }) }) as const;
  const step = { change: 'open', through: 1 } as const;
  const taken = { delivery: delivery({ lease: 'me', sendingSince: T0 }), episode: episode() };

  test('that may have reached the channel stay marked', () => {
    expect(ended(taken, step, retry(), T0)).toMatchObject({
      attempts: 1,
      sendingSince: undefined,
      lease: undefined,
    });
    expect(ended(taken, step, retry(true), T0)).toMatchObject({ attempts: 1, sendingSince: T0 });
  });

  test('are given up after a day, or when refused', () => {
    const since = (ms: number) => delivery({ attempts: 9, tryingSince: later(T0, -ms) });
    expect(givenUp(since(86_399_000), retry(), T0)).toBeUndefined();
    expect(givenUp(since(86_400_000), retry(), T0)).toContain('no');
    expect(givenUp(delivery(), { kind: 'refused', reason: 'bad token' }, T0)).toBe('bad token');
    expect(ended(taken, step, { kind: 'refused', reason: 'bad token' }, T0)).toMatchObject({
      failedAt: T0,
      dueAt: undefined,
      lastError: 'bad token',
    });
  });

  test('a send that is confirmed leaves what came meanwhile due', () => {
    const more = { ...taken, episode: episode({ changes: 3 }) };
    expect(ended(more, step, { kind: 'sent', ref: 'r' }, T0)).toMatchObject({
      confirmed: 1,
      dueAt: later(T0, 60_000),
    });
    const done = { ...taken, episode: episode({ changes: 2, resolved: { change: 2, by: 'bo', at: T0 } }) };
    expect(ended(done, step, { kind: 'sent', ref: 'r' }, T0)).toMatchObject({
      confirmed: 1,
      dueAt: T0,
      ref: 'r',
    });
  });
});

describe('the row of a finding', () => {
  const context = { shard: 3, variant: 'v'.repeat(16), storedAt: T0, expireAt: T0 };

  test('of any texts fits its table, and two long keys stay two', () => {
    const text = fc.string({ unit: 'binary', maxLength: 6000 });
    fc.assert(
      fc.property(text, text, fc.array(fc.tuple(text, text), { maxLength: 80 }), (key, other, evidence) => {
        const one = finding('a', {
          key: `k${key}`,
          summary: `s${other}`,
          title: `t${key}`,
          evidence,
          actor: other,
        });
        expect(checkRow('Findings', findingRow(one, context))).toBeUndefined();
      }),
      { numRuns: 30 },
    );
    const long = 'k'.repeat(2000);
    const keys = ['a', 'b'].map(
      (end) => findingRow(finding('a', { key: long + end }), context)['FindingKey'],
    );
    expect(new Set(keys).size).toBe(2);
  });

  test('gives the finding back', () => {
    const several = finding('a', { events: ['1'.repeat(64), '2'.repeat(64)] });
    for (const one of [finding('a'), several, finding('b', { actor: undefined, environment: undefined })]) {
      expect(findingOfRow(findingRow(one, context))).toEqual(one);
    }
  });
});
