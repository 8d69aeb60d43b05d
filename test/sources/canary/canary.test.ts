import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LogEntry } from '../../../schemas/log-entry.ts';
import { EMPTY_CONFIG } from '../../../shared/config/parse.ts';
import { decodeEntry } from '../../../shared/envelope/entry.ts';
import { ordinals } from '../../../shared/envelope/event-id.ts';
import { createPreparer } from '../../../shared/pipeline/prepare.ts';
import { canariesOf, canary } from '../../../shared/sources/canary/index.ts';
import { dataproc } from '../../../shared/sources/dataproc/index.ts';
import { SOURCES } from '../../../shared/sources/index.ts';
import { throwsNothing } from '../../support/constructed.ts';

const NOW = '2026-02-02T09:00:01.000000000Z';
const lines = readFileSync(join(import.meta.dirname, 'constructed-canaries.ndjson'), 'utf8')
  .trim()
  .split('\n');
const [ofDataproc = '', ofSpanner = ''] = lines;

/** As the function of a source makes them. */
const preparer = createPreparer({
  sources: [dataproc],
  beside: [canariesOf('dataproc')],
  loaded: EMPTY_CONFIG,
});
const prepared = (text: string) => {
  const [decoded] = decodeEntry(Buffer.from(text), { ordinalOf: ordinals() });
  if (decoded === undefined) throw new Error('one entry');
  return preparer.prepare(decoded, NOW);
};

describe('in the function of a source', () => {
  it('its own canaries are stored beside its entries', () => {
    expect(prepared(ofDataproc)).toMatchObject({ kind: 'rows', source: 'canary', entry: { kind: 'event' } });
  });

  it('those of another are left out: they came another way', () => {
    expect(prepared(ofSpanner)).toMatchObject({ kind: 'filtered', source: 'unrouted' });
  });

  it('what cannot be read is still the source’s own', () => {
    expect(prepared('{')).toMatchObject({ kind: 'rows', source: 'dataproc', entry: { kind: 'quarantine' } });
  });
});

it('no other source owns a canary', () => {
  for (const text of lines) {
    const [decoded] = decodeEntry(Buffer.from(text), { ordinalOf: ordinals() });
    if (decoded?.kind !== 'entry') throw new Error('one entry');
    expect(SOURCES.filter((source) => source.owns(decoded.entry)).map(({ name }) => name)).toEqual([
      'canary',
    ]);
  }
});

it('throws nothing, whatever stands in it', () => {
  const entries = lines.map((text) => LogEntry.parse(JSON.parse(text)));
  expect(() => throwsNothing(canary, entries)).not.toThrow();
});
