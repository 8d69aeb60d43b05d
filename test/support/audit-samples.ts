/** Constructed audit entries of a source's folder, and the ways in which a hostile writer could bend them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LogEntry } from '../../schemas/log-entry.ts';
import type { AuditEventDraft } from '../../shared/model/event.ts';
import type { Source } from '../../shared/sources/source.ts';

const SOURCES = join(import.meta.dirname, '../sources');

export function constructed(source: string): readonly LogEntry[] {
  const folder = join(SOURCES, source);
  return readdirSync(folder)
    .filter((file) => file.endsWith('.ndjson'))
    .flatMap((file) => readFileSync(join(folder, file), 'utf8').split('\n'))
    .filter((line) => line !== '')
    .map((line) => LogEntry.parse(JSON.parse(line)));
}

export function eventOf(source: Source, entry: LogEntry): AuditEventDraft {
  const result = source.normalise(entry);
  if (result.kind !== 'event') throw new Error(`expected an event, got ${JSON.stringify(result)}`);
  return result.event;
}

export function eventsOf(source: Source): readonly AuditEventDraft[] {
  return constructed(source.name).flatMap((entry) => {
    const result = source.normalise(entry);
    return result.kind === 'event' ? [result.event] : [];
  });
}

/** The document with the value at the n-th place, counted through the tree, replaced. */
export function withOneValueReplaced(document: unknown, place: number, value: unknown): unknown {
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
