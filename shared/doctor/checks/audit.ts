/** The audit configuration: whether the data access logs that detections look at are written at all. */
import type { PolicyFacts } from '../facts.ts';
import { type Asked, type CheckText, type Line, some, teller } from '../line.ts';

export const AUDIT: CheckText = {
  name: 'audit',
  looksAt: 'the audit configuration of each project of `environments`, its folders and its organisation',
  wrongWhen: 'a type of data access log that detections need is on nowhere above the project',
  warnsWhen: 'somebody other than the accounts of the pipeline is exempted from one',
};

export interface AuditNeed {
  readonly service: string;
  readonly types: readonly ('ADMIN_READ' | 'DATA_READ' | 'DATA_WRITE')[];
  /** What is not seen without them. */
  readonly without: string;
}

/** Per service, as the pages of docs/sources/ say. */
export const AUDIT_NEEDS: readonly AuditNeed[] = [
  {
    service: 'iam.googleapis.com',
    types: ['ADMIN_READ', 'DATA_READ'],
    without: 'tokens minted by impersonation',
  },
  {
    service: 'sts.googleapis.com',
    types: ['ADMIN_READ', 'DATA_READ'],
    without: 'tokens of federated identities',
  },
  {
    service: 'storage.googleapis.com',
    types: ['DATA_READ', 'DATA_WRITE'],
    without: 'objects that were read or written',
  },
  {
    service: 'spanner.googleapis.com',
    types: ['DATA_READ', 'DATA_WRITE'],
    without: 'rows that were read or written',
  },
  {
    service: 'cloudresourcemanager.googleapis.com',
    types: ['ADMIN_READ'],
    without: 'who launched a Dataflow template',
  },
  {
    service: 'pubsub.googleapis.com',
    types: ['ADMIN_READ'],
    without: 'a subscription that was moved in time',
  },
  { service: 'secretmanager.googleapis.com', types: ['DATA_READ'], without: 'secrets that were read' },
];

const tell = teller(AUDIT);

/**
 * @param policies of the project and all above it
 * @param own project of the pipeline, whose accounts may be exempted
 */
export function checkAudit(
  project: string,
  own: string,
  policies: readonly Asked<PolicyFacts>[],
): readonly Line[] {
  const about = `projects/${project}`;
  const known = policies.flatMap((policy) => (policy.kind === 'answer' ? [policy.value] : []));
  const missing = AUDIT_NEEDS.flatMap(({ service, types, without }) => {
    const lacking = types.filter((type) => rulesOf(known, service, type).length === 0);
    return lacking.length === 0 ? [] : [{ service, lacking, without }];
  });
  const refused = policies.find((policy) => policy.kind === 'refused');
  // What is missing here may be on above, where nobody could look.
  if (refused !== undefined && (missing.length > 0 || known.length === 0))
    return [tell.unasked(about, refused)];
  const lines = missing.map(({ service, lacking, without }) => {
    const says = `off for ${service}: ${lacking.join(', ')}; nothing tells of ${without}`;
    return tell.wrong(about, says, `terraform apply -var 'data_access_logs={parent="${about}"}'`);
  });
  const exempted = AUDIT_NEEDS.flatMap(({ service, types }) =>
    types.flatMap((type) =>
      rulesOf(known, service, type)
        .flatMap((rule) => rule.exempted)
        .filter((member) => !member.endsWith(`@${own}.iam.gserviceaccount.com`))
        .map((member) => `${member} (${type} of ${service})`),
    ),
  );
  if (exempted.length > 0) {
    const says = `not logged: ${some([...new Set(exempted)])}`;
    lines.push(
      tell.warning(
        about,
        says,
        `gcloud projects get-iam-policy ${project} --format=json > policy.json # take exemptedMembers out, then: gcloud projects set-iam-policy ${project} policy.json`,
      ),
    );
  }
  return lines.length > 0
    ? lines
    : [tell.ok(about, `data access logs of ${AUDIT_NEEDS.length} services are on`)];
}

/** A type is on where any level has it on, for the service or for all; exemptions add up. */
const rulesOf = (
  policies: readonly PolicyFacts[],
  service: string,
  type: string,
): PolicyFacts['auditConfigs'][number]['types'] =>
  policies
    .flatMap(({ auditConfigs }) => auditConfigs)
    .filter((config) => config.service === service || config.service === 'allServices')
    .flatMap(({ types }) => types)
    .filter((one) => one.type === type);
