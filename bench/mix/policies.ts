/** Policies as an organisation with several teams writes them: who may do what where, and what nobody may. */

/** What nobody may do, and what needs more than an identity: one of each, however many teams there are. */
const GENERAL: readonly ((environment: string) => string)[] = [
  (environment) => `
@id("no-static-keys-in-${environment}")
forbid (principal, action in Jobtrail::Action::"job", resource in Jobtrail::Environment::"${environment}")
when { context.credential == "static-key" || context.userManagedKey };`,
  (environment) => `
@id("${environment}-only-from-its-own-accounts")
forbid (principal is Jobtrail::ServiceAccount, action in Jobtrail::Action::"data", resource in Jobtrail::Environment::"${environment}")
unless { principal has environment && principal.environment == "${environment}" };`,
  (environment) => `
@id("agents-keep-out-of-${environment}-policies")
forbid (principal is Jobtrail::Agent, action in [Jobtrail::Action::"iam", Jobtrail::Action::"policy", Jobtrail::Action::"log"], resource in Jobtrail::Environment::"${environment}");`,
  (environment) => `
@id("restricted-data-in-${environment}-by-stewards")
forbid (principal, action in Jobtrail::Action::"data", resource in Jobtrail::Environment::"${environment}")
when { resource has classification && resource.classification == "restricted" }
unless { principal in Jobtrail::Group::"data-stewards" };`,
  (environment) => `
@id("pushes-to-${environment}-need-an-approval")
forbid (principal is Jobtrail::User, action == Jobtrail::Action::"data.share", resource in Jobtrail::Environment::"${environment}")
unless { context has approval && context.approval.signed && !context.approval.selfApproved };`,
  (environment) => `
@id("${environment}-readers")
permit (principal in Jobtrail::Group::"analysts", action == Jobtrail::Action::"data.read", resource in Jobtrail::Environment::"${environment}")
unless { resource has classification && resource.classification == "restricted" };`,
  (environment) => `
@id("${environment}-platform-operates")
permit (principal in Jobtrail::Group::"platform", action in [Jobtrail::Action::"cluster", Jobtrail::Action::"workflow", Jobtrail::Action::"job"], resource in Jobtrail::Environment::"${environment}");`,
];

/** What one team may do in one environment. */
const OF_TEAM: readonly ((team: string, environment: string) => string)[] = [
  (team, environment) => `
@id("${team}-jobs-in-${environment}")
permit (principal in Jobtrail::Group::"${team}", action in [Jobtrail::Action::"job.submit", Jobtrail::Action::"job.start", Jobtrail::Action::"job.cancel"], resource in Jobtrail::Environment::"${environment}")
when { context.outcome != "denied" };`,
  (team, environment) => `
@id("${team}-data-in-${environment}")
permit (principal in Jobtrail::Group::"${team}", action in [Jobtrail::Action::"data.read", Jobtrail::Action::"data.write"], resource in Jobtrail::Environment::"${environment}")
when { resource.name like "*${team}*" || resource.labels.contains("shared") };`,
  (team, environment) => `
@id("${team}-accounts-in-${environment}")
permit (principal is Jobtrail::ServiceAccount, action in [Jobtrail::Action::"data.read", Jobtrail::Action::"data.write"], resource in Jobtrail::Environment::"${environment}")
when { principal has environment && principal.environment == "${environment}" && principal.subject like "${team}*" };`,
  (team, environment) => `
@id("${team}-agents-in-${environment}")
permit (principal is Jobtrail::Agent, action == Jobtrail::Action::"job.submit", resource in Jobtrail::Environment::"${environment}")
when { principal has lane && principal.lane == "${team}" && context.hour >= 6 && context.hour < 22 };`,
];

/** @param count of policies; each has its own id, all are valid */
export function policySet(count: number, environments: readonly string[] = ['prod', 'dev']): string {
  const texts = environments.flatMap((environment) => GENERAL.map((write) => write(environment)));
  for (let team = 1; texts.length < count; team += 1) {
    for (const environment of environments)
      texts.push(...OF_TEAM.map((write) => write(`team-${team}`, environment)));
  }
  return `${texts.slice(0, count).join('\n').trim()}\n`;
}
