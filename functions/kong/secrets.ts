/**
 * The secrets by which Kong's http-log plugin and Konnect's webhook are known. They can send a header of their own and
 * no token of Google's, so a function they can reach is public, and this header is all that stands before it.
 *
 * Threat: whoever has a secret can write audit records. Of a guess nothing is told, not by its length and not by the
 * time the comparison takes; two secrets at once let one be replaced without a gap.
 */
import { hash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import * as z from 'zod';
import type { JobtrailError } from '../../shared/errors.ts';
import { wrongEnvironment } from '../runtime/variables.ts';

/** A header of its own for http-log's `headers`; Konnect's webhook has `Authorization` only. */
const HEADER = 'x-jobtrail-key';
/** Longest header that is looked at. */
const MAX_HEADER = 1024;
const MAX_SECRETS = 4;

const Variables = z.object({
  /** Comma-separated, each of at least 32 characters; absent: records come by Pub/Sub only. */
  JOBTRAIL_KONG_SECRETS: z.string().min(1).optional(),
  JOBTRAIL_PUSH_AUTH: z.string().optional(),
});
const Secret = z.string().regex(/^[\x21-\x2b\x2d-\x7e]{32,512}$/);

/** Whether a request's headers carry one of the secrets. */
export type KnowsSender = (headers: IncomingHttpHeaders) => boolean;

/**
 * Undefined where no secret is set.
 * @throws JobtrailError `config-invalid` for a weak secret, or where the function leaves the check of pushes to a
 * platform that must let everybody in for the sake of Kong.
 */
export function parseSecrets(
  variables: Readonly<Record<string, string | undefined>>,
): KnowsSender | undefined {
  const { JOBTRAIL_KONG_SECRETS: text, JOBTRAIL_PUSH_AUTH: pushAuth } = Variables.parse(variables);
  if (text === undefined) return undefined;
  if (pushAuth !== 'self') {
    throw wrong('JOBTRAIL_KONG_SECRETS needs JOBTRAIL_PUSH_AUTH=self, since the function is public');
  }
  const secrets = z
    .array(Secret)
    .max(MAX_SECRETS)
    .safeParse(text.split(',').map((one) => one.trim()));
  if (!secrets.success) {
    throw wrong(
      `JOBTRAIL_KONG_SECRETS is not a list of at most ${MAX_SECRETS} secrets of 32 or more printable characters`,
    );
  }
  const digests = secrets.data.map(digestOf);
  return (headers) => {
    const presented = [headers[HEADER], headers.authorization].map(valueOf);
    return presented.some((value) => value !== undefined && isOneOf(digests, digestOf(value)));
  };
}

/** Digests have one length, whatever was presented; every one is compared. */
function isOneOf(digests: readonly Buffer[], presented: Buffer): boolean {
  let found = false;
  for (const digest of digests) if (timingSafeEqual(digest, presented)) found = true;
  return found;
}

const digestOf = (text: string): Buffer => hash('sha256', text, 'buffer');

function valueOf(header: string | readonly string[] | undefined): string | undefined {
  if (typeof header !== 'string' || header === '' || header.length > MAX_HEADER) return undefined;
  return header.slice(0, 7).toLowerCase() === 'bearer ' ? header.slice(7).trim() : header;
}

const wrong = (problem: string): JobtrailError =>
  wrongEnvironment([problem], 'docs/sources/kong.md tells how');
