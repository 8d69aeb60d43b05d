/** From what a proxy saw of an answer to an outcome. */
import type { Outcome } from '../../model/event.ts';
import { denialOf, hasFlag, type Denial } from './denial.ts';

export interface Verdict {
  readonly outcome: Outcome;
  /** Set where the mesh itself refused. */
  readonly denial?: Denial;
  /** Set where a 401 or 403 is not the mesh's: the service's own answer, or one the proxy gave by configuration. */
  readonly deniedBy?: 'upstream' | 'proxy';
}

const ALLOWED: Verdict = { outcome: 'allowed' };
const FAILED: Verdict = { outcome: 'failed' };
const UNKNOWN: Verdict = { outcome: 'unknown' };
const DENIED: Verdict = { outcome: 'denied' };
const DENIED_BY_UPSTREAM: Verdict = { outcome: 'denied', deniedBy: 'upstream' };
const DENIED_BY_PROXY: Verdict = { outcome: 'denied', deniedBy: 'proxy' };

/** Details of an answer that came from the service behind the proxy. */
export const VIA_UPSTREAM = 'via_upstream';

/**
 * Status 0 or none: no answer was seen. That is `failed` when a flag says why, and `unknown` otherwise; also for a
 * client that hung up (DC), since the service may have done the work by then. An answer below 400 is `allowed`
 * whatever flags came after it: the call took effect.
 */
export function verdictOf(
  status: number | undefined,
  flags: string | undefined,
  details: string | undefined,
): Verdict {
  if (details !== VIA_UPSTREAM) {
    const denial = denialOf(details, flags);
    if (denial !== undefined) return { outcome: 'denied', denial };
  }
  if (status === undefined || status < 100) {
    if (flags === undefined) return UNKNOWN;
    return flags === 'DC' || hasFlag(flags, 'DownstreamConnectionTermination') ? UNKNOWN : FAILED;
  }
  if (status < 400) return ALLOWED;
  if (status !== 401 && status !== 403) return FAILED;
  if (details === undefined) return DENIED;
  return details === VIA_UPSTREAM ? DENIED_BY_UPSTREAM : DENIED_BY_PROXY;
}

/** A gRPC call is refused inside a 200: the trailer's status, as a name (`PermissionDenied`) or a number, decides. */
export function grpcVerdict(verdict: Verdict, grpcStatus: string | number | undefined): Verdict {
  if (verdict !== ALLOWED || grpcStatus === undefined) return verdict;
  switch (String(grpcStatus)) {
    case '-':
    case '':
    case '0':
    case 'OK':
      return verdict;
    case '7':
    case 'PermissionDenied':
    case 'PERMISSION_DENIED':
    case '16':
    case 'Unauthenticated':
    case 'UNAUTHENTICATED':
      return DENIED_BY_UPSTREAM;
    default:
      return FAILED;
  }
}
