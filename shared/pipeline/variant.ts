/** The Variant of an event's row. */
import { hash } from 'node:crypto';
import type { Row, Value } from '../../schemas/tables.ts';

/**
 * Tells contents under one event id apart: the first 64 bits of SHA-256 over the recorded columns that come from the
 * entry. Each one that has a value is written as a letter of its own, the length of the value, and the value, so that
 * no two rows make one text; JSON would escape every quote of the claims again. Column by column, since a loop over
 * names costs as much as the hash.
 */
export function variantOf(row: Row): string {
  let text = put('', 't', row['ReceiveTime']);
  text = put(text, 'v', row['Action']);
  text = put(text, 'o', row['Outcome']);
  text = put(text, 'm', row['Method']);
  text = put(text, 's', row['Status']);
  text = put(text, 'a', row['Actor']);
  text = put(text, 'p', row['ActorProof']);
  text = put(text, 'A', row['ActorAs']);
  text = put(text, 'n', row['ActorAbsent']);
  text = put(text, 'f', row['ActingFor']);
  text = put(text, 'F', row['ActingForBy']);
  text = put(text, 'k', row['KeyName']);
  text = put(text, 'x', row['RunAs']);
  text = put(text, 'e', row['Peer']);
  text = put(text, 'j', row['JobId']);
  text = put(text, 'J', row['JobName']);
  text = put(text, 'P', row['ParentJob']);
  text = put(text, 'i', row['OperationId']);
  text = put(text, 'h', row['Phase']);
  text = put(text, 'r', row['Resource']);
  text = put(text, 'g', row['Project']);
  text = put(text, 'l', row['Location']);
  text = put(text, 'w', row['Via']);
  text = put(text, 'c', row['CallKey']);
  text = put(text, 'q', row['RequestId']);
  text = put(text, 'T', row['Trace']);
  text = put(text, 'R', row['Reads']);
  text = put(text, 'W', row['Writes']);
  text = put(text, 'U', row['Uses']);
  text = put(text, 'C', row['Claims']);
  text = put(text, 'S', row['SplitUid']);
  text = put(text, 'N', row['SplitTotal']);
  // UTF-8 has no form for a lone surrogate; JSON's escape keeps such texts apart.
  return hash('sha256', text.isWellFormed() ? text : JSON.stringify(text), 'hex').slice(0, 16);
}

function put(text: string, letter: string, value: Value | undefined): string {
  if (value === undefined || value === null) return text;
  if (typeof value === 'string') return `${text}${letter}${value.length}:${value}`;
  if (typeof value === 'number') return `${text}${letter}${value};`;
  let listed = `${text}${letter}${value.length}[`;
  for (const item of value) listed += `${item.length}:${item}`;
  return listed;
}
