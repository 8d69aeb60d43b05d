import type { LogEntry } from '../../../schemas/log-entry.ts';
import { constructedEntries } from '../../support/constructed.ts';

/** The constructed entries of this folder, of one file or of all. */
export const constructed = (name?: string): readonly LogEntry[] => constructedEntries('dataproc', name);
