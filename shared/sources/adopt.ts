/** Records that reach us outside a log entry: the first source that knows one makes its entry. */
import type { LogEntry } from '../../schemas/log-entry.ts';
import type { ForeignRecord, Source } from './source.ts';

export const adoptBy =
  (sources: readonly Source[]) =>
  (record: ForeignRecord): LogEntry | undefined => {
    for (const source of sources) {
      const entry = source.adopt?.(record);
      if (entry !== undefined) return entry;
    }
    return undefined;
  };
