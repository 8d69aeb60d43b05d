/** Approvals and deployments through replay: the same facts in any order, however often; and what cannot be judged. */
import * as fc from 'fast-check';
import { afterEach, expect, it } from 'vitest';
import { parseConfig } from '../../shared/config/parse.ts';
import { decodeEntry } from '../../shared/envelope/entry.ts';
import type { Decoded } from '../../shared/envelope/envelope.ts';
import { ordinals } from '../../shared/envelope/event-id.ts';
import { prepareAttested } from '../../shared/pipeline/attest.ts';
import { createPreparer, type Preparer } from '../../shared/pipeline/prepare.ts';
import { replayEntries } from '../../shared/pipeline/replay.ts';
import { approvals } from '../../shared/sources/approvals/index.ts';
import { deployments } from '../../shared/sources/deployments/index.ts';
import { openStore } from '../../shared/store/open.ts';
import type { Store } from '../../shared/store/store.ts';
import { approval, SAMPLES as APPROVALS } from '../sources/approvals/samples.ts';
import { SAMPLES as DEPLOYMENTS } from '../sources/deployments/samples.ts';
import { ISSUERS, proven, signature } from '../support/attest.ts';
import { factLines, factsOf } from './facts.ts';

const SOURCES = [approvals, deployments];
const NOW = '2026-11-19T00:00:00.000000000Z';
const loaded = parseConfig(JSON.stringify({ issuers: ISSUERS }), 'jobtrail.yaml');
const preparer = createPreparer({ sources: SOURCES, loaded });

const LINES = [APPROVALS, DEPLOYMENTS]
  .flatMap((samples) => Object.values(samples).flat())
  .map((event) => JSON.stringify(event));

function decoded(line: string): readonly Decoded[] {
  return decodeEntry(Buffer.from(line), {
    ordinalOf: ordinals(),
    adopt: (record) => approvals.adopt?.(record) ?? deployments.adopt?.(record),
  });
}

const stores: Store[] = [];
afterEach(async () => {
  await Promise.all(stores.splice(0).map((store) => store.close()));
});

async function factsAfter(lines: readonly string[], batchSize: number): Promise<readonly string[]> {
  const store = await openStore('sqlite::memory:');
  stores.push(store);
  await replayEntries(lines.flatMap(decoded), { store, preparer, path: 'replay', now: () => NOW, batchSize });
  return factLines(await factsOf(store)).toSorted((a, b) => (a < b ? -1 : 1));
}

it('leaves the same facts in any order and any repetition', async () => {
  const plain = await factsAfter(LINES, 500);
  expect(plain.length).toBeGreaterThan(20);
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray(LINES, { minLength: LINES.length }),
      fc.array(fc.constantFrom(...LINES), { maxLength: 10 }),
      fc.integer({ min: 1, max: 20 }),
      async (order, again, batch) => {
        expect(await factsAfter([...order, ...again], batch)).toEqual(plain);
      },
    ),
    { numRuns: 25 },
  );
});

const signed = JSON.stringify(proven(approval(), signature(approval())));
const [entry] = decoded(signed);

it('waits for nothing but a proof', () => {
  const [plain] = decoded(JSON.stringify(approval()));
  if (entry === undefined || plain === undefined) throw new Error('not decoded');
  expect(prepareAttested(preparer, plain, () => NOW)).not.toBeInstanceOf(Promise);
  expect(prepareAttested(preparer, entry, () => NOW)).toBeInstanceOf(Promise);
});

it('never stores a proof that nobody looked at as if it had failed', () => {
  if (entry === undefined) throw new Error('not decoded');
  expect(preparer.prepare(entry, NOW)).toMatchObject({
    entry: { kind: 'quarantine', rows: [{ row: { Reason: 'normaliser-crash' } }] },
  });
});

it('stops where the keys of an issuer cannot be had', async () => {
  const { jwks: _, ...changes } = ISSUERS[0];
  const remote = parseConfig(
    JSON.stringify({ issuers: [{ ...changes, jwksUri: 'https://changes.example.com/keys' }] }),
    'jobtrail.yaml',
  );
  const offline: Preparer = createPreparer({ sources: SOURCES, loaded: remote });
  const store = await openStore('sqlite::memory:');
  stores.push(store);
  const replayed = replayEntries(decoded(signed), {
    store,
    preparer: offline,
    path: 'replay',
    now: () => NOW,
  });
  await expect(replayed).rejects.toMatchObject({ code: 'issuer-keys-unavailable', disposition: 'retry' });
  expect((await factsOf(store)).Events).toHaveLength(0);
});
