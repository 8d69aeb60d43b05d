/** What was received and cannot be decoded: never dropped, always with its bytes, a reason and what to do about it. */
import type { QuarantineCode } from '../errors.ts';
import type { UndecodableEntry } from './envelope.ts';
import { sha256, type OrdinalOf } from './event-id.ts';

/** Pub/Sub carries no message above 10 MB, Cloud Logging no entry above 512 KiB; what is longer is no log entry. */
export const MAX_ENTRY_BYTES = 10 * 1024 * 1024;
/** Of what is longer, so much is kept. */
export const KEPT_HEAD_BYTES = 256 * 1024;

export interface Problem {
  readonly code: QuarantineCode;
  /** A sentence a user understands. Holds nothing of the input but numbers and names made of ASCII letters. */
  readonly reason: string;
  readonly hint: string;
}

export function undecodable(problem: Problem, raw: Uint8Array, ordinalOf: OrdinalOf): UndecodableEntry {
  const { code, reason, hint } = problem;
  return { kind: 'undecodable', code, reason, hint, raw, ordinal: ordinalOf(sha256(raw)) };
}
