/** What each word of shared/model means. The records are complete by type: a new word does not compile without one. */
import type {
  Action,
  DatasetConcern,
  DatasetOp,
  Outcome,
  Provenance,
  Strength,
  Via,
} from '../../shared/model/event.ts';
import type { Status } from '../../shared/corroboration/health/state.ts';
import type { Join, Outcome as Said } from '../../shared/corroboration/rule.ts';
import type { IdentityClaims } from '../../shared/identity/claims.ts';
import type { Proof } from '../../shared/model/principal.ts';

export const ACTION_MEANING: Readonly<Record<Action, string>> = {
  'job.submit': 'a job, batch or template launch was handed to the engine',
  'job.start': 'work began: a YARN application was accepted, a workload was created',
  'job.run': 'a line that a running job, driver or worker wrote: proof that it ran',
  'job.finish': 'a job or YARN application ended',
  'job.update': 'a job or batch was changed while it existed',
  'job.cancel': 'a job was asked to stop: cancel, drain, kill',
  'job.delete': 'the record of a job or batch was deleted',
  'job.observe': 'the API of an engine, asked by Jobtrail itself, listed a job in a state',
  'cluster.create': 'a data cluster was created',
  'cluster.update':
    'a data cluster, its node groups or its autoscaling policy was changed, repaired or resized',
  'cluster.delete': 'a data cluster was deleted',
  'cluster.start': 'a stopped data cluster was started',
  'cluster.stop': 'a data cluster was stopped',
  'session.create': 'an interactive session was created',
  'session.terminate': 'an interactive session was ended and its record kept',
  'session.delete': 'the record of an interactive session was deleted',
  'session.run': 'code ran in a session or a notebook kernel',
  'workflow.run': 'a workflow was started from a template, or a scheduled task was started at once',
  'model.register': 'a model or a version of one was registered',
  'model.deploy': 'a model was put where it serves',
  'model.delete': 'a model, a version of one or what served it was deleted',
  'data.read': 'data was read, as its own service recorded',
  'data.write': 'data was written, as its own service recorded',
  'data.delete': 'data was deleted, as its own service recorded',
  'data.share': 'data was given to others: a share, a listing, an export',
  'metadata.read': 'something was looked at and not changed: get, list, a permission check, a validation',
  'telemetry.read': 'diagnostics of work were read: Spark UI, a diagnostic archive',
  'telemetry.write': 'an engine wrote diagnostics of work',
  'metric.observe': 'Cloud Monitoring, asked by Jobtrail itself, gave a point of a metric',
  'api.call': 'a request or connection that a mesh or gateway saw',
  'exec.interactive':
    'somebody got a shell or a tunnel to one: a notebook terminal, exec into a pod, a serial console',
  'credential.mint': 'a short-lived credential was issued',
  'credential.create': 'a long-lived credential was made: a key, a token, a secret',
  'credential.revoke': 'a credential was revoked or deleted',
  'credential.inject': 'credentials were put into a cluster',
  'secret.read': 'the value of a secret was read',
  'grant.request': 'access was asked for',
  'grant.approve': 'access was approved',
  'grant.deny': 'access that was asked for was refused by an approver',
  'grant.activate': 'approved access came into force',
  'grant.revoke': 'access was withdrawn, or ended by itself',
  'policy.change': 'a rule that decides over access was changed: organisation, mesh or gateway policy',
  'iam.change':
    'who may do what was changed: an IAM policy, a role, an account, a group, the trust in an identity provider',
  'log.change':
    'what is logged or where it goes was changed: sinks, exclusions, buckets, audit configuration',
  'template.change': 'a workflow, or a template of workflows or sessions, was created, changed or deleted',
  'network.change': 'network reach was changed: firewall, peering, perimeter',
  'compute.change':
    'a virtual machine, disk, image, Kubernetes cluster or node pool was created, changed, started, stopped or deleted',
  'workload.change': 'a workload outside the job engines was created, started, changed or deleted',
  'artifact.change': 'code or an image that work runs was built, pushed, changed or deleted',
  'key.change': 'an encryption key, or the settings of a key or secret, were changed',
  'key.use': 'an encryption or signing key was used',
  'schedule.change': 'what starts work by itself was created, changed or deleted',
  'schema.change': 'the shape of stored data was changed',
  'org.change':
    'a project, folder or organisation was created, moved or deleted, or its services or billing were changed',
  'operation.cancel': 'a long-running operation was cancelled',
  'operation.delete': 'the record of a long-running operation was deleted',
  deploy: 'a version of software was put into service',
  login: 'somebody signed in',
  unclassified: 'a method of a known service that no table here knows: stored, counted by name and shown',
};

