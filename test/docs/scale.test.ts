import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { benchBundle } from '../../bench/support/declared.ts';
import { benchContext, NOW } from '../../bench/support/prepared.ts';
import { mixEntries } from '../../bench/mix/mix.ts';
import { figure } from '../../scripts/docs/scale.ts';
import { INPUTS, STEPS, type StoredClass } from '../../scripts/docs/scale/inputs.ts';
import {
  bindingOf,
  DEPLOYED,
  exhaustedAt,
  LIMITS,
  RECONCILE,
  SPANNER_ROWS,
} from '../../scripts/docs/scale/limits.ts';
import {
  cheapestConsumers,
  costOf,
  loadOf,
  pullFrom,
  pushConsumers,
  rowsOfEntry,
  storageOf,
  total,
  trafficGrows,
  unitsOf,
} from '../../scripts/docs/scale/model.ts';
import { type Table, TABLES } from '../../schemas/tables.ts';
import { DETECTIONS } from '../../shared/detections/index.ts';
import { decodeEntry } from '../../shared/envelope/entry.ts';
import { retentionClassOf } from '../../shared/pipeline/classes.ts';
import { createPreparer, type PreparedRows } from '../../shared/pipeline/prepare.ts';
import { ACTIONS } from '../../shared/model/event.ts';
import { SOURCES } from '../../shared/sources/index.ts';
import type { TableRow } from '../../shared/store/store.ts';
import { readPage, ROOT, section, tableRows } from './page.ts';

const page = readPage('scale.md');

describe('the arithmetic of docs/scale.md', () => {
  it('comes to what it comes to by hand at 10^6 a day', () => {
    const load = loadOf(1e6, INPUTS);
    expect(load.mean).toBeCloseTo(11.574, 3);
    expect(load.peak).toBeCloseTo(34.722, 3);
    // 34.722 × (2,083 + 150) bytes.
    expect(load.megabytes).toBeCloseTo(0.0775, 4);
    // 0.658 × 2.1 + 0.158 × 3.5 + 0.128 × 6.2 + 0.056 × 2.5 = 2.8684 rows.
    expect(rowsOfEntry(INPUTS)).toBeCloseTo(2.8684, 4);
    expect(load.rowsPerSecond).toBeCloseTo(99.6, 1);
    // 99.6 of 7,312.5 rows/s are 14 units, and 360 GB are 33: the smallest instance.
    expect(unitsOf(load, INPUTS).rows).toBeCloseTo(13.6, 1);
    expect(unitsOf(load, INPUTS).sold).toBe(100);
    const cost = costOf(load, INPUTS);
    // 10^6 × 2,233 B × 30 × 2 / 2^40 × 40 USD.
    expect(cost.pubsub).toBeCloseTo(4.87, 2);
    // 0.09 USD × 730 hours.
    expect(cost.units).toBeCloseTo(65.7, 5);
    // Access: 658,000 × (806 + 36 × 8) B × 30 days = 21.6 GB.
    expect(storageOf(1e6, INPUTS).find(({ name }) => name === 'access')?.gigabytes).toBeCloseTo(21.6, 1);
  });

  it('rises with the entries, every figure of it', () => {
    const figures = STEPS.map((perDay) => {
      const load = loadOf(perDay, INPUTS);
      return [
        ...Object.values(load),
        ...Object.values(costOf(load, INPUTS)),
        ...Object.values(unitsOf(load, INPUTS)),
        total(pushConsumers(load, INPUTS), ({ machines }) => machines),
        ...LIMITS.map(({ use }) => use(load, INPUTS)),
      ];
    });
    for (const [at, row] of figures.slice(1).entries())
      for (const [column, value] of row.entries())
        expect(value, `step ${at + 1}, figure ${column}`).toBeGreaterThanOrEqual(figures[at]?.[column] ?? 0);
    expect(figures.at(-1)?.every((value, at) => value > (figures[0]?.[at] ?? 0))).toBe(true);
  });

  it('sums up to its total', () => {
    const { pubsub, topics, cheapest, units, storage, total: all } = costOf(loadOf(1e8, INPUTS), INPUTS);
    expect(pubsub + topics + cheapest + units + storage).toBeCloseTo(all, 6);
  });

  it('never takes the dearer consumer, and changes over where it says', () => {
    const rate = pullFrom(INPUTS);
    const oneSource = { ...INPUTS, sources: { one: 1 } };
    const consumerAt = (mean: number): string | undefined =>
      cheapestConsumers(loadOf(mean * 86_400, oneSource), oneSource)[0]?.consumer;
    expect(consumerAt(rate * 0.99)).toBe('push');
    expect(consumerAt(rate * 1.01)).toBe('pull');
    for (const perDay of STEPS) {
      const cost = costOf(loadOf(perDay, INPUTS), INPUTS);
      expect(cost.cheapest).toBeLessThanOrEqual(cost.push);
    }
  });

  it('keeps jobs and control plane where they are, if only the traffic grows', () => {
    const grown = trafficGrows(1e9, 1e7, INPUTS);
    const { access, data, job, control } = grown.classes;
    expect(access.share + data.share + job.share + control.share).toBeCloseTo(1, 9);
    expect(1e9 * job.share).toBeCloseTo(1e7 * INPUTS.classes.job.share, 3);
    expect(access.share / data.share).toBeCloseTo(INPUTS.classes.access.share / INPUTS.classes.data.share, 9);
    expect(trafficGrows(1e7, 1e7, INPUTS)).toEqual(INPUTS);
    const gigabytes = (inputs: typeof INPUTS): number =>
      total(storageOf(1e9, inputs), (kept) => kept.gigabytes);
    expect(gigabytes(grown)).toBeLessThan(gigabytes(INPUTS) / 3);
  });

  it('sells Spanner in hundreds below a node and in thousands above', () => {
    expect(unitsOf(loadOf(1e7, INPUTS), INPUTS).sold % 100).toBe(0);
    expect(unitsOf(loadOf(1e8, INPUTS), INPUTS).sold % 1000).toBe(0);
  });
});

