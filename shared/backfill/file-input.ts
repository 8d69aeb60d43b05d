/**
 * Entries of exported files, one file after the other by name: NDJSON, JSON arrays, text lines, gzip or not. A file that was begun is
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
  /** RFC 3339 as in rows; undefined where nothing tells. */
  readonly writtenAt: string | undefined;
  readonly open: () => AsyncIterable<Uint8Array>;
}

interface FilePortion extends Portion {
  readonly cursor: FileCursor;
}

/** Entries of one portion. */
const PORTION = 500;

/**
 * @param list asked at each reading; its order is of no matter
 * @param begunAt when reading was begun: of what is behind us, files that were written after it are read again at the end
 */
export function createFileInput(list: () => Promise<readonly InputFile[]>, begunAt: string): Input {
  return {
    async *read(from) {
      const files = (await list()).toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
      const at = from?.kind === 'file' ? from : undefined;
      // The file itself may be gone by now, and those before it too.
      const behind = at === undefined ? 0 : files.filter(({ name }) => name < at.name).length;
      const whole = Math.max(
        1,
        files.reduce((sum, { bytes }) => sum + bytes, 0),
      );
      let before = files.slice(0, behind).reduce((sum, { bytes }) => sum + bytes, 0);
      let last: FileCursor | undefined = at;
      for (const file of files.slice(behind)) {
        if (!isDone(file, at)) {
          const skip = at?.name === file.name && at.version === file.version ? at.entries : 0;
          for await (const portion of portionsOf(file, skip, before, whole)) {
            last = portion.cursor;
            yield portion;
          }
        }
        before += file.bytes;
      }
      // Late entries of an hour come in a file of their own, which sorts before its others.
      for (const file of files.slice(0, behind)) {
        if (last === undefined || file.writtenAt === undefined || file.writtenAt <= begunAt) continue;
        for await (const { entries } of portionsOf(file, 0, 0, whole))
          yield { entries, cursor: last, part: 1 };
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
): AsyncGenerator<FilePortion, void, undefined> {
  let read = 0;
  let seen = 0;
  let entries: Decoded[] = [];
  const portion = (ended: boolean): FilePortion => ({
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
