/** Constructed audit entries of a source's folder, and the events they make. */
import type { LogEntry } from '../../schemas/log-entry.ts';
import type { AuditEventDraft } from '../../shared/model/event.ts';
import type { Source } from '../../shared/sources/source.ts';
import { constructedEntries } from './constructed.ts';

export const constructed = (source: string): readonly LogEntry[] => constructedEntries(source);

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
