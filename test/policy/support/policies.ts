/** Cedar policies put together at random: valid ones, of every way to look at an event. */
import fc from 'fast-check';

const SCOPES = {
  principal: [
    'principal',
    'principal in Jobtrail::Group::"team-1"',
    'principal is Jobtrail::Agent',
    'principal == Jobtrail::User::"user:google:ana@example.com"',
  ],
  action: [
    'action',
    'action == Jobtrail::Action::"data.read"',
    'action in Jobtrail::Action::"job"',
    'action in [Jobtrail::Action::"job.submit", Jobtrail::Action::"data"]',
  ],
  resource: [
    'resource',
    'resource in Jobtrail::Environment::"prod"',
    'resource in Jobtrail::Environment::"dev"',
  ],
};

const CERTAIN = [
  'context.credential == "static-key"',
  'context.userManagedKey',
  'context.hour >= 6 && context.hour < 20',
  'resource has environment && resource.environment == "prod"',
  'resource in Jobtrail::Environment::"prod"',
  'resource has jobName && resource.jobName == "nightly"',
  'resource has classification && resource.classification == "restricted"',
  'principal has lane && principal.lane == "team-1"',
  'principal in [Jobtrail::Group::"analysts", Jobtrail::Group::"team-1"]',
  'principal is Jobtrail::Agent',
  'context.reads.contains("gs://team-1/a")',
  'resource.name like "gs://team-*"',
  '(if principal is Jobtrail::Agent then context.outcome else context.credential) == "allowed"',
  '{"is": context.outcome, "has": "x"} == {"is": "denied", "has": "x"}',
];

const AWAITED = [
  'context has approval',
  'context has approval && context.approval.signed',
  'context has approval && context.approval.signed && !context.approval.selfApproved',
  'context has approval && context.approval.by == "user:google:ben@example.com"',
  'context has approval.by && context.approval.kind like "change*"',
  'context has through',
  'context has through && context.through.contains("gateway")',
  'context has through && context.through.containsAll(["gateway", "mesh"])',
  'context has prior && context.prior.existed',
  'context has prior && !context.prior.byDeployer',
];

/** Without the conditions that can only be answered "it depends" however they turn out. */
const EXACT_AWAITED = AWAITED.filter((text) => !text.includes('.by') && !text.includes('.kind'));

const conditionsOf = (atoms: readonly string[]): fc.Arbitrary<string> => {
  const atom = fc.constantFrom(...atoms).map((text) => `(${text})`);
  const joined = fc
    .tuple(atom, fc.constantFrom('&&', '||'), fc.boolean(), atom)
    .map(([left, operator, negated, right]) => `${left} ${operator} ${negated ? '!' : ''}${right}`);
  return fc
    .tuple(fc.constantFrom('when', 'unless'), fc.oneof(atom, joined))
    .map(([kind, body]) => `${kind} { ${body} }`);
};

const setOf = (atoms: readonly string[]): fc.Arbitrary<string> =>
  fc
    .array(
      fc.tuple(
        fc.constantFrom('permit', 'permit', 'forbid'),
        fc.constantFrom(...SCOPES.principal),
        fc.constantFrom(...SCOPES.action),
        fc.constantFrom(...SCOPES.resource),
        fc.array(conditionsOf(atoms), { maxLength: 2 }),
      ),
      { minLength: 1, maxLength: 6 },
    )
    .map((policies) =>
      policies
        .map(([effect, principal, action, resource, conditions], index) =>
          [`@id("p${index}")`, `${effect} (${principal}, ${action}, ${resource})`, ...conditions].join('\n'),
        )
        .join(';\n')
        .concat(';\n'),
    );

export const certainPolicies = setOf(CERTAIN);
export const policies = setOf([...CERTAIN, ...AWAITED]);
export const exactPolicies = setOf([...CERTAIN, ...EXACT_AWAITED]);
