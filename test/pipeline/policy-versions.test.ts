/** Versions of policies are facts: in whatever order and how often their entries come, the same rows are there. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../shared/config/parse.ts';
import { decodeEntry } from '../../shared/envelope/entry.ts';
import { ordinals } from '../../shared/envelope/event-id.ts';
import { createPreparer } from '../../shared/pipeline/prepare.ts';
import { replayEntries } from '../../shared/pipeline/replay.ts';
import { SOURCES } from '../../shared/sources/index.ts';
import { openStore } from '../../shared/store/open.ts';
import { expectLedgerHolds, factLines, factsOf, type Facts } from './facts.ts';

interface Change {
  readonly second: number;
  readonly verb: string;
  readonly spec?: object;
  readonly code?: number;
  readonly id?: string;
  /** An annotation that switches something, which no claim tells. */
  readonly note?: string;
}

function entry({ second, verb, spec, code, id = `i${second}`, note }: Change): string {
  const name = 'security.istio.io/v1/namespaces/data/authorizationpolicies/jobs';
  const metadata = note === undefined ? {} : { annotations: { 'istio.io/note': note } };
  const response = spec === undefined ? undefined : { kind: 'AuthorizationPolicy', metadata, spec };
  return JSON.stringify({
    logName: 'projects/p/logs/cloudaudit.googleapis.com%2Factivity',
    timestamp: `2026-01-31T22:00:${String(second).padStart(2, '0')}Z`,
    insertId: id,
    resource: { type: 'k8s_cluster', labels: { project_id: 'p', location: 'l', cluster_name: 'c' } },
    protoPayload: {
      serviceName: 'k8s.io',
      methodName: `io.istio.security.v1.authorizationpolicies.${verb}`,
      resourceName: name,
      authenticationInfo: { principalEmail: 'ana@example.com' },
      response,
      status: code === undefined ? {} : { code },
    },
  });
}

const spec = (namespace: string): object => ({
  rules: [{ from: [{ source: { namespaces: [namespace] } }] }],
});

const ENTRIES: readonly string[] = [
  entry({ second: 1, verb: 'create', spec: spec('etl') }),
  entry({ second: 2, verb: 'patch', spec: spec('lab') }),
  entry({ second: 3, verb: 'patch', spec: spec('etl') }),
  entry({ second: 4, verb: 'patch' }),
  entry({ second: 5, verb: 'update', spec: spec('x'), code: 7 }),
  entry({ second: 6, verb: 'delete' }),
  // One id, two contents, told apart by no column of the event.
  entry({ second: 7, verb: 'create', spec: spec('x'), id: 'same', note: 'a' }),
  entry({ second: 7, verb: 'create', spec: spec('x'), id: 'same', note: 'b' }),
];

const ONE_YEAR = 'retentionDays: { control: 30, policy: 365 }';

async function after(lines: readonly string[], batchSize = 100): Promise<Facts> {
  const store = await openStore('sqlite::memory:');
  const context = { ordinalOf: ordinals() };
  await replayEntries(
    lines.flatMap((line) => decodeEntry(Buffer.from(line), context)),
    {
      store,
      preparer: createPreparer({ sources: SOURCES, loaded: parseConfig(ONE_YEAR, 'test') }),
      path: 'replay',
      now: () => '2026-02-01T00:00:00.000000000Z',
      batchSize,
    },
  );
  const facts = await factsOf(store);
  await expectLedgerHolds(store, facts);
  await store.close();
  return facts;
}

describe('versions of a policy', () => {
  it('are one row for each allowed change, newest first', async () => {
    const { PolicyVersions: rows } = await after(ENTRIES);
    expect(rows.map((row) => `${String(row['EventTime']).slice(17, 19)} ${String(row['Change'])}`)).toEqual([
      '07 set',
      '07 set',
      '06 delete',
      '04 delta',
      '03 set',
      '02 set',
      '01 set',
    ]);
    const [, , , , reverted, opened, created] = rows;
    expect(reverted?.['ContentDigest']).toBe(created?.['ContentDigest']);
    expect(opened?.['ContentDigest']).not.toBe(created?.['ContentDigest']);
    expect(created).toMatchObject({
      Plane: 'mesh',
      Policy: 'kubernetes:p/l/c/data/authorizationpolicies.security.istio.io/jobs',
      Actor: 'user:google:ana@example.com',
      Project: 'p',
      Provenance: 'provider',
      ExpireAt: '2027-01-31T22:00:01.000000000Z',
    });
  });

  it('are the same in any order, however often and in whatever batches their entries come', async () => {
    const expected = factLines(await after(ENTRIES));
    const arrivals = fc
      .array(fc.constantFrom(...ENTRIES), { maxLength: 6 })
      .chain((again) =>
        fc.shuffledSubarray([...ENTRIES, ...again], { minLength: ENTRIES.length + again.length }),
      );
    await fc.assert(
      fc.asyncProperty(arrivals, fc.integer({ min: 1, max: 10 }), async (lines, batchSize) => {
        expect(factLines(await after(lines, batchSize))).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });
});
