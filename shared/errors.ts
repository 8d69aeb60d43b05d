/**
 * One error type for everything a user or an operator can meet. Each code has one disposition, fixed here, so that
 * no caller decides by itself whether a thing is worth another delivery.
 */

/** What happens to a message whose handling ended in an error of this kind. */
export type Disposition =
  /** May pass by itself: answer 503, Pub/Sub delivers again. */
  | 'retry'
  /** Never passes for this entry: keep it raw with the reason, acknowledge. */
  | 'quarantine'
  /** The request or the command itself is wrong: say so and stop. */
  | 'refuse';

export const DISPOSITIONS = {
  // envelope
  'envelope-not-json': 'quarantine',
  'envelope-shape': 'quarantine',
  'data-not-base64': 'quarantine',
  'data-empty': 'quarantine',
  'entry-not-utf8': 'quarantine',
  'entry-not-json': 'quarantine',
  'entry-not-object': 'quarantine',
  'entry-too-large': 'quarantine',
  'entry-too-deep': 'quarantine',
  'entry-shape': 'quarantine',
  'entry-reexported': 'quarantine',
  'entry-bad-time': 'quarantine',
  'file-damaged': 'quarantine',
  // sources
  'payload-missing': 'quarantine',
  'payload-shape': 'quarantine',
  'line-grammar': 'quarantine',
  'normaliser-crash': 'quarantine',
  'delivery-exhausted': 'quarantine',
  // delivered files
  'object-missing': 'quarantine',
  'object-unavailable': 'retry',
  // polled APIs
  'api-unavailable': 'retry',
  'api-refused': 'refuse',
  // proofs
  'issuer-keys-unavailable': 'retry',
  // store
  'row-limit': 'quarantine',
  'row-refused': 'quarantine',
  'store-unavailable': 'retry',
  'store-aborted': 'retry',
  'store-schema': 'retry',
  'schema-newer': 'refuse',
  'schema-conflict': 'refuse',
  overloaded: 'retry',
  // requests and commands
  'push-unauthenticated': 'refuse',
  'callback-unauthenticated': 'refuse',
  'method-not-allowed': 'refuse',
  'config-invalid': 'refuse',
  'file-unreadable': 'refuse',
  'filter-unreadable': 'refuse',
  usage: 'refuse',
  'query-unknown': 'refuse',
  'query-param': 'refuse',
  'not-found': 'refuse',
  'emulator-missing': 'refuse',
} as const satisfies Record<string, Disposition>;

export type ErrorCode = keyof typeof DISPOSITIONS;

/** Codes that end in quarantine, for the reason column. */
export type QuarantineCode = {
  [C in ErrorCode]: (typeof DISPOSITIONS)[C] extends 'quarantine' ? C : never;
}[ErrorCode];

export class JobtrailError extends Error {
  readonly code: ErrorCode;
  /** What the reader can do about it, one sentence. */
  readonly hint: string;

  constructor(code: ErrorCode, message: string, hint: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'JobtrailError';
    this.code = code;
    this.hint = hint;
  }

  get disposition(): Disposition {
    return DISPOSITIONS[this.code];
  }
}

/** The text of anything thrown, without its stack. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
