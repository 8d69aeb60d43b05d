/** SQLite result codes (sqlite.org/rescode.html) → the project's errors. */
import { JobtrailError, messageOf } from '../../errors.ts';

const PRIMARY = 0xff;
const BUSY = 5;
const LOCKED = 6;
const TOO_BIG = 18;
const CONSTRAINT = 19;
const MISMATCH = 20;
const ERROR = 1;

export function sqliteError(error: unknown): JobtrailError {
  if (error instanceof JobtrailError) return error;
  const code = resultCode(error);
  const message = `SQLite: ${messageOf(error)}`;
  switch (code) {
    case CONSTRAINT:
    case MISMATCH:
    case TOO_BIG:
      return new JobtrailError(
        'row-refused',
        message,
        'A value does not fit its column; the entry goes to quarantine.',
        {
          cause: error,
        },
      );
    case BUSY:
    case LOCKED:
      return new JobtrailError(
        'store-aborted',
        message,
        'Another process writes to this file; try again when it is done.',
        {
          cause: error,
        },
      );
    case ERROR:
      return new JobtrailError(
        'store-schema',
        message,
        'The file was made by another version; use a new file.',
        {
          cause: error,
        },
      );
    case undefined:
    default:
      return new JobtrailError(
        'store-unavailable',
        message,
        'Check that the file can be written and the disk has room.',
        {
          cause: error,
        },
      );
  }
}

function resultCode(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('errcode' in error)) {
    // A value that node:sqlite cannot bind never reaches SQLite.
    return error instanceof TypeError ? MISMATCH : undefined;
  }
  return typeof error.errcode === 'number' ? error.errcode & PRIMARY : undefined;
}
