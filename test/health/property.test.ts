/** What holds of whatever comes: nothing dated moves a watermark, reading again changes nothing, watermarks never go back. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Row } from '../../schemas/tables.ts';
import { arrivalsOf } from '../../shared/corroboration/health/arrivals.ts';
import { foldArrivals } from '../../shared/corroboration/health/fold.ts';
import type { States } from '../../shared/corroboration/health/state.ts';
import { at, createWorld, declaredOf, kongRow, rowOf } from './world.ts';

const CONFIG = declaredOf({
  paths: [
    { path: 'dataproc', canary: true },
    { path: 'kong/edge', everySeconds: 1200 },
  ],
});

/** Commits of an hour and a half: when, how long their records waited, how they are dated. */
const commits = fc.array(
  fc.record({
    minute: fc.integer({ min: 0, max: 90 }),
    waited: fc.integer({ min: 0, max: 60 }),
    dated: fc.integer({ min: -3000, max: 3000 }),
    kong: fc.boolean(),
  }),
  { maxLength: 40 },
);
const canaries = fc.uniqueArray(fc.integer({ min: 0, max: 18 }), { maxLength: 18 });

const rowsOf = (
  { minute, waited, kong }: { minute: number; waited: number; kong: boolean },
  event: number,
): Row[] => {
  const received = minute - waited;
  return [kong ? { ...kongRow(event), ReceiveTime: at(received) } : rowOf({ event, received })];
};

it('watermarks never go back, whatever comes', () => {
  fc.assert(
    fc.property(commits, canaries, (all, sent) => {
      const world = createWorld(CONFIG);
      const before = new Map<string, string>();
      for (let minute = 0; minute <= 100; minute += 2) {
        for (const one of all.filter((each) => each.minute === minute || each.minute === minute - 1))
          world.commit(one.minute, rowsOf(one, one.minute + one.dated));
        for (const each of sent.filter((n) => n * 5 === minute || n * 5 === minute - 1))
          world.canary('dataproc', each * 5);
        const { healths } = world.look(minute);
        const wrong = healths.filter(
          ({ path, watermark = '' }) => watermark < (before.get(path) ?? '') || watermark >= at(minute),
        );
        expect(wrong).toEqual([]);
        for (const { path, watermark } of healths) before.set(path, watermark ?? '');
      }
    }),
    { numRuns: 60 },
  );
});

it('how records are dated moves no watermark', () => {
  fc.assert(
    fc.property(commits, canaries, (all, sent) => {
      const watermarks = [0, 1].map((dated) => {
        const world = createWorld(CONFIG);
        for (const one of all) {
          // Half a day ahead, beyond what is believed; or when they were received.
          world.commit(one.minute, rowsOf(one, dated === 0 ? one.minute - one.waited : one.minute + 720));
        }
        for (const each of sent) world.canary('dataproc', each * 5);
        return world.looks(0, 95).healths.map(({ path, status, watermark }) => [path, status, watermark]);
      });
      expect(watermarks[0]).toEqual(watermarks[1]);
    }),
    { numRuns: 30 },
  );
});

it('receipts that are read again, in any order and any cut, come to the same state', () => {
  fc.assert(
    fc.property(
      commits,
      fc.array(fc.integer({ min: 0, max: 90 }), { maxLength: 6 }),
      fc.boolean(),
      (all, reads, reversed) => {
        const receipts = all.flatMap((one) => {
          const arrivals = arrivalsOf(rowsOf(one, one.minute + one.dated), at(one.minute));
          return arrivals === undefined ? [] : [{ commitTime: at(one.minute), arrivals }];
        });
        const read = (states: States, from: number, until: number): States =>
          foldArrivals(states, {
            from: at(from).slice(0, 16),
            until: at(until).slice(0, 16),
            receipts: reversed ? receipts.toReversed() : receipts,
          });
        const once = read(new Map(), 0, 90);
        let again = read(once, 0, 90);
        for (const from of reads) again = read(again, from, 90);
        const shown = (states: States): unknown => Object.fromEntries(states);
        expect(shown(again)).toEqual(shown(once));
      },
    ),
    { numRuns: 100 },
  );
});

it('learns from each minute once', () => {
  const receipts = Array.from({ length: 300 }, (_, minute) => ({
    commitTime: at(minute),
    arrivals: arrivalsOf([rowOf({ event: minute })], at(minute)) ?? '',
  }));
  let once: States = new Map();
  let often: States = new Map();
  for (let minute = 0; minute < 300; minute += 1) {
    const until = at(minute).slice(0, 16);
    once = foldArrivals(once, { from: until, until, receipts });
    for (const from of [minute, Math.max(0, minute - 100), Math.max(0, minute - 10)])
      often = foldArrivals(often, { from: at(from).slice(0, 16), until, receipts });
  }
  expect(often.get('dataproc')).toEqual(once.get('dataproc'));
  // Each of the minutes that left the window followed the one before by one minute.
  const gaps = Object.values(once.get('dataproc')?.learned.gaps ?? {}).flat();
  expect(gaps.reduce((sum, each) => sum + each, 0)).toBe(179);
});
