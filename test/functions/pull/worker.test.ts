/** What the worker does that a request cannot: it holds messages, bounds those that come alone, and stops. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createGate } from '../../../functions/pull/gate.ts';
import { parsePullEnvironment } from '../../../functions/pull/environment.ts';
import { JobtrailError } from '../../../shared/errors.ts';
import { expectLedgerHolds, factsOf } from '../../pipeline/facts.ts';
import { ENTRIES, freshStore } from '../service.ts';
import { pullHolding } from '../ways.ts';

const [ENTRY = ''] = ENTRIES;
const unavailable = (): JobtrailError => new JobtrailError('store-unavailable', 'Spanner is away', 'wait');
const { store, before } = freshStore();

describe('a message that is pulled while the store is away', () => {
  it('is held, tried again and acknowledged; one line tells of all that wait, and one that it is over', async () => {
    let calls = 0;
    const away = before(() => {
      calls += 1;
      if (calls <= 2) throw unavailable();
    });
    const { deliver, log } = await pullHolding(10_000)({ store: away });
    const outcomes = await Promise.all(ENTRIES.slice(0, 10).map((data) => deliver({ data })));
    expect(new Set(outcomes)).toEqual(new Set(['acknowledged']));
    expect(log).toMatchObject([
      { severity: 'WARNING', message: 'messages are held', code: 'store-unavailable' },
      { severity: 'INFO', message: 'no message is held any more' },
    ]);
    expect(await expectLedgerHolds(store(), await factsOf(store()))).toMatchObject({
      received: 10,
      stored: 10,
    });
  });

  it('is given back when that has lasted too long, with its attempt in the log', async () => {
    const away = before(() => {
      throw unavailable();
    });
    const began = performance.now();
    const { deliver, log } = await pullHolding(600)({ store: away });
    expect(await deliver({ data: ENTRY, messageId: '17', deliveryAttempt: 3 })).toBe('again');
    expect(performance.now() - began).toBeGreaterThan(240);
    expect(log).toMatchObject([
      { message: 'messages are held' },
      { severity: 'ERROR', code: 'store-unavailable', messageId: '17', deliveryAttempt: 3 },
      { message: 'no message is held any more' },
    ]);
  });

  it('is given back at once when the worker stops, which is no error', async () => {
    const away = before(() => {
      throw unavailable();
    });
    const receiver = await pullHolding(60_000)({ store: away });
    const outcome = receiver.deliver({ data: ENTRY });
    await sleep(50);
    await receiver.stop();
    expect(await outcome).toBe('again');
    expect(receiver.log.map(({ severity }) => severity)).toEqual(['WARNING', 'INFO']);
  });

  it('is not held for an error that nobody foresaw', async () => {
    const { deliver } = await pullHolding(60_000)({
      store: before(() => {
        throw new TypeError('a bug');
      }),
    });
    expect(await deliver({ data: ENTRY })).toBe('again');
  });
});

describe('delivery attempts of what is pulled', () => {
  it('commit by themselves from the fifth on, twenty at once, and keep raw from the ninetieth', async () => {
    let under = 0;
    let most = 0;
    const sizes: number[] = [];
    const inner = store();
    const counting = {
      ...inner,
      async commit(batch: Parameters<typeof inner.commit>[0]) {
        sizes.push(batch.entries.length);
        most = Math.max(most, (under += 1));
        await sleep(5);
        under -= 1;
        return inner.commit(batch);
      },
    };
    const { deliver } = await pullHolding(10_000)({ store: counting });
    await Promise.all(ENTRIES.slice(0, 60).map((data) => deliver({ data, deliveryAttempt: 5 })));
    expect(new Set(sizes)).toEqual(new Set([1]));
    expect(sizes).toHaveLength(60);
    expect(most).toBe(20);
    expect(await deliver({ data: ENTRIES[60] ?? '', deliveryAttempt: 90 })).toBe('acknowledged');
    const { Events, Quarantine } = await factsOf(store());
    expect(Events).toHaveLength(60);
    expect(Quarantine).toMatchObject([{ Reason: 'delivery-exhausted', Raw: ENTRIES[60] }]);
  });
});

describe('a message that waits to be committed by itself', () => {
  it('is given back when its turn comes later than it may be held', async () => {
    const slow = before(() => sleep(300));
    const { deliver, log } = await pullHolding(250)({ store: slow });
    const outcomes = await Promise.all(
      ENTRIES.slice(0, 21).map((data) => deliver({ data, deliveryAttempt: 5 })),
    );
    expect(outcomes.filter((outcome) => outcome === 'again')).toHaveLength(1);
    expect(log).toMatchObject([{ severity: 'ERROR', code: 'overloaded', deliveryAttempt: 5 }]);
    expect((await factsOf(store())).Events).toHaveLength(20);
  });
});

describe('the message that is here for longest', () => {
  it('is the first that has come to no end', async () => {
    const gate = Promise.withResolvers<void>();
    const { longest, deliver } = await pullHolding(10_000)({ store: before(() => gate.promise) });
    expect(longest()).toBeUndefined();
    const first = deliver({ data: ENTRY, messageId: 'first' });
    await sleep(60);
    const second = deliver({ data: ENTRIES[1] ?? '', messageId: 'second' });
    expect(longest()).toMatchObject({ messageId: 'first' });
    expect(longest()?.ms).toBeGreaterThan(50);
    gate.resolve();
    expect(await Promise.all([first, second])).toEqual(['acknowledged', 'acknowledged']);
    expect(longest()).toBeUndefined();
  });
});

describe('the gate', () => {
  it('gives a place back whether a task succeeds or fails', async () => {
    const gate = createGate(2);
    const order: number[] = [];
    const tasks = [1, 2, 3, 4].map((n) =>
      gate(async () => {
        order.push(n);
        await sleep(1);
        if (n === 1) throw new Error('one');
        return n;
      }),
    );
    expect((await Promise.allSettled(tasks)).map(({ status }) => status)).toEqual([
      'rejected',
      'fulfilled',
      'fulfilled',
      'fulfilled',
    ]);
    expect(order).toEqual([1, 2, 3, 4]);
  });
});

describe('the environment of a pull worker', () => {
  const sound = {
    JOBTRAIL_SOURCE: 'storage',
    JOBTRAIL_SUBSCRIPTION: 'projects/p/subscriptions/sub',
    JOBTRAIL_STORE: 'sqlite:x',
  };

  it('names a source whose entries come as messages', () => {
    expect(parsePullEnvironment(sound).source.name).toBe('storage');
    for (const name of ['observed', 'canary', 'databricks', 'constructor', '']) {
      expect(() => parsePullEnvironment({ ...sound, JOBTRAIL_SOURCE: name })).toThrow(
        /JOBTRAIL_SOURCE expected one of istio/,
      );
    }
  });

  it('names everything that is wrong', () => {
    expect(() =>
      parsePullEnvironment({ JOBTRAIL_SUBSCRIPTION: 'mine', JOBTRAIL_PULL_MESSAGES: '0' }),
    ).toThrow(
      /JOBTRAIL_SOURCE is not set.*JOBTRAIL_SUBSCRIPTION expected projects.*JOBTRAIL_STORE is not set.*JOBTRAIL_PULL_MESSAGES/,
    );
  });
});