describe('what ends first', () => {
  it('is what the table says at each step', () => {
    const rows = tableRows(section(page, 'What ends first')).filter(([name = '']) => name.startsWith('10^'));
    expect(rows).toHaveLength(STEPS.length);
    for (const [at, perDay] of STEPS.entries()) {
      const { limit, used } = bindingOf(perDay, INPUTS, [SPANNER_ROWS]);
      expect(rows[at]?.[2]).toBe(`${limit.name}: ${figure(used * 100)} %`);
    }
  });

  it('changes from the instances to reconcile between 10^7 and 10^8', () => {
    expect(bindingOf(1e7, INPUTS, [SPANNER_ROWS]).limit.name).toBe('instances of the busiest function');
    expect(bindingOf(1e8, INPUTS, [SPANNER_ROWS]).limit.name).toBe(RECONCILE);
  });

  it.each(LIMITS)('$name is used up where it says and not before', (limit) => {
    const at = exhaustedAt(limit, INPUTS);
    expect(limit.use(loadOf(at * 0.98, INPUTS), INPUTS)).toBeLessThanOrEqual(limit.limit);
    expect(limit.use(loadOf(at * 1.02, INPUTS), INPUTS)).toBeGreaterThan(limit.limit * 0.99);
  });

  it('goes by the defaults of the deployment', () => {
    const sources = readFileSync(join(ROOT, 'terraform/variables-sources.tf'), 'utf8');
    const store = readFileSync(join(ROOT, 'terraform/variables-store.tf'), 'utf8');
    expect(Number(/max_instances\s*= optional\(number, (\d+)\)/.exec(sources)?.[1])).toBe(
      DEPLOYED.maxInstances,
    );
    expect(Number(/processing_units\s*= optional\(number, (\d+)\)/.exec(store)?.[1])).toBe(
      DEPLOYED.processingUnits,
    );
  });
});

