/** Records that reach us outside a log entry: the first source that knows one makes its entry. */
import type { LogEntry } from '../../schemas/log-entry.ts';
import { SOURCES } from '../sources/index.ts';
import type { ForeignRecord } from '../sources/source.ts';

export function adoptBy(record: ForeignRecord): LogEntry | undefined {
  for (const source of SOURCES) {
    const entry = source.adopt?.(record);
    if (entry !== undefined) return entry;
  }
  return undefined;
}
