/** What the messages of a day hold, as tests read it: log entries, records of other forms, lines of files. */
import { generateDay } from '../../../cli/day/day.ts';
import type { DayMessage } from '../../../cli/day/day.ts';
import { LogEntry } from '../../../schemas/log-entry.ts';

export const DATE = '2026-11-19';
export const day = generateDay({ date: DATE, seed: 7 });

/** A message with what its JSON is. */
export interface LogMessage {
  readonly message: DayMessage;
  readonly entry: LogEntry;
}

const whole = day.filter(({ category, file }) => category !== 'broken' && file === undefined);
const isLogEntry = ({ data }: DayMessage): boolean => data.includes('"logName":"projects/');

export const entries: readonly LogMessage[] = whole
  .filter(isLogEntry)
  .map((message) => ({ message, entry: LogEntry.parse(JSON.parse(message.data)) }));

/** Messages that are no log entry: what a client published itself. */
export const records: readonly DayMessage[] = whole.filter((message) => !isLogEntry(message));

/** Versions of files, in the order in which they are notified. */
export const files = day.flatMap(({ file }) => file ?? []);
