/**
 * A batch of entries in one file: NDJSON, a JSON array, text lines; gzip of any of these, of several members too.
 * Memory does not grow with the file. The only part of the envelope that reads a stream.
 */
import { decodeEntry, type EntryContext } from './entry.ts';
import type { Decoded } from './envelope.ts';
import { inflated } from './gunzip.ts';
import { type FileRecord, RecordSplitter } from './records.ts';
import { type Problem, undecodable } from './undecodable.ts';

export type { FileRecord } from './records.ts';

/**
 * Records of a file in order, those of one chunk together.
 * @param input the bytes of the file; an error of its own passes through
 */
export async function* readRecords(
  input: AsyncIterable<Uint8Array>,
): AsyncGenerator<readonly FileRecord[], void, undefined> {
  const splitter = new RecordSplitter();
  let damage: Problem | undefined;
  for await (const chunk of plainText(input)) {
    if (chunk instanceof Uint8Array) yield splitter.push(chunk);
    else damage = chunk;
  }
  yield splitter.end(damage);
}

/** The entries of one record: what decodeEntry makes of it, or the one that says what is wrong with this part. */
export function decodeRecord(record: FileRecord, context: EntryContext): readonly Decoded[] {
  return record.problem === undefined
    ? decodeEntry(record.bytes, context)
    : [undecodable(record.problem, record.bytes, context.ordinalOf)];
}

/** Inflated where it is gzip, without byte order mark; last the problem, where the file is damaged. */
async function* plainText(
  input: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array | Problem, void, undefined> {
  const packed = withHead(input, 2);
  const first = await packed.next();
  if (first.done === true) return;
  const chunks = rejoined(first.value, packed);
  const gzip = first.value[0] === 0x1f && first.value[1] === 0x8b;
  yield* withoutMark(gzip ? inflated(chunks) : chunks);
}

/** Drops the UTF-8 byte order mark that some editors and shells put first. */
async function* withoutMark(
  input: AsyncIterable<Uint8Array | Problem>,
): AsyncGenerator<Uint8Array | Problem, void, undefined> {
  let damage: Problem | undefined;
  async function* bytesOnly(): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const chunk of input) {
      if (chunk instanceof Uint8Array) yield chunk;
      else damage = chunk;
    }
  }
  let begun = false;
  for await (const chunk of withHead(bytesOnly(), 3)) {
    const marked = !begun && chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf;
    begun = true;
    yield marked ? chunk.subarray(3) : chunk;
  }
  if (damage !== undefined) yield damage;
}

/** The same bytes, the first chunk of at least `bytes` where there are as many. */
async function* withHead(
  input: AsyncIterable<Uint8Array>,
  bytes: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let head: Uint8Array | undefined = new Uint8Array(0);
  for await (const chunk of input) {
    if (head === undefined) {
      yield chunk;
      continue;
    }
    head = head.length === 0 ? chunk : Buffer.concat([head, chunk]);
    if (head.length >= bytes) {
      yield head;
      head = undefined;
    }
  }
  if (head !== undefined && head.length > 0) yield head;
}

async function* rejoined(
  first: Uint8Array,
  rest: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield first;
  yield* rest;
}
