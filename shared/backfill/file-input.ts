/**
 * Entries of exported files, one file after the other: NDJSON, JSON arrays, text lines, gzip or not. A file that was begun is
 * read again from its start and what is stored of it is left out, so that identical records are told apart as they were.
 */
import type { Decoded } from '../envelope/envelope.ts';
import { ordinals } from '../envelope/event-id.ts';
import { decodeRecord, readRecords } from '../envelope/files.ts';
import { decodeOrKeep } from '../pipeline/ingest.ts';
import { SOURCES } from '../sources/index.ts';
import { adoptBy } from '../sources/adopt.ts';
import type { FileCursor, Input, Portion } from './input.ts';

export interface InputFile {
  readonly name: string;
  /** Changes where its content may have: generation of an object; size and time of a file. */
  readonly version: string;
  readonly bytes: number;
  readonly open: () => AsyncIterable<Uint8Array>;
}

/** Entries of one portion. */
const PORTION = 500;

/** @param list in the order of reading, which is the same each time; asked at each reading */
export function createFileInput(list: () => Promise<readonly InputFile[]>): Input {
  return {
    async *read(from) {
      const files = await list();
      const at = from?.kind === 'file' ? from : undefined;
      const begun = at === undefined ? 0 : files.findIndex(({ name }) => name === at.name);
      const whole = Math.max(
        1,
        files.reduce((sum, { bytes }) => sum + bytes, 0),
      );
      let before = 0;
      for (const [index, file] of files.entries()) {
        // Where the file that was begun is gone, nothing tells what of the others is stored: all come again, as duplicates.
        if (index >= begun && !isDone(file, at)) {
          const skip = at?.name === file.name && at.version === file.version ? at.entries : 0;
          yield* portionsOf(file, skip, before, whole);
        }
        before += file.bytes;
      }
    },
  };
}

const isDone = ({ name, version }: InputFile, at: FileCursor | undefined): boolean =>
  at !== undefined && at.name === name && at.version === version && at.whole;

async function* portionsOf(
  file: InputFile,
  skip: number,
  before: number,
  whole: number,
): AsyncGenerator<Portion, void, undefined> {
  let read = 0;
  let seen = 0;
  let entries: Decoded[] = [];
  const portion = (ended: boolean): Portion => ({
    entries,
    cursor: { kind: 'file', name: file.name, version: file.version, entries: seen, whole: ended },
    part: (before + (ended ? file.bytes : Math.min(read, file.bytes))) / whole,
  });
  async function* counted(): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const chunk of file.open()) {
      read += chunk.length;
      yield chunk;
    }
  }
  const context = { ordinalOf: ordinals(), adopt: adoptBy(SOURCES) };
  for await (const records of readRecords(counted())) {
    for (const record of records) {
      for (const decoded of decodeOrKeep(() => decodeRecord(record, context), record.bytes)) {
        seen += 1;
        if (seen > skip) entries.push(decoded);
      }
      // A batch in one record is one portion: its cursor could not stand inside of it.
      if (entries.length >= PORTION) {
        yield portion(false);
        entries = [];
      }
    }
  }
  yield portion(true);
}
