/**
 * Cuts a file of entries into records, whatever the chunks it comes in: NDJSON and text lines by line, a JSON array (as
 * `gcloud logging read --format=json` prints it, of any size) by element, JSON objects printed over several lines one
 * after the other. Holds one record at a time. A broken element ends where the next can be told to begin: at a line of
 * the same indentation that opens an object; what stands between is one record, which says so.
 */
import { ByteWindow } from './byte-window.ts';
import { BROKEN_ELEMENT, FILE_CUT, tooLarge } from './problems.ts';
import { KEPT_HEAD_BYTES, MAX_ENTRY_BYTES, type Problem } from './undecodable.ts';
import { ValueScanner } from './value-scanner.ts';

/** Bytes for decodeEntry, or a part of the file that is known to hold no entry. */
export interface FileRecord {
  readonly bytes: Uint8Array;
  readonly problem?: Problem;
}

type Mode =
  /** At the start of a line outside any array: what comes decides. */
  | 'top'
  | 'line'
  /** Between the elements of an array. */
  | 'array'
  | 'value'
  /** In a number or a word of an array. */
  | 'scalar'
  /** In a broken value, looking for the start of the next. */
  | 'lost';

const NEWLINE = 10;
const RETURN = 13;
const BLANK = 32;
const QUOTE = 34;
const COMMA = 44;
const OPEN_LIST = 91;
const CLOSE_LIST = 93;
const OPEN_OBJECT = 123;
/** So many blanks after `[` or `{` are looked through before the line counts as text. */
const MAX_BLANKS = 4096;
const NOTHING = Buffer.alloc(0);

export class RecordSplitter {
  #mode: Mode = 'top';
  #inArray = false;
  readonly #scanner = new ValueScanner();
  /** Whitespace before the current value on its line. */
  #indent = 0;
  readonly #window = new ByteWindow();
  /** Read up to here. */
  #at = 0;
  /** Of a record that is too long: its head, and how much of it is gone from the view. */
  #head: Buffer | undefined;
  #dropped = 0;
  #records: FileRecord[] = [];

  /** The records that end in this chunk. */
  push(chunk: Uint8Array): readonly FileRecord[] {
    this.#at -= this.#window.append(chunk);
    while (this.#step());
    return this.#taken();
  }

  /**
   * What is left at the end of the input.
   * @param cause why the input ended, where it was not its own end
   */
  end(cause?: Problem): readonly FileRecord[] {
    switch (this.#mode) {
      case 'top':
      case 'line':
        this.#emitLine(this.#window.view.length);
        if (cause !== undefined) this.#records.push({ bytes: NOTHING, problem: cause });
        break;
      case 'array':
        this.#records.push({ bytes: NOTHING, problem: cause ?? FILE_CUT });
        break;
      case 'value':
      case 'scalar':
      case 'lost':
        this.#emit(this.#window.view.length, cause ?? FILE_CUT);
        break;
    }
    return this.#taken();
  }

  #taken(): readonly FileRecord[] {
    const records = this.#records;
    this.#records = [];
    return records;
  }

