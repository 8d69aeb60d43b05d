/** Each kind of evidence that docs/evidence.md names comes out of a sample of the source it names, where it says. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Row, TABLES } from '../../schemas/tables.ts';
import { DETECTIONS, EVIDENCE, MISSING, PEERS } from '../../scripts/docs/evidence.ts';
import { ACTIONS } from '../../shared/model/event.ts';
import { SOURCES } from '../../shared/sources/index.ts';
import type { TableRow } from '../../shared/store/store.ts';
import { claimsOf, eventRow, eventRows, samplesOf } from '../support/source-samples.ts';

const CATALOGUE = join(import.meta.dirname, '../../../shared/reference/detections.md');
const PLACES = new Set(
  Object.values(TABLES).flatMap(({ name, columns }) =>
    columns.map((column) => (name === 'Events' ? column.name : `${name}.${column.name}`)),
  ),
);

const rowsOf = new Map(
  await Promise.all(
    SOURCES.map(async (source) => {
      const rows = (await samplesOf(source)).flatMap((sample) => {
        const row = eventRow(sample);
        return row === undefined ? [] : [{ row, claims: claimsOf(row), rows: eventRows(sample) }];
      });
      return [source.name, rows] as const;
    }),
  ),
);

const isMethod = (wanted: string, method: string): boolean =>
  wanted === '*' ||
  method === wanted ||
  method.endsWith(`.${wanted}`) ||
  method.endsWith(`/${wanted}`) ||
  (wanted.endsWith('.*') && method.includes(`.${wanted.slice(0, -1)}`));

interface Made {
  readonly row: Row;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly rows: readonly TableRow[];
}

function holds({ row, claims, rows }: Made, place: string): boolean {
  const [table = '', column] = place.split('.');
  const value =
    column === undefined
      ? row[place]
      : table === 'claims'
        ? claims[column]
        : rows.find((other) => other.table === table)?.row[column];
  return value !== undefined && value !== null && (!Array.isArray(value) || value.length > 0);
}

describe('evidence', () => {
  it.each(EVIDENCE)('$what: $source', ({ source, methods, actions, found }) => {
    const made = (rowsOf.get(source) ?? []).filter(({ row }) => actions.includes(String(row['Action'])));
    const of = (method: string): typeof made =>
      made.filter(({ row }) => isMethod(method, String(row['Method'])));
    const unseen = methods.filter((method) => of(method).length === 0);
    expect(unseen, `methods without a sample that becomes ${actions.join(' or ')}`).toEqual([]);
    const whole = methods.flatMap(of).filter((one) => found.every((place) => holds(one, place)));
    expect(whole.length, `samples with ${found.join(', ')} in one row`).toBeGreaterThan(0);
  });

  it('would be missed if it were not there', () => {
    const [one] = rowsOf.get('dataproc') ?? [];
    if (one === undefined) throw new Error('no row');
    expect(isMethod('NoSuchMethod', String(one.row['Method']))).toBe(false);
    expect(holds(one, 'claims.noSuchClaim')).toBe(false);
    expect(holds({ ...one, row: { ...one.row, Reads: [] } }, 'Reads')).toBe(false);
  });

  it('names columns, actions and detections that there are', () => {
    for (const { what, needed, actions, found } of EVIDENCE) {
      expect(
        found.filter((place) => !place.startsWith('claims.') && !PLACES.has(place)),
        what,
      ).toEqual([]);
      expect(ACTIONS, what).toEqual(expect.arrayContaining([...actions]));
      expect([...DETECTIONS, PEERS], what).toEqual(expect.arrayContaining([...needed]));
    }
    for (const { what, needed } of MISSING) {
      expect(DETECTIONS, what).toEqual(expect.arrayContaining([...needed]));
    }
  });

  it('is there for every detection but the one that reads the times of all events', () => {
    const needed = new Set(EVIDENCE.flatMap((row) => row.needed));
    expect(DETECTIONS.filter((id) => !needed.has(id))).toEqual(['L13']);
  });

  it('is brought by every source', () => {
    const used = new Set(EVIDENCE.map(({ source }) => source));
    expect(SOURCES.map(({ name }) => name).filter((name) => !used.has(name))).toEqual([]);
  });

  it.runIf(existsSync(CATALOGUE))('covers the detections that the catalogue has', () => {
    const listed = readFileSync(CATALOGUE, 'utf8').matchAll(/^\| ([ULDXP][0-9]{2}) \| `/gm);
    expect(new Set(Array.from(listed, ([, id]) => id))).toEqual(new Set(DETECTIONS));
  });
});
