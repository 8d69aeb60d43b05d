/** A check that fails says so in its own line, and the others go on. */
import { JobtrailError, messageOf } from '../errors.ts';
import type { Check, Line } from './line.ts';

/** @param mend what is to be run then: doctor again, with more to see */
export async function guarded(
  check: Check<string>,
  about: string,
  mend: string,
  work: () => Promise<readonly Line[]>,
): Promise<readonly Line[]> {
  try {
    return await work();
  } catch (error) {
    const code = error instanceof JobtrailError ? 'unreachable' : 'failed';
    return [check.unasked(about, { code, why: messageOf(error), mend })];
  }
}