export const OUTCOME_MEANING: Readonly<Record<Outcome, string>> = {
  allowed: 'it was accepted; of the first entry of an operation: accepted, not yet done',
  denied:
    'it was refused for want of permission or identity; what it named was not touched, so it makes no dataset edges',
  failed: 'it was permitted and did not succeed',
  unknown: 'the entry does not tell',
};

export const VIA_MEANING: Readonly<Record<Via, string>> = {
  direct: "the service's own record",
  mesh: 'a proxy of the Istio mesh',
  gateway: 'a gateway in front of the service: Knox, an ingress, an API gateway',
};

export const PROVENANCE_MEANING: Readonly<Record<Provenance, string>> = {
  provider: 'Google writes it and nobody else can: Cloud Audit Logs',
  'declared-writer':
    'a mesh log of a project that `meshProjects` names; an audit file of the bucket that the Databricks function is given',
  tenant: 'whoever may write log entries in the project, or run code there, could have written it',
  signed: 'it carries a signature or token that was verified',
};

export const STRENGTH_MEANING: Readonly<Record<Strength, string>> = {
  stated: 'a structured field of the record names both ends',
  declared:
    'whoever asked for the work chose what names the other end: an argument or property of the submission, a label, a tag, a header; what the job was told to do, not what it did',
  path: 'the name of an object holds the job’s id, where the engine puts it',
  inferred:
    'read out of free text (SQL, positional arguments), or one of several jobs that a part of an id fits',
  identity:
    'the identity that the job runs under made the access while it ran, and no other job of the project ran under it then',
  'identity-ambiguous': 'the same, where several jobs of the project ran under the identity',
};

export const DATASET_OP_MEANING: Readonly<Record<DatasetOp | DatasetConcern['op'], string>> = {
  read: 'the job takes data from it',
  write: 'the job puts data into it',
  use: 'the entry does not tell the direction; lineage follows it both ways',
  approve: 'an approval is for it; no access, and no lineage',
  deny: 'the same was refused',
  revoke: 'an approval for it was taken back',
  deploy: 'a deployment put it there; no lineage',
};

export const PROOF_MEANING: Readonly<Record<Proof, string>> = {
  mtls: 'a client certificate',
  oidc: 'a signed identity token',
  oauth: 'an access token of the platform',
  'static-key': 'a user-managed key',
  federation: 'a token exchanged from another identity provider',
  password: 'a password',
  credential: 'a credential that was accepted, of a kind the record does not tell',
  none: 'nothing: the name stands in the record without proof',
};

export const ABSENT_MEANING: Readonly<Record<NonNullable<IdentityClaims['absent']>, string>> = {
  redacted: 'the platform removed the caller from the record of a denied call',
  unauthenticated: 'the call came without valid credentials',
  'operation-end': 'the entry that ends an operation names nobody; its first entry does',
  'not-recorded': 'the record has no field for it, or the field is empty',
};

export const VERDICT_MEANING: Readonly<Record<Said['verdict'], string>> = {
  satisfied: 'what must be there is there; with `LateMs`, it came after it was due',
  violated: 'it is not there although it would be by now, or what is there says otherwise: a finding',
  undetermined: 'the records do not tell, or some of them may be lost: told, nobody is alerted',
};

export const JOIN_MEANING: Readonly<Record<Join, string>> = {
  'request-id': 'the job carries the id that the hop gave the request',
  'job-id': 'both name the job',
  'operation-id': 'both name the long-running operation',
  'identity-and-time': 'same call by the same identity within the window, one to one',
  time: 'same call within the window by other identities: evidence of nothing',
};

export const STATUS_MEANING: Readonly<Record<Status, string>> = {
  unseen: 'declared, and nothing ever came',
  live: 'records come, and somebody vouches that all do',
  idle: 'nothing comes, and an independent witness says that nothing should',
  lagging: 'what piled up is still being delivered',
  blind: 'its canary is missing, a witness says that it should speak, or nobody vouches',
  retired: 'declared to be taken down',
};
