/** What a change of an IAM policy gives, takes and leaves, from every delta of it (shared/audit/iam-policy.ts). */
import type { TrailClaims } from '../model/trail-event.ts';
import type { Found } from './detection.ts';
import { isCut, listOf } from './evidence.ts';

export interface Binding {
  readonly role: string;
  readonly member: string;
  /** CEL expression. */
  readonly condition: string | undefined;
}

export interface Bindings {
  readonly added: readonly Binding[];
  readonly removed: readonly Binding[];
  /** Of a policy set whole, of which the entry does not tell what it was before: some of these are new, or none. */
  readonly standing: readonly Binding[];
  /** More than are listed. */
  readonly cut: boolean;
}

export function bindingsOf(claims: TrailClaims): Bindings {
  const added: Binding[] = [];
  const removed: Binding[] = [];
  for (const [action, role = '', member = '', condition] of listOf(claims, 'bindingDeltas')) {
    if (action === 'ADD') added.push({ role, member, condition });
    if (action === 'REMOVE') removed.push({ role, member, condition });
  }
  const standing = listOf(claims, 'policyGrants').map(([role = '', member = '', condition]) => ({
    role,
    member,
    condition,
  }));
  return {
    added,
    removed,
    standing,
    cut: isCut(claims, 'bindingDeltas') || isCut(claims, 'policyGrants'),
  };
}

export const isCustomRole = (role: string): boolean =>
  role.startsWith('projects/') || role.startsWith('organizations/');

/** An IAM policy of a project, folder or organisation, which all below it inherit. */
export const isContainer = (resource: string | undefined): boolean =>
  resource !== undefined && /^(?:\/\/[^/]+\/)?(?:projects|folders|organizations)\/[^/]+$/.test(resource);

const RANK = { critical: 0, high: 1, medium: 2, low: 3 } as const;

/**
 * Only so many findings of one rule are kept of an entry: decoys must not push out the one that matters. What is certain
 * comes before what is not, however severe that would be; of each the most severe first.
 */
export const mostTellingFirst = (found: readonly Found[]): readonly Found[] =>
  found.toSorted((a, b) => unsureOf(a) - unsureOf(b) || rankOf(a) - rankOf(b));

const unsureOf = ({ verdict }: Found): number => (verdict === 'undetermined' ? 1 : 0);
const rankOf = ({ severity }: Found): number => RANK[severity ?? 'high'];
