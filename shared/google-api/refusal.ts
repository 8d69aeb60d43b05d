/** What a refusal of a Google API says: `google.rpc.Status` as JSON, with `google.rpc.ErrorInfo` among its details. */
import * as z from 'zod';
import { textWithin } from './body.ts';

export type RefusalReason =
  /** This identity may not. */
  | 'denied'
  /** There are no credentials, or they are of no use here. */
  | 'signed-out'
  /** The API is switched off in the project that the request counts for. */
  | 'not-enabled'
  | 'not-found'
  /** The request is wrong. */
  | 'invalid'
  /** It answers, and not with what was asked for: 429, the 5xx, what cannot be used. */
  | 'unavailable'
  /** It does not answer at all. */
  | 'unreachable';

export interface Refusal {
  readonly kind: 'refused';
  readonly reason: RefusalReason;
  /** Of HTTP; undefined where it never came to that. */
  readonly status: number | undefined;
  /** One line, the end of a sentence. */
  readonly why: string;
  /** `pubsub.topics.getIamPolicy`, where the answer names it. */
  readonly permission?: string;
  /** Of `not-enabled`: `iam.googleapis.com`. */
  readonly service?: string;
  /** `projects/42`, which the request counts for: where the API is off, or may not be used by this identity. */
  readonly consumer?: string;
}

const ErrorInfo = z.object({
  '@type': z.string().optional(),
  reason: z.string().optional(),
  metadata: z.record(z.string(), z.string()).default({}),
});
const Status = z.object({
  error: z.object({
    message: z.string().default(''),
    status: z.string().default(''),
    details: z.array(z.unknown()).default([]),
  }),
});

const MAX_BYTES = 64 * 1024;
const MAX_SHOWN = 300;
const PERMISSION = /^[a-z][a-zA-Z0-9]{0,63}(?:\.[a-zA-Z0-9]{1,63}){1,4}$/;
const SERVICE = /^[a-z][a-z0-9-]{0,62}\.googleapis\.com$/;
const CONSUMER = /^projects\/[a-z0-9:.-]{1,64}$/;
const NAMED = /\b[Pp]ermission '?([a-zA-Z0-9.]{3,200})/;

/** @param response not 2xx; its body is read to an end */
export async function refusalOf(response: Response): Promise<Refusal> {
  const { status } = response;
  const text = await textWithin(response, MAX_BYTES).catch(() => '');
  const told = Status.safeParse(jsonOf(text));
  if (!told.success)
    return { kind: 'refused', reason: reasonOf(status, []), status, why: `it answers ${status}` };
  const { message, details } = told.data.error;
  const infos = details.flatMap((detail) => {
    const info = ErrorInfo.safeParse(detail);
    return info.success ? [info.data] : [];
  });
  const reasons = infos.flatMap((info) => info.reason ?? []);
  const reason = reasonOf(status, reasons);
  const isOfConsumer = reason === 'not-enabled' || reasons.includes('USER_PROJECT_DENIED');
  const metadata = (name: string): string | undefined =>
    infos.map((info) => info.metadata[name]).find((value) => value !== undefined);
  const permission = reasons.includes('USER_PROJECT_DENIED')
    ? 'serviceusage.services.use'
    : (metadata('permission') ?? NAMED.exec(message)?.[1]?.replace(/\.$/, ''));
  const service = metadata('service');
  const consumer = metadata('consumer');
  return {
    kind: 'refused',
    reason,
    status,
    why: oneLine(message) || `it answers ${status}`,
    ...(permission !== undefined && PERMISSION.test(permission) ? { permission } : undefined),
    ...(reason === 'not-enabled' && service !== undefined && SERVICE.test(service) ? { service } : undefined),
    ...(isOfConsumer && consumer !== undefined && CONSUMER.test(consumer) ? { consumer } : undefined),
  };
}

function reasonOf(status: number, told: readonly string[]): RefusalReason {
  if (told.includes('SERVICE_DISABLED')) return 'not-enabled';
  if (status === 401 || told.includes('ACCESS_TOKEN_SCOPE_INSUFFICIENT')) return 'signed-out';
  if (status === 403) return 'denied';
  if (status === 404) return 'not-found';
  return status >= 400 && status < 500 ? 'invalid' : 'unavailable';
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim().slice(0, MAX_SHOWN);
