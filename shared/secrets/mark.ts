/** What stands in the place of a secret: `[redacted:KIND:HASH]`. */
import { hash } from 'node:crypto';

const MARK = /\[redacted:[a-z-]{1,24}:[0-9a-f]{8}\]/y;

export function markOf(kind: string, secret: string): string {
  return `[redacted:${kind}:${hash('sha256', secret, 'hex').slice(0, 8)}]`;
}

/** Length of the mark at a position, 0 where none is. */
export function markAt(text: string, at: number): number {
  MARK.lastIndex = at;
  return MARK.test(text) ? MARK.lastIndex - at : 0;
}
