/** Google's APIs as a backfill and a redrive ask them: for hours, with patience, and what is refused ends the run with what helps. */
import { JobtrailError } from '../errors.ts';
import {
  type Answer,
  type ApiLimits,
  type ApiRequest,
  ask,
  type GoogleApi as Client,
} from '../google-api/client.ts';
import type { Refusal } from '../google-api/refusal.ts';
import { printable } from '../observe/printable.ts';

export interface GoogleApi extends Client {
  /** What the identity needs: a role. */
  readonly needs: string;
}

/** Eight tries last a minute and a half; what the API asks to wait is waited, however long. A page has 1,000 entries at most. */
const PATIENT = {
  attempts: 8,
  timeoutMs: 60_000,
  backoffMs: 1_000,
  maxWaitMs: Number.POSITIVE_INFINITY,
  maxBytes: 320 * 1024 * 1024,
};

export const patient = (api: GoogleApi): GoogleApi => ({ ...api, limits: { ...PATIENT, ...api.limits } });

/**
 * @param read what becomes of the body of a 2xx
 * @throws JobtrailError `usage` where there are no credentials
 */
export const askApi = <T>(
  api: GoogleApi,
  request: ApiRequest,
  read: (response: Response, limits: ApiLimits) => Promise<T>,
): Promise<Answer<T>> => ask(patient(api), request, read);

export const unavailable = ({ service }: GoogleApi, why: string, cause?: unknown): JobtrailError =>
  new JobtrailError(
    'api-unavailable',
    `${service} does not answer as it should: ${why.slice(0, 300)}.`,
    'What was read until here is stored; the same command goes on from there.',
    { cause },
  );

/** The error for a refusal, for the caller to throw. Names in what it says may be of anybody's making. */
export function errorOf(api: GoogleApi, { reason, why }: Refusal): JobtrailError {
  if (reason === 'unavailable' || reason === 'unreachable') return unavailable(api, printable(why));
  const mayNot = reason === 'denied' || reason === 'signed-out';
  return new JobtrailError(
    'api-refused',
    `${api.service} ${mayNot ? 'does not let this identity read' : 'refuses'}: ${printable(why)}`,
    mayNot
      ? `Grant it ${api.needs}, or sign in as one that has it (gcloud auth application-default login), and run again.`
      : 'Correct the names and the filter, and run again.',
  );
}
