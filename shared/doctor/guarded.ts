/** A check that fails says so in its own line, and the others go on. */
import { JobtrailError, messageOf } from '../errors.ts';
import { statusOf } from '../store/spanner/errors.ts';
import type { Check, Line } from './line.ts';

/** Of google.rpc.Code. */
const PERMISSION_DENIED = 7;

/** What is to be run then. */
export interface Mends {
  /** Doctor again, with more to see. */
  readonly again: string;
  /** Where a permission is missing: what gives it. */
  readonly grant: string;
}

export async function guarded(
  check: Check<string>,
  about: string,
  { again, grant }: Mends,
  work: () => Promise<readonly Line[]>,
): Promise<readonly Line[]> {
  try {
    return await work();
  } catch (error) {
    const isTold = error instanceof JobtrailError;
    const isDenied = isTold && statusOf(error.cause) === PERMISSION_DENIED;
    const code = isDenied ? 'not-permitted' : isTold ? 'unreachable' : 'failed';
    return [check.unasked(about, { code, why: messageOf(error), mend: isDenied ? grant : again })];
  }
}
