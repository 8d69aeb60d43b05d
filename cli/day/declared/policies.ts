/** Who may do what with data jobs, as the company declares it: Cedar policies, as they stand in files. */

const PROD = `
// Scheduled work.
@id("schedulers-run-prod-jobs")
permit (
  principal in Jobtrail::Group::"schedulers",
  action in [Jobtrail::Action::"job", Jobtrail::Action::"workflow", Jobtrail::Action::"session"],
  resource in Jobtrail::Environment::"prod"
);

// People submit through the portal or a notebook: with credentials that expire.
@id("analysts-run-prod-jobs")
permit (
  principal in Jobtrail::Group::"analysts",
  action in [Jobtrail::Action::"job", Jobtrail::Action::"session"],
  resource in Jobtrail::Environment::"prod"
)
unless { context.userManagedKey };

@id("on-call-runs-prod-jobs")
permit (
  principal in Jobtrail::Group::"on-call",
  action in Jobtrail::Action::"job",
  resource in Jobtrail::Environment::"prod"
);

@id("partner-pulls-prices")
permit (
  principal in Jobtrail::Group::"partners",
  action == Jobtrail::Action::"job.submit",
  resource in Jobtrail::Environment::"prod"
);

// Agents act for somebody, or with an approval of the change system.
@id("agents-for-their-people")
permit (
  principal is Jobtrail::Agent,
  action in Jobtrail::Action::"job",
  resource in Jobtrail::Environment::"prod"
)
when { context.delegations > 0 };

// What the engines do for jobs that were submitted.
@id("engines-run-what-was-submitted")
permit (
  principal is Jobtrail::System,
  action in [Jobtrail::Action::"job", Jobtrail::Action::"workflow"],
  resource in Jobtrail::Environment::"prod"
);

@id("jobs-query-what-they-need")
permit (
  principal is Jobtrail::ServiceAccount,
  action in Jobtrail::Action::"job",
  resource in Jobtrail::Environment::"prod"
)
when { principal has environment && principal.environment == "prod" && context.delegations == 0 };
`;

const EVERYWHERE = `
// Nobody starts work with an account that somebody else lent, but for declared agents.
@id("no-borrowed-accounts")
forbid (
  principal is Jobtrail::ServiceAccount,
  action == Jobtrail::Action::"job.submit",
  resource in Jobtrail::Environment::"prod"
)
when { context.delegations > 0 };
`;

/** By the name of the file beside the configuration. */
export const COMPANY_POLICIES: ReadonlyMap<string, string> = new Map([
  ['policies/prod.cedar', PROD.trimStart()],
  ['policies/everywhere.cedar', EVERYWHERE.trimStart()],
]);
