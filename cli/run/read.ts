/** Exported log files → entries, one after the other, with how far the reading has come. */
import { createReadStream, statSync } from 'node:fs';
import { decodeRecord, readRecords } from '../../shared/envelope/files.ts';
import type { Decoded } from '../../shared/envelope/envelope.ts';
import { ordinals } from '../../shared/envelope/event-id.ts';
import { JobtrailError, messageOf } from '../../shared/errors.ts';
import { decodeOrKeep } from '../../shared/pipeline/ingest.ts';
import { SOURCES } from '../../shared/sources/index.ts';
import { adoptBy } from '../../shared/sources/adopt.ts';

/** Bytes read at once. */
const CHUNK_BYTES = 256 * 1024;

export interface Reading {
  readonly entries: AsyncIterable<Decoded>;
  /** Bytes read so far; of compressed files, compressed bytes. */
  readonly bytesRead: () => number;
  /** Undefined while standard input is one of the files. */
  readonly bytesTotal: number | undefined;
}

/**
 * @throws JobtrailError `file-unreadable`: before anything is read, where a file is not there.
 */
export function readFiles(files: readonly string[], standardInput: AsyncIterable<Uint8Array>): Reading {
  const sizes = files.map((file) => (file === '-' ? undefined : sizeOf(file)));
  let bytes = 0;
  async function* counted(file: string): AsyncGenerator<Uint8Array> {
    const stream = file === '-' ? standardInput : createReadStream(file, { highWaterMark: CHUNK_BYTES });
    try {
      for await (const chunk of stream) {
        if (!(chunk instanceof Uint8Array)) continue;
        bytes += chunk.length;
        yield chunk;
      }
    } catch (error) {
      throw unreadable(file, error);
    }
  }
  async function* entries(): AsyncGenerator<Decoded> {
    for (const file of files) {
      const context = { ordinalOf: ordinals(), adopt: adoptBy(SOURCES) };
      for await (const records of readRecords(counted(file))) {
        for (const record of records) {
          yield* decodeOrKeep(() => decodeRecord(record, context), record.bytes);
        }
      }
    }
  }
  const known = sizes.filter((size) => size !== undefined);
  return {
    entries: entries(),
    bytesRead: () => bytes,
    bytesTotal: known.length === sizes.length ? known.reduce((sum, size) => sum + size, 0) : undefined,
  };
}

function sizeOf(file: string): number {
  try {
    const stat = statSync(file);
    if (stat.isDirectory()) throw new Error('it is a folder');
    return stat.size;
  } catch (error) {
    throw unreadable(file, error);
  }
}

function unreadable(file: string, cause: unknown): JobtrailError {
  return new JobtrailError(
    'file-unreadable',
    `${file} cannot be read: ${messageOf(cause)}.`,
    'Name exported log files, or `-` for standard input.',
    { cause },
  );
}
