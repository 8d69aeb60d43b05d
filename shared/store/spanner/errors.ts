/** gRPC status codes → the project's errors. */
import { JobtrailError, messageOf } from '../../errors.ts';

/** Of google.rpc.Code. */
const CODE = {
  cancelled: 1,
  unknown: 2,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  alreadyExists: 6,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  aborted: 10,
  outOfRange: 11,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const;

export function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'number' ? error.code : undefined;
}

export const isAlreadyExists = (error: unknown): boolean => statusOf(error) === CODE.alreadyExists;

/** The database's roles, or IAM, refuse it to this identity. */
export const isDenied = (error: unknown): boolean =>
  statusOf(error instanceof JobtrailError ? error.cause : error) === CODE.permissionDenied;

/** With these a transaction is over, or may be committed, or nobody is there to be told of it. */
const OVER: ReadonlySet<number | undefined> = new Set([
  CODE.notFound,
  CODE.aborted,
  CODE.internal,
  CODE.unavailable,
]);
export const isOver = (error: unknown): boolean => OVER.has(statusOf(error));

/** What only a mistake in code throws: its stack tells more than that Spanner would be away. */
const isMistake = (error: unknown): error is Error =>
  error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError;

/** An error of a commit or a read. One that no server gave and nobody foresaw stays what it is. */
export function spannerError(error: unknown): Error {
  if (error instanceof JobtrailError || (statusOf(error) === undefined && isMistake(error))) return error;
  const message = `Spanner: ${messageOf(error)}`;
  const cause = { cause: error };
  switch (statusOf(error)) {
    case CODE.invalidArgument:
    case CODE.failedPrecondition:
    case CODE.outOfRange:
      return new JobtrailError(
        'row-refused',
        message,
        'A value does not fit its column; the entry goes to quarantine.',
        cause,
      );
    case CODE.notFound:
    case CODE.unimplemented:
      return new JobtrailError(
        'store-schema',
        message,
        'Bring the database to the newest schema: `npx jobtrail migrate --store …`.',
        cause,
      );
    case CODE.aborted:
    case CODE.alreadyExists:
      return new JobtrailError(
        'store-aborted',
        message,
        'Another commit was faster; trying again succeeds.',
        cause,
      );
    case CODE.permissionDenied:
    case CODE.unauthenticated:
      return new JobtrailError(
        'store-unavailable',
        message,
        'The account may not use the database role of its store, or that role lacks a grant: `npx jobtrail migrate` brings roles to their newest text.',
        cause,
      );
    case undefined:
    default:
      return new JobtrailError(
        'store-unavailable',
        message,
        'Spanner did not answer in time; the message comes again.',
        cause,
      );
  }
}

/** An error of SQL that a user wrote: what Spanner cannot parse is the user's to correct. */
export function queryError(error: unknown): Error {
  const status = statusOf(error);
  if (status !== CODE.invalidArgument && status !== CODE.outOfRange) return spannerError(error);
  return new JobtrailError(
    'query-param',
    `Spanner: ${messageOf(error)}`,
    'Check the SQL and its parameters.',
    {
      cause: error,
    },
  );
}
