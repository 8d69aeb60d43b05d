import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { classifiedEntries, mixEntries } from '../../bench/mix/mix.ts';
import { PARTS, type MixClass, type PartName } from '../../bench/mix/parts.ts';
import { benchContext, benchPreparer, NOW } from '../../bench/support/prepared.ts';
import { LogEntry } from '../../schemas/log-entry.ts';
import { decodeEntry } from '../../shared/envelope/entry.ts';
import { SOURCES } from '../../shared/sources/index.ts';
import { haveSamples, sampleLines } from '../support/samples.ts';

const COUNT = 10_000;
const mix = [...classifiedEntries(COUNT, 1)];
/** Those that their writers send without a LogEntry around them. */
const RECORDS: ReadonlySet<PartName> = new Set(['databricks', 'openlineage']);
const logged = mix
  .filter(({ part }) => !RECORDS.has(part))
  .map(({ part, text }) => ({ part, entry: LogEntry.parse(JSON.parse(text)) }));

const sizes = (...parts: readonly PartName[]): readonly number[] =>
  mix.filter(({ part }) => parts.includes(part)).map(({ text }) => Buffer.byteLength(text));
const mean = (numbers: readonly number[]): number => numbers.reduce((sum, n) => sum + n, 0) / numbers.length;
const distinct = (values: readonly unknown[]): number => new Set(values).size;

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

  it.each([
    ['mesh', 60],
    ['data', 25],
    ['job', 10],
    ['control', 5],
  ] as const satisfies readonly (readonly [MixClass, number])[])(
    'has the share of %s, %i %%',
    (name, percent) => {
      const entries = mix.filter((entry) => entry.class === name);
      expect(entries.length).toBe((COUNT * percent) / 100);
    },
  );

  it.each(Object.entries(PARTS))('has the declared share of %s in every stretch', (name, { share }) => {
    for (let from = 0; from < COUNT; from += 200) {
      const stretch = mix.slice(from, from + 200);
      expect(stretch.filter(({ part }) => part === name).length).toBe(2 * share);
    }
  });

  it('is what its page says', () => {
    const page = readFileSync(new URL('../../docs/bench.md', import.meta.url), 'utf8');
    const table = page.slice(page.indexOf('<!-- begin: mix -->'), page.indexOf('<!-- end: mix -->'));
    const told = [...table.matchAll(/([A-Za-z][A-Za-z ]*) ([0-9.]+)(?=[, ])/g)].map((found) => [
      found[1],
      Number(found[2]),
    ]);
    expect(new Map(told.map(([name, share]) => [String(name).trim(), share]))).toEqual(
      new Map(Object.entries(PARTS).map(([name, { share }]) => [name, share])),
    );
  });

  it('has all sources of logs in it, and none of its entries is refused', () => {
    const preparer = benchPreparer();
    const context = benchContext();
    const prepared = mix.flatMap(({ text }) =>
      decodeEntry(Buffer.from(text), context).map((decoded) => preparer.prepare(decoded, NOW)),
    );
    const outcomes = prepared.map((one) => (one.kind === 'rows' ? one.entry.kind : one.rule));
    // The states in between that YARN tells are left out on purpose.
    expect(new Set(outcomes)).toEqual(new Set(['event', 'yarn-state-transient']));
    expect(prepared.some((one) => one.kind === 'rows' && one.unknownMethod !== undefined)).toBe(false);
    // What is signed or polled for comes a few times a day.
    const rare = new Set<string>(['approvals', 'deployments', 'observed', 'canary']);
    const frequent = SOURCES.map(({ name }) => name).filter((name) => !rare.has(name));
    expect(new Set(prepared.map(({ source }) => source))).toEqual(new Set(frequent));
  });

  it('has no two entries with one insert id or one time', () => {
    expect(distinct(logged.map(({ entry }) => entry.insertId))).toBe(logged.length);
    expect(distinct(logged.map(({ entry }) => entry.timestamp))).toBe(logged.length);
    expect(logged.every(({ entry }) => (entry.timestamp ?? '') < (entry.receiveTimestamp ?? ''))).toBe(true);
    expect(distinct(mix.map(({ text }) => text))).toBe(COUNT);
  });

  it('leaves no mark unfilled', () => {
    expect(mix.some(({ text }) => /[\u27e6\u27e7]|""request|"requestId":""/.test(text))).toBe(false);
  });

  it('repeats callers and workloads as real logs do: a few hundred', () => {
    const callers = logged.map(({ entry }) => entry.protoPayload?.authenticationInfo?.['principalEmail']);
    const workloads = logged.map(({ entry }) => entry.labels?.['source_principal']);
    for (const names of [callers, workloads]) {
      expect(distinct(names)).toBeGreaterThan(50);
      expect(distinct(names)).toBeLessThan(500);
    }
  });

  it('tells a mesh request twice under one id, and an operation at both ends', () => {
    const of = (part: PartName): readonly LogEntry[] =>
      logged.filter((one) => one.part === part).map(({ entry }) => entry);
    const requests = Map.groupBy(of('mesh'), (entry) => entry.labels?.['request_id']);
    expect([...requests.values()].every((ends) => ends.length === 2)).toBe(true);
    const operations = Map.groupBy(of('Dataproc jobs'), (entry) => entry.operation?.id);
    const complete = [...operations.values()].filter((ends) => ends.length === 2);
    expect(complete.length).toBeGreaterThanOrEqual(operations.size - 1);
  });

  it('tells a run of Databricks from its call to its end under one id', () => {
    const runs = mix
      .filter(({ part, text }) => part === 'databricks' && text.includes('"serviceName":"jobs"'))
      .map(({ text }) => /\\"run_id\\":([0-9]+)|"runId":"([0-9]+)"/.exec(text))
      .map((found) => found?.[1] ?? found?.[2]);
    const ends = [...Map.groupBy(runs, (run) => run).values()].map((records) => records.length);
    expect(ends.filter((count) => count === 3).length).toBeGreaterThanOrEqual(ends.length - 1);
    expect(ends.length).toBeGreaterThan(20);
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
    ['mesh', ['mesh'], 1600, 2200],
    ['gateway', ['gateway'], 2400, 3300],
    ['data access', ['storage', 'bigquery', 'spanner', 'pubsub', 'job reads'], 1300, 2300],
    ['jobs', ['Dataproc jobs', 'Dataflow jobs'], 1000, 3600],
    ['lines of runs', ['runtime'], 500, 1200],
    ['audit lines of Databricks', ['databricks'], 600, 1300],
    ['OpenLineage events', ['openlineage'], 3000, 5500],
    ['control plane', ['iam', 'kubernetes', 'platform', 'logging', 'Dataproc changes'], 1500, 3600],
  ] as const satisfies readonly (readonly [string, readonly PartName[], number, number])[])(
    'of %s are real ones on average, in bytes',
    (_name, parts, low, high) => {
      expect(mean(sizes(...parts))).toBeGreaterThanOrEqual(low);
      expect(mean(sizes(...parts))).toBeLessThanOrEqual(high);
    },
  );

  it.runIf(haveSamples).each([
    ['gcs', 'storage.googleapis.com', 'storage'],
    ['bigquery', 'bigquery.googleapis.com', 'bigquery'],
    ['spanner', 'spanner.googleapis.com', 'spanner'],
  ] as const)('of %s entries lie within those of the samples', (folder, service, part) => {
    const real = measured(folder, service);
    const ours = sizes(part);
    expect(real.length).toBeGreaterThan(2);
    // The samples hold few methods of each service, and publishers take callers and user agents out of them.
    expect(mean(ours)).toBeGreaterThanOrEqual(Math.min(...real) * 0.8);
    expect(mean(ours)).toBeLessThanOrEqual(Math.max(...real) * 1.4);
  });

  it.runIf(haveSamples)('of OpenLineage events lie within those that Spark and Airflow wrote', () => {
    const real = sampleLines('openlineage')
      .filter(({ file }) => file.includes('compat-'))
      .flatMap(({ lines }) => lines.map((line) => Buffer.byteLength(line)));
    expect(mean(sizes('openlineage'))).toBeGreaterThanOrEqual(mean(real) * 0.8);
    expect(mean(sizes('openlineage'))).toBeLessThanOrEqual(mean(real) * 1.4);
  });

  it.runIf(haveSamples)("carry every key that Kong's serializer writes for a proxied request", () => {
    const record: unknown = JSON.parse(
      sampleLines('kong').find(({ file }) => file.includes('log-plugin'))?.lines[0] ?? 'null',
    );
    const text = mix.find(({ part }) => part === 'gateway')?.text ?? '';
    const keys = Object.keys(record ?? {});
    expect(keys.length).toBeGreaterThan(10);
    for (const key of keys) expect(text).toContain(`"${key}":`);
  });

  it.runIf(haveSamples)('carry every label that the proxy of the samples writes', () => {
    const keys = sampleLines('istio')
      .flatMap(({ lines }) => lines)
      .filter((line) => line.includes('"entries":['))
      .flatMap((line) => [...line.matchAll(/"((?:source|destination)_[a-z_]+)":/g)].map((found) => found[1]));
    const text = mix.find(({ part }) => part === 'mesh')?.text ?? '';
    expect(keys.length).toBeGreaterThan(10);
    for (const key of new Set(keys)) expect(text).toContain(`"${key ?? ''}":`);
  });
});
