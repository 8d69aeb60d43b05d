/**
 * Records that carry their own proof, from CloudEvent to log entry and back: what the sources of such records share.
 *
 * Threat: a log entry can be published as it is, with the log name of these records and a time, an id or a split of its
 * choosing. So nothing of the entry is taken on trust: it must be the one that its record is adopted as.
 */
import type * as z from 'zod';
import type { LogEntry } from '../../schemas/log-entry.ts';
import { isObject, str } from '../sources/fields.ts';
import type { ForeignRecord } from '../sources/source.ts';
import type { Credential } from './attestation.ts';
import { canonicalRecord, type ProvenRecord } from './canonical-record.ts';

export interface RecordKind<T extends ProvenRecord> {
  /** Type of the CloudEvent. */
  readonly type: string;
  /** Log name of the entries that records become. */
  readonly logName: string;
  readonly use: Credential['use'];
  readonly schema: z.ZodType<T>;
}

/** Every event of the type, complete or not: what is wrong with it the source says. */
export function adoptRecord({ type, logName }: Pick<RecordKind<ProvenRecord>, 'type' | 'logName'>) {
  return (record: ForeignRecord): LogEntry | undefined => {
    if (record.kind !== 'json' || str(record.value, 'type') !== type) return undefined;
    const { value } = record;
    const timestamp = str(value, 'time');
    const source = str(value, 'source');
    const id = str(value, 'id');
    return {
      logName,
      resource: { type: 'cloudevent' },
      ...(timestamp === undefined ? undefined : { timestamp }),
      // Sources hold no blank, so no two pairs make one text.
      ...(source === undefined || id === undefined ? undefined : { insertId: `${source} ${id}` }),
      jsonPayload: value,
    };
  };
}

export type ReadRecord<T> =
  | { readonly kind: 'record'; readonly record: T }
  | { readonly kind: 'wrong'; readonly reason: string };

/** The record of an entry, or what is wrong with it in one sentence. Never throws. */
export function readRecord<T extends ProvenRecord>(kind: RecordKind<T>, entry: LogEntry): ReadRecord<T> {
  const parsed = kind.schema.safeParse(entry.jsonPayload);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const path = issue?.path.map(String).join('.') ?? '';
    return wrong(
      `The ${kind.type} event is not as its schema has it: ${path || 'event'}: ${issue?.message ?? ''}.`,
    );
  }
  const { source, id, time } = parsed.data;
  const asAdopted =
    entry.timestamp === time &&
    entry.insertId === `${source} ${id}` &&
    entry.receiveTimestamp === undefined &&
    entry.split === undefined &&
    entry.trace === undefined;
  return asAdopted
    ? { kind: 'record', record: parsed.data }
    : wrong(
        `The ${kind.type} event is wrapped in a log entry that says other things; publish the event itself.`,
      );
}

const wrong = (reason: string): { readonly kind: 'wrong'; readonly reason: string } => ({
  kind: 'wrong',
  reason,
});

/** The proof of an entry; undefined where it carries none or is no record. */
export function credentialOf<T extends ProvenRecord>(
  kind: RecordKind<T>,
  entry: LogEntry,
): Credential | undefined {
  const { jsonPayload } = entry;
  if (!isObject(jsonPayload?.['data']) || jsonPayload['data']['proof'] === undefined) return undefined;
  const read = readRecord(kind, entry);
  if (read.kind === 'wrong' || read.record.data.proof === undefined) return undefined;
  return {
    token: read.record.data.proof,
    record: canonicalRecord(read.record),
    time: read.record.time,
    use: kind.use,
  };
}
