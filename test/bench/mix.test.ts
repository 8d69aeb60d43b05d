import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { SHARES, classifiedEntries, mixEntries } from '../../bench/mix/mix.ts';
import type { MixClass, MixEntry } from '../../bench/mix/mix.ts';
import { LogEntry } from '../../schemas/log-entry.ts';
import { haveSamples, sampleLines } from '../support/samples.ts';

const COUNT = 10_000;
const owned = [...classifiedEntries(COUNT, 1, { owned: true })];
const mixed = [...classifiedEntries(COUNT, 1)];
const classes = ['mesh', 'data', 'job', 'control'] as const satisfies readonly MixClass[];

const sizes = (entries: readonly MixEntry[], name: MixClass): readonly number[] =>
  entries.filter((entry) => entry.class === name).map(({ text }) => Buffer.byteLength(text));
const mean = (numbers: readonly number[]): number => numbers.reduce((sum, n) => sum + n, 0) / numbers.length;
const parsed = owned.map(({ class: name, text }) => ({ name, entry: LogEntry.parse(JSON.parse(text)) }));

describe('the mix', () => {
  it('is the same bytes for the same seed, and others for another', () => {
    const digest = (seed: number): string => {
      const hash = createHash('sha256');
      for (const text of mixEntries(2000, seed)) hash.update(text);
      return hash.digest('hex');
    };
    expect(digest(1)).toBe(digest(1));
    expect(digest(2)).not.toBe(digest(1));
  });

  it.each(classes)('has the declared share of %s', (name) => {
    expect(sizes(owned, name).length).toBe((COUNT * SHARES[name]) / 100);
    expect(sizes(mixed, name).length).toBe((COUNT * SHARES[name]) / 100);
  });

  it('has no two entries with one insert id or one time', () => {
    expect(new Set(parsed.map(({ entry }) => entry.insertId)).size).toBe(COUNT);
    expect(new Set(parsed.map(({ entry }) => entry.timestamp)).size).toBe(COUNT);
    expect(parsed.every(({ entry }) => (entry.timestamp ?? '') < (entry.receiveTimestamp ?? ''))).toBe(true);
  });

  it('leaves no mark unfilled', () => {
    expect(owned.some(({ text }) => /[\u27e6\u27e7]/.test(text))).toBe(false);
    expect(mixed.some(({ text }) => /[\u27e6\u27e7]|""request|"requestId":""/.test(text))).toBe(false);
  });

  it('repeats callers and workloads as real logs do: a few hundred', () => {
    const callers = new Set(
      parsed.map(({ entry }) => entry.protoPayload?.authenticationInfo?.['principalEmail']),
    );
    const workloads = new Set(parsed.map(({ entry }) => entry.labels?.['source_principal']));
    for (const distinct of [callers, workloads]) {
      expect(distinct.size).toBeGreaterThan(50);
      expect(distinct.size).toBeLessThan(500);
    }
  });

  it('tells a mesh request twice under one id, and an operation at both ends', () => {
    const requests = Map.groupBy(
      parsed.filter(({ name }) => name === 'mesh'),
      ({ entry }) => entry.labels?.['request_id'],
    );
    expect([...requests.values()].every((ends) => ends.length === 2)).toBe(true);
    const operations = Map.groupBy(
      parsed.filter(({ name, entry }) => name === 'job' && entry.operation !== undefined),
      ({ entry }) => entry.operation?.id,
    );
    const complete = [...operations.values()].filter((ends) => ends.length === 2);
    expect(complete.length).toBeGreaterThanOrEqual(operations.size - 1);
  });

  it('owns all of its data access where it is told to', () => {
    const services = (entries: readonly MixEntry[]): Set<unknown> =>
      new Set(
        entries
          .filter((entry) => entry.class === 'data')
          .map(({ text }) => LogEntry.parse(JSON.parse(text)).protoPayload?.serviceName),
      );
    expect(services(owned)).toEqual(new Set(['dataproc.googleapis.com', 'dataflow.googleapis.com']));
    expect(services(mixed)).toEqual(
      new Set(['storage.googleapis.com', 'bigquery.googleapis.com', 'spanner.googleapis.com']),
    );
    const logs = parsed.filter(({ name }) => name === 'data').map(({ entry }) => entry.logName ?? '');
    expect(logs.every((log) => log.endsWith('%2Fdata_access'))).toBe(true);
  });
});

/** Whole audit entries among the samples of a service, in bytes. */
function measured(folder: string, service: string): readonly number[] {
  return sampleLines(folder)
    .flatMap(({ lines }) => lines)
    .filter((line) => {
      const value: unknown = JSON.parse(line);
      const read = LogEntry.safeParse(value);
      return (
        read.success &&
        read.data.protoPayload?.serviceName === service &&
        read.data.receiveTimestamp !== undefined &&
        read.data.protoPayload.requestMetadata !== undefined
      );
    })
    .map((line) => Buffer.byteLength(line));
}

describe('sizes', () => {
  it.each([
    ['mesh', 1600, 2200],
    ['data', 1400, 2300],
    ['job', 1000, 3600],
    ['control', 1500, 3600],
  ] as const)('of %s are real ones on average, in bytes', (name, low, high) => {
    for (const entries of [owned, mixed]) {
      const all = sizes(entries, name).toSorted((a, b) => a - b);
      const [least = 0, middle = 0, most = 0] = [all[0], all[all.length >> 1], all.at(-1)];
      process.stdout.write(
        `${name.padEnd(8)} ${String(all.length).padStart(6)} entries  ` +
          `min ${String(least)}  median ${String(middle)}  mean ${mean(all).toFixed(0)}  max ${String(most)} bytes\n`,
      );
      expect(mean(all)).toBeGreaterThanOrEqual(low);
      expect(mean(all)).toBeLessThanOrEqual(high);
    }
  });

  it.runIf(haveSamples).each([
    ['gcs', 'storage.googleapis.com'],
    ['bigquery', 'bigquery.googleapis.com'],
    ['spanner', 'spanner.googleapis.com'],
  ])('of %s entries lie within those of the samples', (folder, service) => {
    const real = measured(folder, service);
    const ours = mixed
      .filter(({ class: name, text }) => name === 'data' && text.includes(`"serviceName":"${service}"`))
      .map(({ text }) => Buffer.byteLength(text));
    expect(real.length).toBeGreaterThan(2);
    // The samples hold few methods of each service, and publishers take callers and user agents out of them.
    expect(mean(ours)).toBeGreaterThanOrEqual(Math.min(...real) * 0.8);
    expect(mean(ours)).toBeLessThanOrEqual(Math.max(...real) * 1.4);
  });

  it.runIf(haveSamples)('carry every label that the proxy of the samples writes', () => {
    const keys = sampleLines('istio')
      .flatMap(({ lines }) => lines)
      .filter((line) => line.includes('"entries":['))
      .flatMap((line) => [...line.matchAll(/"((?:source|destination)_[a-z_]+)":/g)].map((found) => found[1]));
    const text = owned.find((entry) => entry.class === 'mesh')?.text ?? '';
    expect(keys.length).toBeGreaterThan(10);
    for (const key of new Set(keys)) expect(text).toContain(`"${key ?? ''}":`);
  });
});
