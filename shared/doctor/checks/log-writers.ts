/** Who may write the logs that count as evidence: whoever may write log entries of a mesh project can invent calls. */
import type { Level } from '../facts.ts';
import { type Grant, grantedBy, grantText, type Roles, unknownLines } from '../grants.ts';
import { revoke } from '../gcloud.ts';
import { WRITE_LOGS } from '../known-roles.ts';
import { type CodeOf, counted, createCheck, type Line, some } from '../line.ts';
import { type MemberKind, memberKind } from '../members.ts';

export const LOG_WRITERS = createCheck({
  name: 'log-writers',
  looksAt:
    'who may write log entries in each of `meshProjects`: every role that has `logging.logEntries.create` or `logging.logEntries.route`, own ones included, by the IAM policies of the project and all above it',
  codes: {
    'people-write-logs': {
      state: 'wrong',
      means:
        'a person, a group, a domain or everybody may write entries there: a call through the mesh can be invented. Who is in a group or a domain is not looked up. Whoever is meant to is declared under `evidenceWriters`',
    },
    'pool-writes-logs': { state: 'warning', means: 'every identity of a pool may' },
    'basic-role-writes-logs': {
      state: 'warning',
      means: 'a service account may by the role owner or editor, which was hardly meant',
    },
    'jobs-write-logs': {
      state: 'warning',
      means:
        'the code of data jobs may, by the role of their workers: what they write there counts as evidence of their own calls',
    },
  },
});

const PERMISSION = 'logging.logEntries.create';
const BASIC: ReadonlySet<string> = new Set(['roles/owner', 'roles/editor']);
const JOBS: ReadonlySet<string> = new Set(['roles/dataproc.worker', 'roles/dataflow.worker']);
/** Names in a line. */
const SHOWN = 10;

type Code = CodeOf<typeof LOG_WRITERS>;

export interface LogWritersQuestion {
  readonly project: string;
  /** Policies of the project and all above it. */
  readonly levels: readonly Level[];
  readonly roles: Roles;
  /** Whether the configuration names a member among its `evidenceWriters`. */
  readonly isDeclared: (member: string) => boolean;
}

export function checkLogWriters({ project, levels, roles, isDeclared }: LogWritersQuestion): readonly Line[] {
  const about = `projects/${project}`;
  const granted = grantedBy(levels, WRITE_LOGS, roles);
  const lines = [...unknownLines(LOG_WRITERS, about, PERMISSION, granted)];
  const bad = Map.groupBy(
    granted.grants.flatMap((grant) => {
      if (isDeclared(grant.member)) return [];
      const code = codeOf(grant, memberKind(grant.member));
      return code === undefined ? [] : [{ ...grant, code }];
    }),
    (grant) => `${grant.code} ${grantText(grant)}`,
  );
  for (const grants of bad.values()) {
    const [first] = grants;
    if (first !== undefined)
      lines.push(
        lineOf(
          about,
          first.code,
          first,
          grants.map(({ member }) => member),
        ),
      );
  }
  if (lines.length > 0) return lines;
  const writers = [...new Set(granted.grants.map(({ member }) => member))];
  const accounts = writers
    .filter((member) => memberKind(member) === 'account' || isDeclared(member))
    .toSorted();
  const says =
    accounts.length === 0
      ? 'nobody but agents of Google may write log entries'
      : `${counted(accounts.length, 'account')} may write log entries, and nobody else: ${some(accounts, SHOWN)}`;
  return [LOG_WRITERS.ok(about, says)];
}

function codeOf({ role }: Grant, kind: MemberKind): Code | undefined {
  switch (kind) {
    case 'people':
    case 'everybody':
      return 'people-write-logs';
    case 'pool':
      return 'pool-writes-logs';
    case 'account':
      if (BASIC.has(role)) return 'basic-role-writes-logs';
      return JOBS.has(role) ? 'jobs-write-logs' : undefined;
    case 'google':
    case 'gone':
      return undefined;
    default:
      return kind satisfies never;
  }
}

function lineOf(about: string, code: Code, grant: Grant, members: readonly string[]): Line {
  const { member, role, resource, condition } = grant;
  const where = grantText(grant);
  const says = {
    'people-write-logs': `may write log entries (${where}): records of the mesh could be invented${groupText(members)}`,
    'pool-writes-logs': `a whole pool of identities may write log entries (${where})`,
    'basic-role-writes-logs': `may write log entries by a basic role (${where})`,
    'jobs-write-logs': `the code of jobs may write log entries (${where})`,
  }[code];
  const mend = members.map((one) => revoke(resource, one, role, condition)).slice(0, SHOWN);
  return LOG_WRITERS.found(
    code,
    about,
    code === 'people-write-logs' ? `${some(members, SHOWN)} ${says}` : `${some(members, SHOWN)}: ${says}`,
    mend.length > 0 ? mend.join(' && ') : revoke(resource, member, role, condition),
  );
}

const groupText = (members: readonly string[]): string =>
  members.some((member) => /^(?:group|domain):/.test(member))
    ? '; who is in a group or domain is not looked up'
    : '';
