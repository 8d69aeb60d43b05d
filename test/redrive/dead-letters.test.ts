/** Dead letters over HTTP, by a clock that is wound by hand: leases, acknowledgements, whose they are. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { JobtrailError } from '../../shared/errors.ts';
import {
  redriveDeadLetters,
  type DeadLetterFilter,
  type DeadLetterOptions,
} from '../../shared/redrive/dead-letters.ts';
import { letterSource } from '../../shared/redrive/letter-source.ts';
import { openStore } from '../../shared/store/open.ts';
import type { Store } from '../../shared/store/store.ts';
import { approval } from '../sources/approvals/samples.ts';
import { DAY } from '../pipeline/deliveries.ts';
import { serveLetters, type LettersServer, type LettersServerOptions, type Sent } from './letters-server.ts';
import { redriving, refusing, woundClock } from './redrives.ts';

const textsOf = (source: string): readonly string[] =>
  DAY.flatMap(({ subscription, category, data }) =>
    subscription === source && category === 'ordinary' ? [data] : [],
  );
const sent = (texts: readonly string[]): readonly Sent[] => texts.map((data) => ({ data }));
const ISTIO = textsOf('istio');
const [ISTIO_ONE = ''] = ISTIO;

let store: Store;
let server: LettersServer | undefined;
beforeEach(async () => {
  store = await openStore('sqlite::memory:');
});
afterEach(async () => {
  await server?.stop();
  await store.close();
});

async function setUp(
  messages: readonly Sent[],
  over: Partial<DeadLetterOptions> = {},
  served: Partial<LettersServerOptions> = {},
) {
  const clock = woundClock();
  const letters = await serveLetters({ messages, now: clock.now, ...served });
  server = letters;
  const options: DeadLetterOptions = {
    ...redriving(store, { clock }),
    api: {
      service: 'Pub/Sub',
      needs: 'a role',
      authorization: () => Promise.resolve({}),
      pace: () => Promise.resolve(),
      clock,
      limits: { attempts: 1 },
    },
    baseUrl: letters.url,
    subscription: 'projects/p/subscriptions/jobtrail-istio-dead',
    ...over,
  };
  const redrive = (filter: DeadLetterFilter = {}, more: Partial<DeadLetterOptions> = {}) =>
    redriveDeadLetters({ ...options, ...more }, filter);
  return { clock, letters, redrive };
}

const events = async (): Promise<number> => (await Array.fromAsync(store.scan('Events'))).length;

describe('leases', () => {
  it('a dry run that is slower than its leases counts each message once, and gives all back', async () => {
    const texts = ISTIO.slice(0, 1000);
    const { clock, letters, redrive } = await setUp(sent(texts));
    const ready = (): undefined => {
      clock.wind(500);
    };
    const tally = await redrive({}, { dryRun: true, ready });
    expect(tally.rows).toBe(texts.length);
    expect(tally.stored).toBe(texts.length);
    expect(letters.left().length).toBe(texts.length);
    expect(letters.held()).toEqual([]);
    expect(letters.called).not.toContain('acknowledge');
    expect(await events()).toBe(0);
    // A run for real then has them all.
    expect(await redrive()).toMatchObject({ rows: texts.length, stored: texts.length });
    expect(letters.left()).toEqual([]);
  });

  it('is not taken for empty while pulls bring nothing now and then', async () => {
    const { redrive } = await setUp(sent(ISTIO.slice(0, 250)), {}, { empty: (pull) => pull % 8 !== 0 });
    expect((await redrive()).stored).toBe(250);
  });

  it('are renewed, so that what is left alone and what takes long come once', async () => {
    const left: Sent = { data: '{}', publishTime: '2026-01-01T00:00:00Z' };
    const messages = [...Array.from({ length: 150 }, () => left), ...sent(ISTIO.slice(0, 150))];
    const { letters, redrive } = await setUp(messages, { leaseSeconds: 1 }, { now: Date.now });
    // Slower than a lease.
    const ready = (): Promise<void> => sleep(15);
    const tally = await redrive({ since: '2026-11-01T00:00:00.000000000Z' }, { ready });
    expect(tally).toMatchObject({ rows: 150, stored: 150 });
    expect(letters.left().length).toBe(150);
    expect(letters.held()).toEqual([]);
  }, 20_000);

  it('takes no more than it is told to, and holds no more', async () => {
    const { letters, redrive } = await setUp(sent(ISTIO.slice(0, 250)));
    expect(await redrive({ limit: 130 })).toMatchObject({ rows: 130, stored: 130 });
    expect(letters.left().length).toBe(120);
    expect(letters.held()).toEqual([]);
  });

  it('ends after the batch under way when it is asked to', async () => {
    const { letters, redrive } = await setUp(sent(ISTIO.slice(0, 250)));
    let asked = false;
    const tally = await redrive({}, { onBatch: () => void (asked = true), stopped: () => asked });
    expect(tally.rows).toBe(100);
    expect(letters.left().length).toBe(150);
    expect(letters.held()).toEqual([]);
  });
});

describe('acknowledgements', () => {
  it('come after the commit and not before: of a store that is away nothing is lost, and nothing is held', async () => {
    const { letters, redrive } = await setUp(sent(ISTIO.slice(0, 30)));
    const away: Store = {
      ...store,
      commit: () => Promise.reject(new JobtrailError('store-unavailable', 'no answer', 'wait')),
    };
    await expect(redrive({}, { store: away })).rejects.toMatchObject({ code: 'store-unavailable' });
    expect(letters.called).not.toContain('acknowledge');
    expect(letters.left().length).toBe(30);
    expect(letters.held()).toEqual([]);
    expect(await redrive()).toMatchObject({ rows: 30, stored: 30 });
  });

  it('that are lost leave duplicates', async () => {
    let broken = true;
    const { letters, redrive } = await setUp(
      sent(ISTIO.slice(0, 30)),
      {},
      {
        before(method) {
          if (broken && method === 'acknowledge') throw new Error('broken');
        },
      },
    );
    await expect(redrive()).rejects.toMatchObject({ code: 'api-unavailable' });
    broken = false;
    expect(await redrive()).toMatchObject({ rows: 30, duplicate: 30, stored: 0 });
    expect(letters.left()).toEqual([]);
    expect(await events()).toBe(30);
  });

  it('what a dry run foresees is what becomes of them, over all batches', async () => {
    const some = ISTIO.slice(0, 90);
    const texts = [...some, ...some, ...some, 'no entry at all', ...textsOf('kong').slice(0, 5)];
    const { redrive } = await setUp(sent(texts));
    const foreseen = await redrive({}, { dryRun: true });
    expect(foreseen).toMatchObject({ rows: 276, stored: 90, duplicate: 180, filtered: 5, stays: 1 });
    expect(await redrive()).toEqual(foreseen);
  });

  it('what the store refuses is told as such, also where quarantine has it', async () => {
    const { letters, redrive } = await setUp([{ data: ISTIO_ONE }]);
    const one = refusing(store, () => true);
    expect(await redrive({}, { store: one })).toMatchObject({
      rows: 1,
      stays: 1,
      staysFor: new Map([['quarantine:row-refused', 1]]),
    });
    expect(letters.left()).toEqual([]);
    await letters.stop();
    const again = await setUp([{ data: ISTIO_ONE }]);
    expect(await again.redrive({}, { store: one })).toMatchObject({ rows: 1, stays: 1, duplicate: 0 });
  });
});

describe('whose they are', () => {
  const FROM = 'CloudPubSubDeadLetterSourceSubscription';
  const from = (name: string) => ({
    message: {
      data: '',
      messageId: '',
      publishTime: '',
      attributes: { [FROM]: `projects/p/subscriptions/${name}` },
    },
  });

  it.each([
    ['jobtrail-kong-dead', 'jobtrail-kong', 'kong'],
    ['letters', 'jobtrail-kong', 'kong'],
    ['letters', 'acme-dataproc-push', 'dataproc'],
    ['letters', 'acme-data-platform-jobtrail-dataproc', 'unknown'],
    ['letters', 'letters', 'unknown'],
    ['jobtrail-findings-dead', 'jobtrail-findings', 'unknown'],
    // What comes with a message may be its writer's.
    ['jobtrail-openlineage-dead', 'jobtrail-iam', 'openlineage'],
  ])('in %s, from %s: %s', (held, gaveUp, source) => {
    expect(letterSource(from(gaveUp), `projects/p/subscriptions/${held}`)).toBe(source);
  });

  it('a message in the dead letters of one source is never taken for an entry of another', async () => {
    const forged = { data: ISTIO_ONE, attributes: { [FROM]: 'projects/p/subscriptions/jobtrail-istio' } };
    const subscription = 'projects/p/subscriptions/jobtrail-openlineage-dead';
    const { redrive } = await setUp([forged], { subscription });
    expect(await redrive()).toMatchObject({ rows: 1, filtered: 1, stored: 0 });
  });

  it('they are left where no name tells, until somebody says it', async () => {
    const { letters, redrive } = await setUp(sent(ISTIO.slice(0, 3)), {
      subscription: 'projects/p/subscriptions/letters',
    });
    expect(await redrive()).toMatchObject({ stays: 3, staysFor: new Map([['unknown-source', 3]]) });
    expect(letters.left().length).toBe(3);
    expect(await redrive({}, { as: 'any', dryRun: true })).toMatchObject({ stored: 3 });
    expect(await redrive({}, { as: 'istio' })).toMatchObject({
      stored: 3,
      byReason: new Map([['istio', expect.objectContaining({ rows: 3 })]]),
    });
    expect(letters.left()).toEqual([]);
  });

  it.each([
    ['jobtrail-databricks-dead', 'OBJECT_FINALIZE', 'file-notification'],
    ['jobtrail-findings-dead', undefined, 'findings'],
  ])('in %s what is no entry is left', async (name, eventType, why) => {
    const message: Sent =
      eventType === undefined
        ? { data: JSON.stringify({ findings: ['a'.repeat(64)] }) }
        : { data: '{}', attributes: { eventType, bucketId: 'b', objectId: 'o' } };
    const { letters, redrive } = await setUp([message], { subscription: `projects/p/subscriptions/${name}` });
    expect((await redrive()).staysFor).toEqual(new Map([[why, 1]]));
    expect(letters.left()).toEqual([0]);
  });

  it('are read as the pull worker reads them: events in binary mode by their attributes', async () => {
    const { data, ...attributes } = approval();
    const named = Object.entries(attributes).map(([name, value]) => [`ce-${name}`, value] as const);
    const message = { data: JSON.stringify(data), attributes: Object.fromEntries(named) };
    const subscription = 'projects/p/subscriptions/jobtrail-approvals-dead';
    const { letters, redrive } = await setUp([message], { subscription });
    expect(await redrive()).toMatchObject({ rows: 1, stored: 1 });
    expect(letters.left()).toEqual([]);
  });

  it('of a bucket whose objects are records of their own are handled as such', async () => {
    const resource = {
      kind: 'storage#object',
      bucket: 'raw',
      name: 'a.csv',
      updated: '2026-11-18T00:00:00Z',
    };
    const attributes = { eventType: 'OBJECT_FINALIZE', bucketId: 'raw', objectId: 'a.csv' };
    const subscription = 'projects/p/subscriptions/jobtrail-storage-dead';
    const { letters, redrive } = await setUp([{ data: JSON.stringify(resource), attributes }], {
      subscription,
    });
    expect(await redrive()).toMatchObject({ rows: 1, filtered: 1 });
    expect(letters.left()).toEqual([]);
  });
});
