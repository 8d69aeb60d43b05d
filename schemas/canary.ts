/**
 * A canary: a small record sent along a path on purpose, so that its coming back shows that the path carries. Signed, since
 * whoever can write log entries or call a probe's address could write one.
 */
import * as z from 'zod';

export const CANARY = 'jobtrail.canary.v1';

/** `jobtrail-canary-dataproc` is the log of the canaries of `dataproc`. */
export const CANARY_LOG = 'jobtrail-canary-';

/** Without `|`, which joins what is signed. */
const PATH = /^[A-Za-z0-9._()-]{1,63}(?:\/[A-Za-z0-9._()-]{1,63}){0,2}$/;

/** What is signed: a nonce, and when it was sent, to the second. */
export const canaryParts = {
  path: z.string().regex(PATH),
  nonce: z.string().regex(/^[A-Za-z0-9_-]{22}$/),
  sentAt: z.string().regex(/^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$/),
  /** HMAC-SHA256 over `path|nonce|sentAt`, base64url. */
  mac: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
};

/** As it is written to a log. */
export const CanaryRecord = z.strictObject({ type: z.literal(CANARY), ...canaryParts });
export type CanaryRecord = z.infer<typeof CanaryRecord>;

export type Canary = Omit<CanaryRecord, 'type'>;
