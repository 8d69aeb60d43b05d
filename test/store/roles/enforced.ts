/** The Spanner emulator with the database roles that it does not have: a session of a role is refused what the role was not granted. */
import { protos } from '@google-cloud/spanner';
import { optionalMigration } from '../../../shared/store/spanner/migrations.ts';
import { openFront, PASS, type Front } from '../../support/spanner-front.ts';
import { readGrants, type Grants } from './grants.ts';
import { askedBy, lackOf } from './needs.ts';

const { v1 } = protos.google.spanner;
const DENIED = 7;
const NOT_FOUND = 5;
const ABORTED = 10;

export interface Enforced extends Front {
  readonly grants: Grants;
  /** What was refused, each once: a caller may have swallowed the error. */
  readonly denied: ReadonlySet<string>;
  /** `ROLE: PRIVILEGE NAME` of what was asked and allowed. */
  readonly used: ReadonlySet<string>;
  /** The next commit takes place, and whoever sent it is told to try again. */
  loseNextCommit(): void;
}

/** @param statements other than those of schemas/spanner/optional/roles.sql */
export async function enforceRoles(
  emulator: string,
  statements: readonly string[] = optionalMigration('roles').statements,
): Promise<Enforced> {
  const grants = readGrants(statements);
  /** Session → its role; one without is not restricted by roles. */
  const roleOf = new Map<string, string>();
  const denied = new Set<string>();
  const used = new Set<string>();
  let loses = false;
  const front = await openFront(emulator, {
    onCall(method, message) {
      const role = roleAsked(method, message);
      if (role !== undefined && !grants.roles.has(role)) {
        denied.add(`there is no role ${role}`);
        return { kind: 'refuse', refusal: { code: NOT_FOUND, message: `Database role not found: ${role}` } };
      }
      const asked = askedBy(method, message);
      const of = asked === undefined ? undefined : roleOf.get(asked.session);
      if (asked === undefined || of === undefined) return PASS;
      for (const need of asked.needs) {
        const lack = lackOf(grants, of, need);
        if (lack === undefined) used.add(`${of}: ${need.privilege} ${need.name}`);
        else {
          denied.add(lack);
          return { kind: 'refuse', refusal: { code: DENIED, message: `Role ${lack}.` } };
        }
      }
      if (!loses || !method.endsWith('/Commit')) return PASS;
      loses = false;
      return { kind: 'lose', refusal: { code: ABORTED, message: 'The answer was lost on its way.' } };
    },
    onAnswer(method, request, message) {
      const role = roleAsked(method, request);
      if (role === undefined) return;
      const made = method.endsWith('/CreateSession')
        ? [v1.Session.decode(message)]
        : v1.BatchCreateSessionsResponse.decode(message).session;
      for (const { name } of made) if (typeof name === 'string') roleOf.set(name, role);
    },
  });
  return { ...front, grants, denied, used, loseNextCommit: () => void (loses = true) };
}

function roleAsked(method: string, message: Uint8Array): string | undefined {
  const asked = method.endsWith('/CreateSession')
    ? v1.CreateSessionRequest.decode(message).session
    : method.endsWith('/BatchCreateSessions')
      ? v1.BatchCreateSessionsRequest.decode(message).sessionTemplate
      : undefined;
  const role = asked?.creatorRole;
  return typeof role === 'string' && role !== '' ? role : undefined;
}
