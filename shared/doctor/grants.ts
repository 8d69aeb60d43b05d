/** Who has a permission on a resource: by its own policy and those above it, by any role that holds it. */
import type { Condition, Level, RoleFacts } from './facts.ts';
import { type Asked, type Check, type Line, type Refused, some } from './line.ts';
import { knownToGive } from './known-roles.ts';

export type Roles = ReadonlyMap<string, Asked<RoleFacts>>;

export interface Grant {
  readonly member: string;
  readonly role: string;
  /** Whose policy has it. */
  readonly resource: string;
  readonly condition: Condition | undefined;
}

export interface Granted {
  readonly grants: readonly Grant[];
  /** Roles that could not be looked up, with those who have them: they may have it as well. */
  readonly unknown: readonly {
    readonly role: string;
    readonly members: readonly string[];
    readonly refused: Refused;
  }[];
  /** Policies that could not be read. */
  readonly unread: readonly { readonly resource: string; readonly refused: Refused }[];
}

/** @param permissions any of which is meant */
export function grantedBy(levels: readonly Level[], permissions: readonly string[], roles: Roles): Granted {
  const grants: Grant[] = [];
  const unknown: Granted['unknown'][number][] = [];
  const unread: Granted['unread'][number][] = [];
  for (const { resource, asked } of levels) {
    if (asked.kind === 'refused') {
      unread.push({ resource, refused: asked });
      continue;
    }
    for (const { role, members, condition } of asked.value.bindings) {
      const looked = roles.get(role);
      const gives =
        looked?.kind === 'answer'
          ? permissions.some((permission) => looked.value.has(permission))
          : knownToGive(role, permissions);
      if (gives === true) for (const member of members) grants.push({ member, role, resource, condition });
      if (gives === undefined && looked?.kind === 'refused') unknown.push({ role, members, refused: looked });
    }
  }
  return { grants, unknown, unread };
}

/** Every role that a policy of these names. */
export const rolesOf = (levels: readonly Level[]): ReadonlySet<string> =>
  new Set(
    levels.flatMap(({ asked }) =>
      asked.kind === 'answer'
        ? asked.value.bindings.flatMap(({ role, members }) => (members.length > 0 ? [role] : []))
        : [],
    ),
  );

/** `roles/R on projects/P`, with the condition that doctor does not evaluate. */
export function grantText({ role, resource, condition }: Omit<Grant, 'member'>): string {
  const place = `${role} on ${resource}`;
  if (condition === undefined) return place;
  return `${place}, under the condition ${condition.title.slice(0, 100)}: ${condition.expression.slice(0, 200)}`;
}

/** Lines of what is not known of who has a permission. */
export function unknownLines(
  check: Check<string>,
  about: string,
  permission: string,
  { unknown, unread }: Omit<Granted, 'grants'>,
): readonly Line[] {
  const byMend = Map.groupBy(unknown, ({ refused }) => refused.mend);
  return [
    ...unread.map(({ resource, refused }) =>
      check.unasked(resource === about ? about : `${about} by ${resource}`, refused),
    ),
    ...[...byMend.values()].flatMap((ones) => {
      const [first] = ones;
      if (first === undefined) return [];
      const roles = [...new Set(ones.map(({ role }) => role))];
      const members = [...new Set(ones.flatMap((one) => one.members))];
      const why = `whether ${some(roles)} of ${some(members)} gives ${permission}: ${first.refused.why}`;
      return [check.unasked(about, { ...first.refused, why })];
    }),
  ];
}
