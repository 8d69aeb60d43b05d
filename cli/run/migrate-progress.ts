/** How far a change of the schema is, on standard error: an index over many rows takes hours to fill. */
import type { Change } from '../../shared/store/spanner/migrate-changes.ts';
import { firstLine } from '../../shared/store/spanner/migrate-plan.ts';
import { duration } from '../progress.ts';
import { printable } from '../table.ts';

/** Most changes are over by then, and their step says all there is to say. */
const FIRST_LINE_MS = 3_000;
const LINE_MS = 10_000;

/** @param now milliseconds that only ever rise */
export function createChangeProgress(
  write: (text: string) => unknown,
  now: () => number = () => performance.now(),
): { readonly show: (change: Change) => void } {
  let current = '';
  let since = 0;
  let written = 0;
  return {
    show({ statements, applied, percent, throttled }) {
      const at = now();
      const statement = statements[applied] ?? '';
      if (statement !== current) {
        current = statement;
        since = at;
        written = at + FIRST_LINE_MS - LINE_MS;
      }
      if (at - written < LINE_MS) return;
      written = at;
      const what = statement === '' ? 'a change of the schema' : printable(firstLine(statement));
      const far = percent === undefined ? '' : ` ${percent} %`;
      const held = throttled ? ', held back until the instance has room' : '';
      const place = statements.length > 1 ? ` (statement ${applied + 1} of ${statements.length})` : '';
      write(`${what}${place}:${far} after ${duration(at - since)}${held}\n`);
    },
  };
}
