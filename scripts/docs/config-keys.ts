/** What each key of jobtrail.yaml means; complete by type. */
import type { Agent, Binding, Config, RetentionClass } from '../../schemas/config.ts';

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
};

export const CLASS_MEANING: Readonly<Record<RetentionClass, string>> = {
  access: 'mesh and gateway requests, metadata and telemetry reads',
  data: 'data access, and lines that running work wrote',
  job: 'jobs, sessions, workflows, models, interactive shells',
  control: 'clusters, policy, IAM, credentials, grants, log routing, and everything unclassified',
  quarantine: 'what could not be read',
};
