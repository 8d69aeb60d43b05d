/** Questions put to Cedar: a prepared set asked for its answer, single policies asked about what is not known yet. */
import type { DetailedError, Policy } from '@cedar-policy/cedar-wasm/nodejs';
import { cedar } from '../cedar.ts';
import type { CedarRequest } from './request.ts';

type NamedPolicies = readonly (readonly [id: string, policy: Policy])[];

export interface Answer {
  /** Ids of the permits that hold; empty where a forbid does. */
  readonly permits: readonly string[];
  readonly forbids: readonly string[];
  /** Could not be evaluated, which the schema's validation leaves to arithmetic beyond 64 bits. */
  readonly failed: readonly string[];
}

const NOTHING: Answer = { permits: [], forbids: [], failed: [] };

/** @param set name of the set: one name, one content, for the life of the process */
export function prepareSet(set: string, policies: NamedPolicies): (request: CedarRequest) => Answer {
  if (policies.length === 0) return () => NOTHING;
  const answer = cedar().preparsePolicySet(set, { staticPolicies: Object.fromEntries(policies) });
  if (answer.type === 'failure') throw refused(answer.errors);
  return (request) => askSet(set, request);
}

function askSet(set: string, request: CedarRequest): Answer {
  const answer = cedar().statefulIsAuthorized({
    ...request,
    preparsedPolicySetId: set,
    validateRequest: false,
  });
  if (answer.type === 'failure') throw refused(answer.errors);
  const { decision, diagnostics } = answer.response;
  const failed = diagnostics.errors.map(({ policyId }) => policyId);
  // Denied with reasons: those forbid. Denied without: nobody permits.
  return decision === 'allow'
    ? { permits: diagnostics.reason, forbids: [], failed }
    : { permits: [], forbids: diagnostics.reason, failed };
}

export interface PartialAnswer {
  readonly holds: readonly string[];
  /** Neither true nor false until what is unknown in the context is known. */
  readonly open: readonly string[];
  readonly failed: readonly string[];
}

/** For requests whose context has unknowns, which a prepared set does not take. */
export function askPartially(policies: NamedPolicies, request: CedarRequest): PartialAnswer {
  const answer = cedar().isAuthorizedPartial({
    ...request,
    policies: { staticPolicies: Object.fromEntries(policies) },
  });
  if (answer.type === 'failure') throw refused(answer.errors);
  const { satisfied, nontrivialResiduals, errored } = answer.response;
  return { holds: satisfied, open: nontrivialResiduals, failed: errored };
}

const refused = (errors: readonly DetailedError[]): Error =>
  new Error(`Cedar refused what was made for it: ${errors[0]?.message}`);
