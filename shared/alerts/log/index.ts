/** Alerts as entries of Cloud Logging, one line on standard output each, for log-based metrics and sinks. */
import { messageOf } from '../../errors.ts';
import type { Channel, SendResult } from '../notice.ts';
import { renderEntry } from './message.ts';

export interface LogOptions {
  readonly name: string;
  /** One line, without its end. */
  readonly write: (line: string) => void;
}

export function createLogChannel({ name, write }: LogOptions): Channel {
  return {
    name,
    kind: 'log',
    send(notice, sent): Promise<SendResult> {
      try {
        write(JSON.stringify(renderEntry(notice, sent?.maybeSent === true)));
        return Promise.resolve({ kind: 'sent', ref: undefined });
      } catch (error) {
        const reason = `The log cannot be written: ${messageOf(error)}`;
        return Promise.resolve({ kind: 'retry', reason, afterMs: undefined });
      }
    },
  };
}
