/** What each key of jobtrail.yaml means; complete by type. */
import type { Agent, Binding, Config, Issuer, RetentionClass } from '../../schemas/config.ts';
import type {
  Corroboration,
  DeclaredCanary,
  DeclaredJob,
  DeclaredPath,
  RequiredApproval,
  RequiredEvidence,
  Thresholds,
} from '../../schemas/corroboration.ts';

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
  evidenceWriters:
    'who publishes to topics of `exportPath`, or writes logs in `meshProjects`, beside Google’s own agents; a grant to anybody else is found',
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

export const CORROBORATION_MEANING: Readonly<Record<keyof Corroboration, string>> = {
  evidence: 'which hops must have seen a job start; the first entry that covers the start decides',
  relays:
    'workloads that pass on the calls of others, such as the gateway’s own: what the mesh sees of them is judged by the gateway’s record alone',
  approvals: 'what may only be done with an approval; every entry that covers an action asks for one',
  jobs: 'what is known of a job beforehand; the first entry whose names match holds',
  paths: 'the ways that records come by ([source health](source-health.md))',
  canaries: 'how the canary of a path is sent ([canary](sources/canary.md))',
  canarySeconds: 'seconds from one canary to the next, 60 to 3600',
  deployRecords:
    'what signed deploy records are worth: `required`, `excuse`, `ignored` ([deployments](sources/deployments.md#what-it-covers))',
  thresholds: 'counts and days from which a thing is too much, or new',
};

export const REQUIRED_EVIDENCE_MEANING: Readonly<Record<keyof RequiredEvidence, string>> = {
  id: 'name of the entry; required',
  environments: 'environments it is about; absent: all',
  engines: '`dataproc`, `dataflow`, `databricks`; absent: all',
  principals: 'exact principals it is about; absent: everybody',
  require:
    '`gateway`, `mesh`: each must have seen the call; empty: none must, which excuses what it covers; required',
  grade:
    '`request` (default): the hop sees HTTP; `connection`: it sees TLS that it passes through, which proves no single call',
  withinSeconds: 'how far the records of one call may lie apart, 120 by default',
  connectionSeconds: 'the longest that a connection stays open before its record comes, 3600 by default',
};

export const REQUIRED_APPROVAL_MEANING: Readonly<Record<keyof RequiredApproval, string>> = {
  id: 'name of the entry; required',
  actions: 'verbs of the [vocabulary](vocabulary.md), or `job.*`; required',
  environments: 'environments it is about; absent: all',
  jobs: 'job ids, job names or templates; absent: all',
  datasets: 'datasets read or written; absent: all',
  except: 'exact principals that need none: schedulers of what was approved as code',
  approvers: 'who may approve; absent: anybody but who uses it',
};

export const DECLARED_JOB_MEANING: Readonly<Record<keyof DeclaredJob, string>> = {
  id: 'name of the entry; required',
  names: 'job ids, names as callers give them, or templates; required',
  environments: 'environments it is about; absent: all',
  schedule: '`principals` who may start it without a further sponsor',
  sponsor: 'who answers for its runs where nobody else does',
  inputs: 'datasets that it reads; a view stands for what it is made of. Absent: not judged',
  everyDays: 'days between two runs: until then an identity that runs it is not dormant',
};

export const DECLARED_PATH_MEANING: Readonly<Record<keyof DeclaredPath, string>> = {
  path: 'a source, `istio/CLUSTER/REPORTER`, `kong/CLUSTER`; `*` at the end; required',
  required: '`true`: an alert where it was never seen',
  everySeconds: 'it speaks at least this often; absent: learned',
  latenessSeconds: 'how late its records may be; absent: the class of the source',
  canary: '`true`: without a canary in time the path is blind',
  retired: '`true`: taken down on purpose; its silence holds nothing',
  subscription: '`projects/P/subscriptions/S`; absent: every one of the name `jobtrail-SOURCE`',
  sinks: 'its log sinks, `projects/P/sinks/S`; absent: every one of that name',
  witnesses: 'paths that are used whenever this one is',
};

export const DECLARED_CANARY_MEANING: Readonly<Record<keyof DeclaredCanary, string>> = {
  path: 'the path; required',
  probe: 'of mesh and gateway: an address whose requests the path records, without a path of its own',
  project: 'of the others: the project whose sink takes the entry; absent: the function’s own',
};

export const THRESHOLD_MEANING: Readonly<Record<keyof Thresholds, string>> = {
  deniedJobs: 'distinct refused (method, resource) pairs of one identity or address',
  deniedMethods: 'distinct methods among them',
  partitionedReads: 'partitioned reads of Spanner by one account from one database',
  databricksDownloads: 'downloads of results by one user',
  databricksSecrets: 'secrets of Databricks read by one identity',
  clusterSecrets: 'secrets of a Kubernetes cluster read by one identity',
  dormantDays: 'days without any action after which an identity is dormant',
  firstSeenDays: 'days within which a method or a step of a delegation is known',
  learnDays: 'days from the first record of an environment in which nothing is new or dormant',
};
