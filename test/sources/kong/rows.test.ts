/** What a record of the gateway comes to in the store: two rows and one kilobyte, its index entries included. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Row, type Table, TABLES } from '../../../schemas/tables.ts';
import { parseConfig } from '../../../shared/config/parse.ts';
import { decodeEntry } from '../../../shared/envelope/entry.ts';
import { ordinals } from '../../../shared/envelope/event-id.ts';
import { createPreparer } from '../../../shared/pipeline/prepare.ts';
import { kong } from '../../../shared/sources/kong/index.ts';
import { completeRows } from '../../../shared/store/plan.ts';
import type { TableRow } from '../../../shared/store/store.ts';

const NOW = '2026-11-20T00:00:00.000000000Z';
const linesOf = (file: string): string[] =>
  readFileSync(join(import.meta.dirname, file), 'utf8')
    .trimEnd()
    .split('\n');

function rowsOf(text: string, config = ''): readonly TableRow[] {
  const preparer = createPreparer({ sources: [kong], loaded: parseConfig(config, 'test') });
  return decodeEntry(Buffer.from(text), { ordinalOf: ordinals() }).flatMap((decoded) => {
    const prepared = preparer.prepare(decoded, NOW);
    if (prepared.kind !== 'rows' || prepared.entry.kind !== 'event') return [];
    completeRows([prepared.entry]);
    return [...prepared.entry.rows];
  });
}

const events = (file: string): readonly (readonly TableRow[])[] =>
  linesOf(file)
    .map((line) => rowsOf(line))
    .filter((rows) => rows.length > 0);

/** As Spanner documents it: 8 bytes for an INT64, 12 for a TIMESTAMP, UTF-8 for text. */
function sizeOf(table: Table, row: Row, names: readonly string[]): number {
  let bytes = 0;
  for (const name of names) {
    const value = row[name];
    const type = table.columns.find((column) => column.name === name)?.type;
    if (typeof value === 'number') bytes += 8;
    else if (type === 'timestamp' && value !== undefined) bytes += 12;
    else for (const text of [value ?? ''].flat()) bytes += Buffer.byteLength(text);
  }
  return bytes;
}

function stored(rows: readonly TableRow[]): { rows: number; bytes: number } {
  let count = 0;
  let bytes = 0;
  for (const { table: name, row } of rows) {
    const table: Table = TABLES[name];
    const indexes = table.indexes
      .filter((index) => index.nullFiltered !== true || row[index.columns[0] ?? ''] !== undefined)
      .map((index) => [...new Set([...index.columns, ...index.storing, ...table.key])]);
    for (const names of [table.columns.map((column) => column.name), ...indexes]) {
      count += 1;
      bytes += sizeOf(table, row, names);
    }
  }
  return { rows: count, bytes };
}

describe('rows of the gateway', () => {
  it('a request makes at most two rows and one kilobyte', () => {
    const sizes = events('constructed-requests.ndjson').map(stored);
    expect(sizes.length).toBeGreaterThan(20);
    expect(Math.max(...sizes.map(({ rows }) => rows))).toBeLessThanOrEqual(2);
    expect(Math.max(...sizes.map(({ bytes }) => bytes))).toBeLessThanOrEqual(1000);
  });

  it('has no secret of a credential, whatever the class keeps raw', () => {
    const rows = JSON.stringify(events('constructed-admin.ndjson'));
    expect(rows).not.toContain('mySuperKey123456');
    expect(rows).not.toContain('t0kent0ken');
    // Other changes are kept raw.
    expect(rows).toContain('dataproc.googleapis.com');
  });

  it('raises the provenance of gateway logs only, and only of a declared project', () => {
    const [request = ''] = linesOf('constructed-requests.ndjson');
    const [change = ''] = linesOf('constructed-admin.ndjson');
    const provenance = (text: string, config: string): unknown => rowsOf(text, config)[0]?.row['Provenance'];
    expect(provenance(request, '')).toBe('tenant');
    expect(provenance(request, 'meshProjects: [acme-gateway]')).toBe('declared-writer');
    expect(provenance(request, 'meshProjects: [acme-prod]')).toBe('tenant');
    expect(provenance(change, 'meshProjects: [acme-gateway]')).toBe('tenant');
  });
});