describe('what it starts from', () => {
  const measured = measureMix();

  it('has shares that come to one', () => {
    expect(total(Object.values(INPUTS.classes), ({ share }) => share)).toBeCloseTo(1, 2);
    expect(total(Object.values(INPUTS.sources), (share) => share)).toBeCloseTo(1, 2);
  });

  it.each(Object.entries(INPUTS.classes))('%s is as in the mix', (name, { share, rows, bytes }) => {
    const found = measured.classes.get(name);
    if (found === undefined) throw new Error(`The mix has no ${name}.`);
    expect(Math.abs(found.entries / measured.entries - share)).toBeLessThan(0.01);
    expect(found.rows / found.entries / rows).toBeCloseTo(1, 1);
    expect(Math.abs(found.bytes / found.entries / bytes - 1)).toBeLessThan(0.06);
  });

  it('knows which part leaves work, and whose the entries are', () => {
    expect(Math.abs(measured.judged / measured.entries - INPUTS.judged)).toBeLessThan(0.02);
    for (const [source, share] of Object.entries(INPUTS.sources))
      expect(Math.abs((measured.sources.get(source) ?? 0) / measured.entries - share), source).toBeLessThan(
        0.01,
      );
  });

  it('knows every class that an event can have', () => {
    const classes = new Set(ACTIONS.map((action) => retentionClassOf(action)));
    expect([...classes].toSorted()).toEqual(Object.keys(INPUTS.classes).toSorted());
  });

  it('has what the page of the benches says of reconcile and of an entry', () => {
    const bench = readPage('bench.md');
    expect(bench).toContain(`decided at ${INPUTS.judgedPerSecond}`);
    expect(bench).toMatch(new RegExp(`\\*\\*the mix\\*\\* .*\\| ${INPUTS.entryBytes} `));
  });
});

interface Tally {
  entries: number;
  rows: number;
  bytes: number;
}

/** Rows and bytes by class of 4,000 entries, with a bundle in force. */
function measureMix(): {
  readonly entries: number;
  readonly judged: number;
  readonly classes: ReadonlyMap<string, Tally>;
  readonly sources: ReadonlyMap<string, number>;
} {
  const preparer = createPreparer({ sources: SOURCES, loaded: benchBundle(2), detections: DETECTIONS });
  const context = benchContext();
  const classes = new Map<string, Tally>();
  const sources = new Map<string, number>();
  let [entries, judged] = [0, 0];
  for (const text of mixEntries(4000, 2))
    for (const decoded of decodeEntry(Buffer.from(text), context)) {
      entries += 1;
      const prepared = preparer.prepare(decoded, NOW);
      if (prepared.kind !== 'rows') continue;
      sources.set(prepared.source, (sources.get(prepared.source) ?? 0) + 1);
      if ((prepared.entry.work ?? []).length > 0) judged += 1;
      const name = classOf(prepared);
      const tally = classes.get(name) ?? { entries: 0, rows: 0, bytes: 0 };
      tally.entries += 1;
      for (const made of prepared.entry.rows.filter(({ table }) => table !== 'Findings')) count(tally, made);
      classes.set(name, tally);
    }
  return { entries, judged, classes, sources };
}

function classOf({ entry }: PreparedRows): StoredClass | 'none' {
  const action = ACTIONS.find((known) => known === entry.rows[0].row['Action']);
  const kind = action === undefined ? 'none' : retentionClassOf(action);
  return kind === 'policy' || kind === 'quarantine' ? 'none' : kind;
}

function count(tally: Tally, { table, row }: TableRow): void {
  const definition: Table = TABLES[table];
  const bytesOf = (names: readonly string[]): number =>
    total(names, (name) => {
      const value = row[name];
      if (value === undefined || value === null) return 0;
      if (typeof value === 'number') return 8;
      if (typeof value !== 'string') return total([...value], (text) => Buffer.byteLength(text));
      const column = definition.columns.find((known) => known.name === name);
      return column?.type === 'timestamp' ? 12 : Buffer.byteLength(value);
    });
  tally.rows += 1;
  tally.bytes += bytesOf(definition.columns.map(({ name }) => name));
  for (const { columns, storing, nullFiltered } of definition.indexes) {
    if (nullFiltered === true && row[columns[0] ?? ''] === undefined) continue;
    tally.rows += 1;
    tally.bytes += bytesOf([...new Set([...columns, ...storing, ...definition.key])]);
  }
}
