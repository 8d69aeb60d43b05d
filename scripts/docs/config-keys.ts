/** What each key of jobtrail.yaml means; complete by type. */
import type { Agent, Binding, Config, Issuer, RetentionClass } from '../../schemas/config.ts';

export const CONFIG_MEANING: Readonly<Record<keyof Config, string>> = {
  version: 'form of this file; 1 is the only one',
  environments: 'environment name to its projects, ids or numbers; a project is in one environment at most',
  bindings: 'identifiers that are one principal, each over a range of event time',
  agents: 'identifiers that are AI or automation agents, and who answers for each',
  issuers: 'whose signatures and tokens prove approvals and deployments',
  observe: 'what the scheduled poll asks of the engines and of Cloud Monitoring',
  meshProjects:
    'projects whose mesh and gateway logs count as `declared-writer`; elsewhere they are `tenant`',
  retentionDays: 'days a row is kept, by class, 1 to 3650, from the later of event and receive time',
  rawClasses: 'classes whose raw entry is kept in the row, secrets redacted',
  rawLimit: 'characters of raw text kept at most, 0 to 2,000,000',
  lanes: 'what each lane allows: actions, environments, resources, datasets, hours',
  groups: 'group name to its members; policies say `principal in Jobtrail::Group::"name"`',
  identities: 'environment to identities that belong to it beside the service accounts of its projects',
  datasets: 'datasets by the beginning of their id: environment, classification, labels, owner',
  organisation: 'the organisation’s own projects, buckets, mail domains and ids',
  trustedCode: 'where job code may come from: beginnings of gs:// and registry addresses',
  sinks: 'buckets, or beginnings in them, that data jobs may write to beside the declared datasets',
  egress: 'addresses and networks from which gateway and mesh call job APIs',
  workers: 'addresses of cluster workers',
  deployers: 'identities of CI and GitOps, which change policies, templates and artifacts',
  runtimeAccounts: 'environment to the accounts that data jobs run under',
  delegations: '`[from, to]`: who may act as whom on the way to a job',
  credentials: 'credentials of the gateway, whose kind its log does not tell',
  crossEnvironment: 'identities of one environment that may act in another, for a time',
  exemptions: 'what detections shall not find: exact principals and resources, for a time',
  protectedServices: '`namespace/service` of the mesh whose traffic must be mutual TLS',
  exportPath: 'topics, subscriptions and export buckets that log entries pass on their way here',
  externalLocations: 'addresses that Databricks may hand out credentials for',
  corroboration:
    'which records must exist beside each other, which approvals are needed, what jobs declare, and what is too much',
  channels: 'where alerts go: Slack, PagerDuty, webhooks, Cloud Logging; secrets are named, never written',
  routes: 'which alerts go to which channels, by rule, severity, environment and team',
  silences: 'alerts that nobody is told of, with owner, reason and end',
  quietHours: 'when alerts of low severity are held back',
  teams: 'environment to team, for routes',
  runbooks: 'address that runbook links begin with',
};

export const BINDING_MEANING: Readonly<Record<keyof Binding, string>> = {
  id: 'name that rows cite: lower-case letters, digits, `.`, `_`, `-`; required',
  alias: 'identifier as records carry it, in any grammar of [identity](identity.md); required',
  principal: 'identifier it stands for; required',
  from: 'RFC 3339, inclusive; absent: always',
  until: 'RFC 3339, exclusive; absent: for ever',
  reason: 'for the reader',
};

export const AGENT_MEANING: Readonly<Record<keyof Agent, string>> = {
  principal: 'identifier of the agent; required',
  owner: 'identifier of who answers for it; required',
  lane: 'name of the lane it is to keep to',
};

export const ISSUER_MEANING: Readonly<Record<keyof Issuer, string>> = {
  id: 'name that records cite: lower-case letters, digits, `.`, `_`, `-`; required, once',
  issuer: '`iss` of its tokens and signatures; required. One `iss` may be declared several times',
  jwks: 'its public keys, a key set of RFC 7517; this or `jwksUri`. Private keys are refused',
  jwksUri: '`https://` address of that set, asked when a record comes',
  audience:
    '`aud` of its tokens, followed there by `#sha256=` and the digest of the record; without it only signatures are taken',
  attests: 'which records it proves: `approvals`, `deployments`; required',
  vouchesFor: '`subject` (default): for whom its token is of; `others`: for whomever its records name',
  unboundTokens: '`true` takes tokens for the audience alone; not together with `others`',
  claims:
    'claims that its tokens must have, each with its text, or a list of texts of which one must be there',
};

export const CLASS_MEANING: Readonly<Record<RetentionClass, string>> = {
  access: 'mesh and gateway requests, metadata and telemetry reads',
  data: 'data access, and lines that running work wrote',
  job: 'jobs, sessions, workflows, models, interactive shells',
  control: 'clusters, policy, IAM, credentials, grants, log routing, and everything unclassified',
  policy: 'versions of policies; the events that made them are `control`',
  quarantine: 'what could not be read',
};
