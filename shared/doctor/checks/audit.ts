/** The audit configuration: whether the data access logs that detections look at are written at all. */
import type { SourceName } from '../../sources/source.ts';
import type { Level, PolicyFacts } from '../facts.ts';
import { rewriting } from '../gcloud.ts';
import { counted, createCheck, type Line, some } from '../line.ts';
import { memberKind } from '../members.ts';
import { shellWord } from '../shell.ts';

export const AUDIT = createCheck({
  name: 'audit',
  looksAt:
    'the audit configuration of each project of `environments`, its folders and its organisation, for the sources that are taken in',
  codes: {
    off: {
      state: 'wrong',
      means: 'a type of data access log that detections need is on nowhere above the project',
    },
    exempted: {
      state: 'warning',
      means:
        'somebody other than the accounts of the pipeline is exempted from one: what they read or write leaves no record',
    },
  },
});

type LogType = 'ADMIN_READ' | 'DATA_READ' | 'DATA_WRITE';

export interface AuditNeed {
  readonly service: string;
  readonly types: readonly LogType[];
  /** That reads the entries. */
  readonly source: SourceName;
  /** What is not seen without them. */
  readonly without: string;
}

/** Per service, as the pages of docs/sources/ say. */
export const AUDIT_NEEDS: readonly AuditNeed[] = [
  {
    service: 'iam.googleapis.com',
    types: ['ADMIN_READ', 'DATA_READ'],
    source: 'iam',
    without: 'tokens minted by impersonation',
  },
  {
    service: 'sts.googleapis.com',
    types: ['ADMIN_READ', 'DATA_READ'],
    source: 'iam',
    without: 'tokens of federated identities',
  },
  {
    service: 'storage.googleapis.com',
    types: ['DATA_READ', 'DATA_WRITE'],
    source: 'storage',
    without: 'objects that were read or written',
  },
  {
    service: 'spanner.googleapis.com',
    types: ['DATA_READ', 'DATA_WRITE'],
    source: 'spanner',
    without: 'rows that were read or written',
  },
  {
    service: 'cloudresourcemanager.googleapis.com',
    types: ['ADMIN_READ'],
    source: 'platform',
    without: 'who launched a Dataflow template',
  },
  {
    service: 'pubsub.googleapis.com',
    types: ['ADMIN_READ'],
    source: 'pubsub',
    without: 'a subscription that was moved in time',
  },
  {
    service: 'secretmanager.googleapis.com',
    types: ['DATA_READ'],
    source: 'platform',
    without: 'secrets that were read',
  },
];

export interface AuditQuestion {
  readonly project: string;
  /** Of the pipeline, whose accounts may be exempted. */
  readonly pipeline: string;
  /** Policies of the project, which is the first, and all above it. */
  readonly levels: readonly Level[];
  /** Sources that are taken in; undefined: not known, so all. */
  readonly sources: ReadonlySet<string> | undefined;
}

export function checkAudit({ project, pipeline, levels, sources }: AuditQuestion): readonly Line[] {
  const about = `projects/${project}`;
  // Under its id, where the configuration has its number.
  const own = levels[0]?.resource;
  const needs = AUDIT_NEEDS.filter(({ source }) => sources?.has(source) ?? true);
  const known = levels.flatMap(({ asked }) => (asked.kind === 'answer' ? [asked.value] : []));
  const missing = needs.flatMap(({ service, types, without }) => {
    const lacking = types.filter(
      (type) => !known.some((policy) => rulesOf(policy, service, type).length > 0),
    );
    return lacking.length === 0 ? [] : [{ service, lacking, without }];
  });
  const unread = levels.flatMap(({ resource, asked }) =>
    asked.kind === 'refused'
      ? [AUDIT.unasked(resource === about ? about : `${about} by ${resource}`, asked)]
      : [],
  );
  // What is missing here may be on where nobody could look, and what is on may exempt somebody there.
  const lines =
    unread.length > 0
      ? unread
      : missing.map(({ service, lacking, without }) =>
          AUDIT.found(
            'off',
            about,
            `off for ${service}: ${lacking.join(', ')}; nothing tells of ${without}`,
            switchOn(own ?? about, ofService(levels[0], service), service, lacking),
          ),
        );
  lines.push(...levels.flatMap((level) => exemptedLines(about, pipeline, needs, level)));
  return lines.length > 0
    ? lines
    : [AUDIT.ok(about, `data access logs of ${counted(needs.length, 'service')} are on`)];
}

type Rules = PolicyFacts['auditConfigs'][number]['types'];

/** A type is on where any level has it on, for the service or for all. */
const rulesOf = (policy: PolicyFacts, service: string, type: string): Rules =>
  policy.auditConfigs
    .filter((config) => config.service === service || config.service === 'allServices')
    .flatMap(({ types }) => types)
    .filter((one) => one.type === type);

/** What one level has for a service already, which has to stay. */
function ofService(level: Level | undefined, service: string): Rules {
  if (level?.asked.kind !== 'answer') return [];
  return level.asked.value.auditConfigs
    .filter((config) => config.service === service)
    .flatMap(({ types }) => types);
}

function switchOn(resource: string, there: Rules, service: string, lacking: readonly string[]): string {
  const auditLogConfigs = [
    ...there.map(({ type, exempted }) => ({
      logType: type,
      ...(exempted.length > 0 ? { exemptedMembers: exempted } : undefined),
    })),
    ...lacking.map((logType) => ({ logType })),
  ];
  const added = JSON.stringify([{ service, auditLogConfigs }]);
  const others = `[.auditConfigs[]? | select(.service != ${JSON.stringify(service)})]`;
  return rewrite(resource, `.auditConfigs = ${others} + ${added}`);
}

/** Exemptions of all levels add up. */
function exemptedLines(
  about: string,
  pipeline: string,
  needs: readonly AuditNeed[],
  { resource, asked }: Level,
): readonly Line[] {
  if (asked.kind === 'refused') return [];
  const exempted = needs.flatMap(({ service, types }) =>
    types.flatMap((type) =>
      rulesOf(asked.value, service, type)
        .flatMap((rule) => rule.exempted)
        .filter((member) => !isOwn(member, pipeline) && memberKind(member) !== 'gone')
        .map((member) => ({ member, what: `${member} (${type} of ${service})` })),
    ),
  );
  if (exempted.length === 0) return [];
  const says = `not logged: ${some([...new Set(exempted.map(({ what }) => what))])}${resource === about ? '' : `, by ${resource}`}`;
  const members = JSON.stringify([...new Set(exempted.map(({ member }) => member))]);
  const path = '.auditConfigs[]?.auditLogConfigs[]?.exemptedMembers[]?';
  const mend = rewrite(resource, `del(${path} | select(IN(${members}[])))`);
  return [AUDIT.found('exempted', about, says, mend)];
}

const isOwn = (member: string, pipeline: string): boolean =>
  member.startsWith('serviceAccount:jobtrail-') && member.endsWith(`@${pipeline}.iam.gserviceaccount.com`);

/** gcloud has no command for audit configuration: the policy is read, changed and written, all of it. */
function rewrite(resource: string, program: string): string {
  const [read, write] = rewriting(resource);
  return `${read} | jq ${shellWord(program)} > policy.json && ${write}`;
}
