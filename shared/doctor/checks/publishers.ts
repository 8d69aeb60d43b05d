/**
 * Who may publish to the topics that sources read: what is published there is taken for what Google's logging wrote, so a
 * publisher that is no sink can forge any record.
 */
import type { Level } from '../facts.ts';
import { type Grant, grantedBy, grantText, type Roles, unknownLines } from '../grants.ts';
import { revoke } from '../gcloud.ts';
import { PUBLISH } from '../known-roles.ts';
import { type CodeOf, createCheck, type Line, type Refused, some } from '../line.ts';
import { memberKind } from '../members.ts';

export const PUBLISHERS = createCheck({
  name: 'publishers',
  looksAt:
    'who may publish to the topic of each source and to that of its dead letters, beside the writers of its sinks: every role that has `pubsub.topics.publish`, own ones included, on the topic, its project and all above it',
  codes: {
    'anybody-publishes': {
      state: 'wrong',
      means:
        'a person, a group, everybody, or the writer that sinks of all customers shared may publish: any record can be forged',
    },
    'account-publishes': {
      state: 'wrong',
      means:
        'a service account or a pool may publish that is no writer of a sink of this source, and is not among `evidenceWriters`',
    },
    'other-sink-publishes': {
      state: 'warning',
      means:
        'a writer of sinks may publish whose sink was not seen: it is gone, or it is where doctor did not look (`--scope`)',
    },
  },
});

export interface PublishersQuestion {
  /** `projects/P/topics/T`, or `projects/P` for what is granted on all topics of it. */
  readonly about: string;
  readonly levels: readonly Level[];
  readonly roles: Roles;
  /** Whether a member is to publish there. */
  readonly isExpected: (member: string) => boolean;
  /** Why some sinks could not be seen, of which a writer may be. */
  readonly unseen: Refused | undefined;
  /** What is so where nobody else may. */
  readonly says: string;
  /** Whose records prove themselves, so that accounts may be named to publish them: approvals and the like. */
  readonly isOpen: boolean;
}

type Code = CodeOf<typeof PUBLISHERS>;
const SHOWN = 10;
const LOGGING_AGENT = '@gcp-sa-logging.iam.gserviceaccount.com';

export function checkPublishers({
  about,
  levels,
  roles,
  isExpected,
  unseen,
  says,
  isOpen,
}: PublishersQuestion): readonly Line[] {
  const granted = grantedBy(levels, [PUBLISH], roles);
  const lines = [...unknownLines(PUBLISHERS, about, PUBLISH, granted)];
  const others = granted.grants.filter(({ member }) => !isExpected(member));
  const bad = Map.groupBy(
    others.flatMap((grant) => {
      const code = codeOf(grant, isOpen);
      return code === undefined ? [] : [{ ...grant, code }];
    }),
    (grant) => `${grant.code} ${grantText(grant)}`,
  );
  for (const grants of bad.values()) {
    const [first] = grants;
    if (first === undefined) continue;
    const { code, resource, role, condition } = first;
    const members = grants.map(({ member }) => member);
    if (code === 'other-sink-publishes' && unseen !== undefined) {
      const why = `whether ${some(members, SHOWN)} is the writer of a sink of this source: ${unseen.why}`;
      lines.push(PUBLISHERS.unasked(about, { ...unseen, why }));
      continue;
    }
    const mends = members.slice(0, SHOWN).map((member) => revoke(resource, member, role, condition));
    lines.push(
      PUBLISHERS.found(
        code,
        about,
        `${some(members, SHOWN)} ${SAYS[code]} (${grantText(first)})`,
        mends.join(' && '),
      ),
    );
  }
  if (lines.length > 0) return lines;
  const open = others.map(({ member }) => member).filter((member) => memberKind(member) === 'account');
  if (isOpen && open.length > 0) {
    const named = `${some([...new Set(open)], SHOWN)} may publish: what comes proves itself, or counts as claimed only`;
    return [PUBLISHERS.ok(about, named)];
  }
  return [PUBLISHERS.ok(about, says)];
}

const SAYS: Readonly<Record<Code, string>> = {
  'anybody-publishes': 'may publish: any record could be forged',
  'account-publishes': 'may publish and is the writer of no sink of this source: any record could be forged',
  'other-sink-publishes': 'may publish and is the writer of no sink that was seen',
};

function codeOf({ member, resource }: Grant, isOpen: boolean): Code | undefined {
  switch (memberKind(member)) {
    case 'everybody':
    case 'people':
      return 'anybody-publishes';
    case 'account':
    case 'pool':
      return isOpen ? undefined : 'account-publishes';
    case 'google':
      if (member.endsWith(LOGGING_AGENT)) return 'other-sink-publishes';
      // By its role in the project an agent does what the project's people tell it; on one topic somebody let it in.
      return isOpen || !resource.includes('/topics/') ? undefined : 'account-publishes';
    case 'gone':
    default:
      return undefined;
  }
}
