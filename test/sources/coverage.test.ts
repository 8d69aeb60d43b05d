/**
 * Every kind of entry that a source takes has a sample that was accepted and one that was rejected: denied, failed, left
 * out by a rule, or refused as unreadable. All of them have golden results (golden.test.ts).
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Source, SOURCE_NAMES, type SourceName } from '../../shared/sources/source.ts';
import { SOURCES } from '../../shared/sources/index.ts';
import { eventRow, type Sample, sampleFiles, samplesOf } from '../support/source-samples.ts';
import { kindOf } from './kinds.ts';

/** Kinds that come in one way only, and why. */
const ONE_WAY: Readonly<Partial<Record<SourceName, Readonly<Record<string, string>>>>> = {
  istio: { diagnostic: 'what a proxy prints beside access lines is left out' },
  kong: {
    diagnostic: 'what the gateway prints beside records is left out',
    'error log': 'tells of lost records, which is a failure',
  },
  dataproc: { 'log of daemons': 'left out by name' },
  dataflow: { 'log worker': 'whatever a worker prints proves that it ran' },
  bigquery: { 'job.start': 'a job that does not start has no such entry' },
  storage: { notification: 'without the attributes of its message nothing tells what happened' },
  logging: {
    'sink error': 'tells of a failure',
    'telemetry.write': 'a write that succeeded is left out: every entry would come back as one about itself',
  },
  iam: {
    'cloudresourcemanager log.change': 'one that was refused has no delta that would tell it from iam.change',
  },
};

interface Seen {
  accepted: number;
  rejected: number;
}

function kindsOf(source: Source, samples: readonly Sample[]): ReadonlyMap<string, Seen> {
  const kinds = new Map<string, Seen>();
  for (const sample of samples) {
    const { decoded } = sample;
    if (decoded.kind !== 'entry') continue;
    const row = eventRow(sample);
    const kind = kindOf(source.name, decoded.entry, row === undefined ? undefined : String(row['Action']));
    if (kind === undefined) continue;
    const seen = kinds.get(kind) ?? { accepted: 0, rejected: 0 };
    kinds.set(kind, seen);
    if (row?.['Outcome'] === 'allowed' || row?.['Outcome'] === 'unknown') seen.accepted += 1;
    else seen.rejected += 1;
  }
  return kinds;
}

const ALL = await Promise.all(
  SOURCES.map(async (source) => {
    const samples = await samplesOf(source);
    return { name: source.name, samples, kinds: kindsOf(source, samples) };
  }),
);

describe.each(ALL)('$name', ({ name, samples, kinds }) => {
  const oneWay = ONE_WAY[name] ?? {};

  it('has samples, and crashes on none', () => {
    expect(kinds.size).toBeGreaterThan(0);
    const crashed = samples.filter(
      ({ prepared }) =>
        prepared.kind === 'rows' && prepared.entry.rows[0].row['Reason'] === 'normaliser-crash',
    );
    expect(crashed.map((sample) => sample.name)).toEqual([]);
  });

  it.each([...kinds])('%s', (kind, { accepted, rejected }) => {
    const both = accepted > 0 && rejected > 0;
    expect(both, `${accepted} accepted, ${rejected} rejected; ${oneWay[kind] ?? 'one of each is due'}`).toBe(
      !Object.hasOwn(oneWay, kind),
    );
  });

  it('has each kind that is said to come one way', () => {
    expect(Object.keys(oneWay).filter((kind) => !kinds.has(kind))).toEqual([]);
  });

  it('has a golden result for each file', () => {
    const missing = sampleFiles(name).filter(
      (file) => !existsSync(join(import.meta.dirname, name, file.replace('.ndjson', '.golden.json'))),
    );
    expect(missing).toEqual([]);
  });
});

it('every source is in the list', () => {
  expect(SOURCES.map(({ name }) => name).toSorted()).toEqual([...SOURCE_NAMES].toSorted());
});
