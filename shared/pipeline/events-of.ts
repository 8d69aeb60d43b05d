/** One whole entry → the events it makes, as they would be recorded: for cases in files, which show entries as they arrive. */
import type { LoadedConfig } from '../config/parse.ts';
import { decodeEntry } from '../envelope/entry.ts';
import { ordinals } from '../envelope/event-id.ts';
import { trailEventOfRow } from '../model/trail-event-of-row.ts';
import type { TrailEvent } from '../model/trail-event.ts';
import { adoptBy } from '../sources/adopt.ts';
import type { Source } from '../sources/source.ts';
import { createPreparer } from './prepare.ts';

/** A LogEntry, or a record as its source receives it. */
export type EventsOf = (entry: Readonly<Record<string, unknown>>) => readonly TrailEvent[];

/** Only rows without a time of their own are dated with it, and those are no events. */
const NOW = '2026-01-01T00:00:00.000000000Z';

/** The function throws an Error with the reason where an entry makes no event: it is filtered, or would be quarantined. */
export function createEventsOf(sources: readonly Source[], loaded: LoadedConfig): EventsOf {
  const preparer = createPreparer({ sources, loaded });
  const adopt = adoptBy(sources);
  return (entry) => {
    const decoded = decodeEntry(Buffer.from(JSON.stringify(entry)), { ordinalOf: ordinals(), adopt });
    return decoded.map((one) => {
      const prepared = preparer.prepare(one, NOW);
      const first = prepared.kind === 'rows' ? prepared.entry.rows[0] : undefined;
      if (first?.table === 'Events') return trailEventOfRow(first.row);
      const why = prepared.kind === 'filtered' ? prepared.rule : String(first?.row['Message']);
      throw new Error(`the entry makes no event: ${why}`);
    });
  };
}
