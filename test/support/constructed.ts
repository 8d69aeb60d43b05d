/** Constructed entries of a source, and the one way of spoiling them that its hostile-input tests share. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect } from 'vitest';
import { LogEntry } from '../../schemas/log-entry.ts';
import type { AuditEventDraft } from '../../shared/model/event.ts';
import type { Source } from '../../shared/sources/source.ts';

/** Lines of `test/sources/<source>/constructed-<name>.ndjson`, of all such files without a name. */
export function constructedLines(source: string, name?: string): readonly string[] {
  const folder = join(import.meta.dirname, '../sources', source);
  return readdirSync(folder)
    .filter(
      (file) => file.endsWith('.ndjson') && (name === undefined || file === `constructed-${name}.ndjson`),
    )
    .flatMap((file) => readFileSync(join(folder, file), 'utf8').split('\n'))
    .filter((line) => line !== '');
}

/** The same as entries. */
export function constructedEntries(source: string, name?: string): readonly LogEntry[] {
  return constructedLines(source, name).map((line) => LogEntry.parse(JSON.parse(line)));
}

export function eventOf(source: Source, entry: LogEntry): AuditEventDraft | undefined {
  const result = source.normalise(entry);
  return result.kind === 'event' ? result.event : undefined;
}

/** Puts any JSON value in the place of any value of any entry: the source must end it in one of the three ways. */
export function throwsNothing(source: Source, entries: readonly LogEntry[]): void {
  const texts = entries.map((entry) => JSON.stringify(entry));
  fc.assert(
    fc.property(fc.constantFrom(...texts), fc.nat(), fc.jsonValue(), (text, at, value) => {
      const entry = LogEntry.safeParse(withOneValueReplaced(JSON.parse(text), at, value));
      if (!entry.success || !source.owns(entry.data)) return;
      expect(['event', 'filtered', 'refused']).toContain(source.normalise(entry.data).kind);
    }),
    { numRuns: 2000 },
  );
}

/** The document with the value at the n-th place, counted through the tree, replaced. */
function withOneValueReplaced(document: unknown, place: number, value: unknown): unknown {
  const places: { holder: Record<string, unknown>; key: string }[] = [];
  const walk = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const holder = node as Record<string, unknown>;
    for (const key of Object.keys(holder)) {
      places.push({ holder, key });
      walk(holder[key]);
    }
  };
  walk(document);
  const chosen = places[place % places.length];
  if (chosen !== undefined) chosen.holder[chosen.key] = value;
  return document;
}
