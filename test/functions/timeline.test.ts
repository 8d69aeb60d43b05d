import { afterEach, describe, expect, it } from 'vitest';
import { createTimelineSource } from '../../functions/runtime/timeline.ts';
import { writeTexts } from '../../shared/config/bundle-texts.ts';
import type { Bundle } from '../../shared/config/bundle.ts';
import { openStore } from '../../shared/store/open.ts';
import type { Store } from '../../shared/store/store.ts';
import { timestampOf } from '../../shared/store/timestamp.ts';
import { bundleOf } from '../policy/support/events.ts';

const OWN = bundleOf('', { environments: { own: [] } });
const PUSHED = bundleOf('@id("all") permit (principal, action, resource);', { environments: { prod: [] } });
const START = Date.parse('2026-01-05T12:00:00Z');
const MINUTE = 60_000;
const at = (minutes: number): string => timestampOf(new Date(START + minutes * MINUTE));

const stores: Store[] = [];
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close();
});

async function setUp() {
  const store = await openStore('sqlite::memory:');
  stores.push(store);
  const clock = { minutes: 0 };
  const errors: unknown[] = [];
  const readings = { count: 0, failing: false };
  const source = createTimelineSource({
    store: {
      ...store.bundles,
      inForce: () => {
        readings.count += 1;
        return readings.failing ? Promise.reject(new Error('down')) : store.bundles.inForce();
      },
    },
    before: OWN,
    now: () => START + clock.minutes * MINUTE,
    onError: (error) => errors.push(error),
  });
  const push = (bundle: Bundle, minutes: number) =>
    store.bundles.push(
      { digest: bundle.digest, texts: writeTexts(bundle.texts) },
      {
        from: at(minutes),
        digest: bundle.digest,
        commit: 'c',
        reviewer: 'r',
        pushedBy: 'p',
        pushedAt: at(clock.minutes),
      },
    );
  return { store, source, clock, errors, readings, push };
}

/** Lets a reading that nobody waits for come to its end. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 20));

describe('the timeline of a function', () => {
  it('is read before the first event, and keeps what the function started with', async () => {
    const { store, source } = await setUp();
    const first = source.ready(at(0));
    expect(first).toBeDefined();
    await first;
    expect(source.timeline.at(at(0))).toBe(OWN);
    expect(source.ready(at(0))).toBeUndefined();
    expect(await store.bundles.texts(OWN.digest)).toBe(writeTexts(OWN.texts));
    expect(await store.bundles.inForce()).toEqual([]);
  });

  it('answers every event with the bundle of its time, pushed before or while it runs', async () => {
    const { source, clock, push } = await setUp();
    await source.ready(at(0));
    await push(PUSHED, 5);
    for (const minutes of [0, 3, 4, 4.9, 5, 5.1, 7, 60]) {
      clock.minutes = minutes;
      await source.ready(at(minutes));
      const bundle = source.timeline.at(at(minutes));
      expect([minutes, bundle.digest]).toEqual([minutes, minutes < 5 ? OWN.digest : PUSHED.digest]);
      expect(source.timeline.at(at(4))).toBe(OWN);
    }
  });

  it('is read again each minute, and no event waits for that', async () => {
    const { source, clock, readings } = await setUp();
    await source.ready(at(0));
    clock.minutes = 0.9;
    expect(source.ready(at(0.9))).toBeUndefined();
    expect(readings.count).toBe(1);
    clock.minutes = 1;
    expect(source.ready(at(1))).toBeUndefined();
    await settled();
    expect(readings.count).toBe(2);
  });

  it('holds for five minutes where the store is down, and then answers nothing', async () => {
    const { source, clock, readings, errors } = await setUp();
    await source.ready(at(0));
    readings.failing = true;
    clock.minutes = 4;
    expect(source.ready(at(4))).toBeUndefined();
    await settled();
    expect(errors).toHaveLength(1);
    clock.minutes = 5;
    await expect(source.ready(at(5))).rejects.toThrow('down');
    expect(source.ready(at(4.9))).toBeUndefined();
    await settled();
    readings.failing = false;
    await expect(source.ready(at(5))).resolves.toBeUndefined();
  });

  it('reads at most once a second for events that are dated into the future', async () => {
    const { source, readings } = await setUp();
    await source.ready(at(1000));
    expect(source.ready(at(1000))).toBeUndefined();
    expect(readings.count).toBe(1);
  });

  it('refuses a bundle whose texts are gone or were changed', async () => {
    const { store, source } = await setUp();
    await store.bundles.push(
      { digest: PUSHED.digest, texts: writeTexts(OWN.texts) },
      { from: at(0), digest: PUSHED.digest, commit: 'c', reviewer: 'r', pushedBy: 'p', pushedAt: at(-5) },
    );
    await expect(source.ready(at(0))).rejects.toThrow(/not in the store as they were pushed/);
  });
});