  /** False where more bytes are needed. */
  #step(): boolean {
    switch (this.#mode) {
      case 'top':
        return this.#top();
      case 'line':
        return this.#line();
      case 'array':
        return this.#array();
      case 'value':
        return this.#value();
      case 'scalar':
        return this.#scalar();
      case 'lost':
        return this.#lost();
    }
  }

  #top(): boolean {
    const view = this.#window.view;
    let at = this.#window.start;
    for (; at < view.length && (view[at] ?? 0) <= BLANK; at += 1) {
      if (view[at] === NEWLINE) this.#window.start = at + 1;
    }
    this.#at = this.#window.start;
    const first = view[at];
    if (first === undefined && at - this.#window.start <= MAX_BLANKS) return false;
    if (first === OPEN_LIST || first === OPEN_OBJECT) {
      let next = at + 1;
      while (next < view.length && view[next] !== NEWLINE && (view[next] ?? 0) <= BLANK) next += 1;
      const second = view[next];
      if (second === undefined && next - at <= MAX_BLANKS) return false;
      if (first === OPEN_OBJECT && second === NEWLINE) {
        this.#begin(at, at - this.#window.start);
        return true;
      }
      // `[` begins Envoy's text lines as well: `[2026-01-01T…`.
      if (first === OPEN_LIST && (second === NEWLINE || second === OPEN_OBJECT || second === CLOSE_LIST)) {
        this.#inArray = true;
        this.#mode = 'array';
        this.#skipTo(at + 1);
        return true;
      }
    }
    this.#mode = 'line';
    return true;
  }

  #line(): boolean {
    const end = this.#window.view.indexOf(NEWLINE, this.#at);
    if (end < 0) return this.#wait(this.#window.view.length);
    this.#emitLine(end);
    this.#skipTo(end + 1);
    this.#mode = 'top';
    return true;
  }

  #array(): boolean {
    const view = this.#window.view;
    let at = this.#at;
    // The window starts where the line begins; after `[` or `,` on the same line there, since no line of its own begins.
    for (; at < view.length; at += 1) {
      const byte = view[at] ?? 0;
      if (byte === NEWLINE || byte === COMMA) this.#window.start = at + 1;
      else if (byte > BLANK) break;
    }
    this.#at = at;
    const byte = view[at];
    if (byte === undefined) {
      if (at - this.#window.start > MAX_BLANKS) this.#window.start = at;
      return false;
    }
    if (byte === CLOSE_LIST) {
      this.#inArray = false;
      this.#mode = 'top';
      this.#skipTo(at + 1);
    } else if (byte === OPEN_OBJECT || byte === OPEN_LIST || byte === QUOTE) {
      this.#begin(at, at - this.#window.start);
    } else {
      this.#mode = 'scalar';
      this.#window.start = at;
      this.#at = at + 1;
    }
    return true;
  }

  #value(): boolean {
    const scan = this.#scanner.scan(this.#window.view, this.#at);
    if (scan.kind === 'more') return this.#wait(this.#window.view.length);
    if (scan.kind === 'ended') {
      this.#emit(scan.end);
      this.#skipTo(scan.end);
      this.#mode = this.#inArray ? 'array' : 'top';
      return true;
    }
    const restart = this.#window.start + scan.restart - this.#dropped;
    if (scan.restart > 0 && restart >= this.#window.start) {
      this.#emit(restart, BROKEN_ELEMENT);
      this.#begin(restart, this.#indent);
    } else {
      this.#at = scan.at;
      this.#mode = 'lost';
    }
    return true;
  }

  #scalar(): boolean {
    const view = this.#window.view;
    for (let at = this.#at; at < view.length; at += 1) {
      const byte = view[at] ?? 0;
      if (byte === COMMA || byte === CLOSE_LIST || byte <= BLANK) {
        this.#emit(at);
        this.#skipTo(at);
        this.#mode = 'array';
        return true;
      }
    }
    return this.#wait(view.length);
  }

  #lost(): boolean {
    const view = this.#window.view;
    const line = view.indexOf(NEWLINE, this.#at) + 1;
    if (line === 0) return this.#wait(view.length);
    let at = line;
    while (at - line < this.#indent && at < view.length && view[at] !== NEWLINE && (view[at] ?? 0) <= BLANK)
      at += 1;
    if (at === view.length) return this.#wait(line - 1);
    if (view[at] === OPEN_OBJECT && at - line === this.#indent) {
      this.#emit(at, BROKEN_ELEMENT);
      this.#begin(at, this.#indent);
    } else if (view[at] === CLOSE_LIST && this.#inArray) {
      this.#emit(at, BROKEN_ELEMENT);
      this.#skipTo(at);
      this.#mode = 'array';
    } else {
      this.#at = line;
    }
    return true;
  }

  #begin(at: number, indent: number): void {
    this.#mode = 'value';
    this.#indent = indent;
    this.#skipTo(at);
    this.#scanner.begin(indent);
  }

  #skipTo(at: number): void {
    this.#window.start = at;
    this.#at = at;
  }

  /** Reads on at `at` with the next chunk. Of a record that is too long already, only the head is held. */
  #wait(at: number): false {
    this.#at = at;
    if (at - this.#window.start + this.#dropped > MAX_ENTRY_BYTES) {
      this.#head ??= Buffer.from(
        this.#window.view.subarray(this.#window.start, this.#window.start + KEPT_HEAD_BYTES),
      );
      this.#dropped += at - this.#window.start;
      this.#window.start = at;
    }
    return false;
  }

  #emitLine(end: number): void {
    const view = this.#window.view;
    let last = end;
    while (last > this.#window.start && (view[last - 1] ?? 0) <= BLANK) last -= 1;
    if (last > this.#window.start || this.#dropped > 0) this.#emit(view[end - 1] === RETURN ? end - 1 : end);
  }

  #emit(end: number, problem?: Problem): void {
    const length = end - this.#window.start + this.#dropped;
    const bytes = this.#head ?? this.#window.view.subarray(this.#window.start, end);
    this.#head = undefined;
    this.#dropped = 0;
    if (length > MAX_ENTRY_BYTES) {
      this.#records.push({ bytes: bytes.subarray(0, KEPT_HEAD_BYTES), problem: tooLarge(length) });
    } else {
      this.#records.push(problem === undefined ? { bytes } : { bytes, problem });
    }
  }
}
