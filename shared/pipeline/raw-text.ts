/** Raw text as rows keep it: redacted, within its limit, and for quarantine under an id of its own. */
import { isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';
import type { Decoded } from '../envelope/envelope.ts';
import { redactSecrets } from '../secrets/redact.ts';

/** Characters of raw text a quarantined row keeps: one cell, with room for the base64 of binary. */
export const MAX_RAW = 2_000_000;

export interface RawText {
  readonly id: string;
  readonly text: string;
  readonly encoding: 'utf8' | 'base64';
  readonly bytes: number;
}

/**
 * The raw text of a quarantined entry. Its id is the digest of the bytes, of the ordinal among identical ones and of
 * the source whose function received them, or the event id with the digest where the entry was decoded: the same
 * whenever and however often it arrives. The source is part of it because nothing in undecodable bytes tells it: of two
 * functions that receive the same bytes each keeps a row, and neither row depends on who was first.
 */
export function rawOf(decoded: Decoded, source: string): RawText {
  if (decoded.kind === 'entry') {
    const text = decoded.text();
    const id = hash('sha256', `${decoded.eventId}\n${decoded.digest}`, 'hex');
    return { id, text: safe(text), encoding: 'utf8', bytes: decoded.bytes };
  }
  const bytes = Buffer.from(decoded.raw.buffer, decoded.raw.byteOffset, decoded.raw.byteLength);
  const id = hash('sha256', `${hash('sha256', bytes, 'hex')}\n${decoded.ordinal}\n${source}`, 'hex');
  return isUtf8(bytes)
    ? { id, text: safe(bytes.toString('utf8')), encoding: 'utf8', bytes: bytes.length }
    : {
        id,
        text: bytes.subarray(0, (MAX_RAW / 4) * 3).toString('base64'),
        encoding: 'base64',
        bytes: bytes.length,
      };
}

const safe = (text: string): string => rawText(text.toWellFormed(), MAX_RAW);

/** Redacted before it is cut, so that no half of a secret is left at the edge; cut between characters. */
export function rawText(text: string, limit: number): string {
  const redacted = redactSecrets(text).text;
  return redacted.length <= limit ? redacted : redacted.slice(0, limit).toWellFormed();
}
