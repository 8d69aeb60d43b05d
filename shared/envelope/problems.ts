/** What can be wrong with a thing that stands where a log entry was expected, in words for the one who sent it. */
import type { Json } from '../sources/fields.ts';
import { MAX_DEPTH } from './json-text.ts';
import { KEPT_HEAD_BYTES, MAX_ENTRY_BYTES, type Problem } from './undecodable.ts';

/** Entries of one batch; entries.write takes 10 MB, which cannot hold as many. */
export const MAX_BATCH = 100_000;
/** Envelopes in envelopes: a message kept as a line of a file is one, a CloudEvent around it two. */
export const MAX_WRAPPINGS = 3;

const EXPORT_HINT = 'Route entries with a log sink, or export them with gcloud logging read --format=json.';

export const tooLarge = (bytes: number): Problem => ({
  code: 'entry-too-large',
  reason: `It is longer than ${MAX_ENTRY_BYTES} bytes (${bytes} were seen); its first ${KEPT_HEAD_BYTES} bytes are kept.`,
  hint: 'No log entry is that long: look at what publishes to the topic, or how the file was made.',
});

/** Where V8's message tells a position, that; never the text that it quotes. */
export function notJson(error: unknown): Problem {
  const position =
    error instanceof Error ? / at position (\d{1,9}) \(line \d+ column \d+\)$/.exec(error.message) : null;
  return {
    code: 'entry-not-json',
    reason: position
      ? `It is not valid JSON: the error is at character ${position[1]}.`
      : 'It is not valid JSON, and no source knows it as a line of a log.',
    hint: EXPORT_HINT,
  };
}

export const EMPTY: Problem = {
  code: 'data-empty',
  reason: 'It is empty.',
  hint: 'A log sink always sends the entry as data: look at what else publishes to the topic.',
};
export const NOT_UTF8: Problem = {
  code: 'entry-not-utf8',
  reason: 'It is not UTF-8 text.',
  hint: EXPORT_HINT,
};
export const NOT_OBJECT: Problem = {
  code: 'entry-not-object',
  reason: 'It is valid JSON, but a log entry is a JSON object.',
  hint: EXPORT_HINT,
};
export const TOO_DEEP: Problem = {
  code: 'entry-too-deep',
  reason: `Its JSON nests deeper than ${MAX_DEPTH} levels.`,
  hint: 'No service logs such entries: look at who wrote it.',
};
export const EMPTY_BATCH: Problem = {
  code: 'entry-shape',
  reason: 'It is a batch without entries.',
  hint: EXPORT_HINT,
};
export const BATCH_TOO_LARGE: Problem = {
  code: 'entry-too-large',
  reason: `It is a batch of more than ${MAX_BATCH} entries in one message or line.`,
  hint: 'Give the entries one a line, or as a JSON array in a file.',
};
export const WRAPPED: Problem = {
  code: 'entry-shape',
  reason: `It is wrapped in more than ${MAX_WRAPPINGS} envelopes or arrays.`,
  hint: EXPORT_HINT,
};
const STORED_BEFORE = 'Another platform stored it before and changed its keys';
const AT_ITS_ORIGIN =
  'Take the entry from Cloud Logging itself: a log sink, or gcloud logging read --format=json.';

export const REEXPORTED: Problem = {
  code: 'entry-reexported',
  reason: `${STORED_BEFORE}, and neither its log name nor a payload can be told back.`,
  hint: AT_ITS_ORIGIN,
};
/** `field` as the API spells it. */
export const reexportedTwice = (field: string): Problem => ({
  code: 'entry-reexported',
  reason: `${STORED_BEFORE}; it has ${field} in two spellings with two values, so which one is the entry's cannot be told.`,
  hint: AT_ITS_ORIGIN,
});
/** `field` as the API spells it. */
export const reexportedText = (field: string): Problem => ({
  code: 'entry-reexported',
  reason: `${STORED_BEFORE}; its ${field} should be a JSON object as text, and is none.`,
  hint: AT_ITS_ORIGIN,
});
export const PAYLOAD_ALONE: Problem = {
  code: 'entry-shape',
  reason:
    'It is the protoPayload of an audit entry without its LogEntry: log name, timestamp and insertId are missing.',
  hint: 'Pass the whole entry, not its protoPayload.',
};
export const BAD_TIME: Problem = {
  code: 'entry-bad-time',
  reason: 'The entry has a timestamp that is not RFC 3339, and no receiveTimestamp that is.',
  hint: 'Cloud Logging writes RFC 3339 in UTC: the entry was changed on its way. Export it anew.',
};

/** zod names the path by the schema's own keys and the types, never the value. */
export const badShape = (path: string, message: string): Problem => ({
  code: 'entry-shape',
  reason: `The field ${path} is not what a LogEntry has there: ${message}.`,
  hint: 'The entry was changed on its way, or the API changed: compare it with the LogEntry reference.',
});

/** Names up to five of the object's keys, those that are plain words. */
export function noEntry(value: Json): Problem {
  const keys = Object.keys(value)
    .filter((key) => /^[A-Za-z@_][\w.-]{0,39}$/.test(key))
    .slice(0, 5)
    .join(', ');
  return {
    code: 'entry-shape',
    reason: `It is a JSON object, but no log entry and no record that a source knows${keys === '' ? '' : ` (its keys: ${keys})`}.`,
    hint: EXPORT_HINT,
  };
}

export const BROKEN_ELEMENT: Problem = {
  code: 'entry-not-json',
  reason: 'This element is not valid JSON; the file was read on at the next line that begins an element.',
  hint: 'Export the entries anew, or mend this one and replay it.',
};
export const FILE_CUT: Problem = {
  code: 'file-damaged',
  reason: 'The file ends within an entry or before its list is closed: the rest of it is missing.',
  hint: 'Export the entries anew; those before are read.',
};
