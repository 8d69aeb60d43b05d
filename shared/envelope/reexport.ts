/**
 * Entries that another platform stored and gave out again: keys in lower case or with underscores, `at_sign_type`, columns
 * of BigQuery's log tables with JSON in texts, booleans and numbers as texts, null for what is absent. They are put back
 * into the shape of a LogEntry at the places of `places.ts`, and nowhere else.
 *
 * Threat: of two spellings of one key one would hide the other from whoever reads the other. Such an entry is not put back.
 */
import { exactValue, parseExact } from '../sources/exact-json.ts';
import { isObject, type Json } from '../sources/fields.ts';
import { nestsTooDeep } from './json-text.ts';
import { ENTRY_PLACE, fieldAt, type Field, type Place } from './places.ts';
import { reexportedText, reexportedTwice } from './problems.ts';
import type { Problem } from './undecodable.ts';

/**
 * True where a key is spelled as no part of Cloud Logging spells it. Asked of every entry without a payload, as the mesh
 * writes them, and reads of fixed keys are the fastest.
 */
export function isReexported(value: Json): boolean {
  return (
    hasRespelledPayload(value) ||
    value['insertid'] !== undefined ||
    value['logname'] !== undefined ||
    value['receivetimestamp'] !== undefined ||
    value['proto_payload'] !== undefined ||
    value['json_payload'] !== undefined ||
    value['text_payload'] !== undefined ||
    value['insert_id'] !== undefined ||
    value['log_name'] !== undefined ||
    isRespelledAudit(value)
  );
}

/** Panther's additions count beside an audit payload only: it makes them to the records of every system. */
function isRespelledAudit({ protoPayload, p_log_type: added }: Json): boolean {
  return isObject(protoPayload) && (added !== undefined || protoPayload['at_sign_type'] !== undefined);
}

/** A second payload, which would be hidden by one that is spelled properly. */
export function hasRespelledPayload(value: Json): boolean {
  return (
    value['protopayload'] !== undefined ||
    value['protopayload_auditlog'] !== undefined ||
    value['jsonpayload'] !== undefined ||
    value['textpayload'] !== undefined
  );
}

type Restored = { readonly value: Json } | { readonly problem: Problem };

/**
 * The entry as Cloud Logging would have written it. An audit payload has integers above 2^53 as texts of their digits; those
 * of a jsonPayload are doubles in Cloud Logging itself, and the sources read them as such.
 * @param text what `value` was parsed from
 */
export function restored(value: Json, text: string): Restored {
  const entry = restoredEntry(value);
  if ('problem' in entry || entry.value['protoPayload'] === undefined) return entry;
  const exact = exactValue(value, text);
  return exact === value || !isObject(exact) ? entry : restoredEntry(exact);
}

function restoredEntry(value: Json): Restored {
  const problems: Problem[] = [];
  const entry = objectAt(ENTRY_PLACE, value, problems);
  const [problem] = problems;
  return problem === undefined ? { value: entry } : { problem };
}

function objectAt(place: Place, object: Json, problems: Problem[]): Json {
  const members = new Map<string, unknown>();
  for (const [key, value] of Object.entries(object)) {
    const field = fieldAt(place, key);
    if (field === undefined) {
      members.set(key, value);
    } else if (value !== null) {
      // A column without a value stands in every row of a table.
      const given = valueAt(field, value, problems);
      const other = members.get(field.name);
      if (other !== undefined && !isSame(other, given)) problems.push(reexportedTwice(field.name));
      members.set(field.name, given);
    }
  }
  return Object.fromEntries(members);
}

/** Two spellings of one value hide nothing. */
const isSame = (one: unknown, other: unknown): boolean =>
  one === other || JSON.stringify(one) === JSON.stringify(other);

function valueAt(field: Field, value: unknown, problems: Problem[]): unknown {
  const { place, kind } = field;
  if (kind === 'boolean') return value === 'true' ? true : value === 'false' ? false : value;
  if (kind === 'integer') return typeof value === 'string' && INTEGER.test(value) ? Number(value) : value;
  if (kind === 'any' && place === undefined) return value;
  const parsed = typeof value === 'string' ? objectIn(value) : undefined;
  if (field.text === true && parsed === undefined) problems.push(reexportedText(field.name));
  const given = parsed ?? value;
  if (place !== undefined && Array.isArray(given)) {
    return given.map((item: unknown) => (isObject(item) ? objectAt(place, item, problems) : item));
  }
  if (!isObject(given)) return given;
  const object = place === undefined ? given : objectAt(place, given, problems);
  return field.type === undefined || object['@type'] !== undefined
    ? object
    : { '@type': field.type, ...object };
}

const INTEGER = /^-?[0-9]{1,15}$/;

/** The object that a text is the JSON of. */
function objectIn(text: string): Json | undefined {
  if (nestsTooDeep(text)) return undefined;
  try {
    const value = parseExact(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
