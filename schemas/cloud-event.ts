/**
 * What approval and deploy records have in common: both are CloudEvents 1.0, in structured mode (JSON) or, with the same
 * parts as attributes, in binary mode. https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
 *
 * A record is the six members below and nothing else: extension attributes, which anybody on the way may add, are not
 * read and not covered by its proof. Inside `data` an unknown member is an error, since a reader would miss what a signer
 * meant by it.
 */
import * as z from 'zod';

// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const CONTROL = /[\u0000-\u001f\u007f]/;

/** One line of text, in characters of UTF-16. */
export const line = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .refine((text) => text.isWellFormed() && !CONTROL.test(text), {
      error: 'expected one line of text without control characters',
    });

/** RFC 3339 with `Z` or an offset. */
export const instant = z.iso.datetime({ offset: true, error: 'expected an RFC 3339 time' });

/** Who or what, in a grammar of docs/identity.md: an e-mail address, a principal:// URI, a canonical id. */
export const identifier = line(1000);

/** SHA-256, 64 lower-case hex digits. */
export const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 lower-case hex digits');

/**
 * A compact JWS (RFC 7515): a detached signature over the record's canonical form, or an OIDC token that names its
 * digest. docs/sources/approvals.md says how each is made. Not part of what it covers.
 */
export const proof = z
  .string()
  .max(16_384)
  .regex(/^[A-Za-z0-9_.-]+$/, 'expected a compact JWS');

export function cloudEvent<T extends string, D extends z.ZodType>(type: T, data: D) {
  return z.object({
    specversion: z.literal('1.0'),
    type: z.literal(type),
    /** URI reference of whoever publishes; with `id` it names the event, and one that is sent again has both again. */
    source: z.string().regex(/^[\x21-\x7e]{1,256}$/, 'expected a URI reference of at most 256 characters'),
    id: line(128),
    /** When it happened. Required here: a token must have been valid then. */
    time: instant,
    data,
  });
}
