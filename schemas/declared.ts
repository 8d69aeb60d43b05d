/**
 * What an organisation declares about itself beyond identities and environments: whose code is trusted, what is its own,
 * who may act where. Policies decide with it, detections compare with it. Part of jobtrail.yaml.
 */
import * as z from 'zod';
import { Corroboration } from './corroboration.ts';
import { cidr, environmentName, excused, hour, identifier, name, pattern } from './declared-parts.ts';

/** What an agent may do; whatever is not named is outside its lane. */
export const Lane = z.strictObject({
  /** Verbs of docs/vocabulary.md, or `data.*`. */
  actions: z.array(pattern).min(1),
  environments: z.array(environmentName).optional(),
  /** Resource names and job ids. */
  resources: z.array(pattern).optional(),
  datasets: z.array(pattern).optional(),
  /** UTC, `from` inclusive, `until` exclusive; over midnight where from > until. */
  hours: z.strictObject({ from: hour, until: hour }).optional(),
});
export type Lane = z.infer<typeof Lane>;

/** Datasets by the beginning of their id, the longest match wins. */
export const DatasetLabel = z.strictObject({
  match: pattern,
  environment: environmentName.optional(),
  classification: z.enum(['public', 'internal', 'confidential', 'restricted']).optional(),
  labels: z.array(name).default([]),
  owner: identifier.optional(),
});
export type DatasetLabel = z.infer<typeof DatasetLabel>;

/** Identities of one environment that may act in another. */
export const CrossEnvironment = z.strictObject({
  id: name,
  principal: identifier.optional(),
  from: environmentName,
  to: environmentName,
  actions: z.array(pattern).min(1),
  resources: z.array(pattern).default(['*']),
  ...excused,
});
export type CrossEnvironment = z.infer<typeof CrossEnvironment>;

/** An entry that a detection would find and shall not: by exact principal, key or resource, for a time. */
export const Exemption = z.strictObject({
  id: name,
  /** Ids of detections, as docs/detections.md lists them. */
  rules: z.array(z.string().min(1).max(64)).min(1),
  principals: z.array(identifier).optional(),
  resources: z.array(pattern).optional(),
  environments: z.array(environmentName).optional(),
  ...excused,
});
export type Exemption = z.infer<typeof Exemption>;

/** A credential of the gateway: its log does not tell the kind. */
export const Credential = z.strictObject({
  id: identifier,
  kind: z.enum(['key-auth', 'basic-auth', 'hmac-auth', 'oauth2', 'oidc', 'jwt', 'mtls']),
  owner: identifier,
});
export type Credential = z.infer<typeof Credential>;

export const Declared = z.strictObject({
  /** What the lanes allow that agents are given, by the configuration or by their own claims. */
  lanes: z.record(name, Lane).default({}),
  /** Group → members, in any grammar of docs/identity.md. Policies say `principal in Group::"…"`. */
  groups: z.record(name, z.array(identifier)).default({}),
  /** Environment → identities that belong to it: service accounts of its projects do without being named. */
  identities: z.record(environmentName, z.array(identifier)).default({}),
  datasets: z.array(DatasetLabel).default([]),
  /** The organisation's own, to which data may go. */
  organisation: z
    .strictObject({
      /** Projects beside those of the environments. */
      projects: z.array(z.string().min(1).max(128)).default([]),
      buckets: z.array(pattern).default([]),
      /** Mail domains of its people. */
      domains: z.array(z.string().min(1).max(253)).default([]),
      /** Organisation, folder and customer ids, as IAM conditions and members spell them. */
      ids: z.array(z.string().min(1).max(128)).default([]),
    })
    .default({ projects: [], buckets: [], domains: [], ids: [] }),
  /** Where job code may come from: prefixes of gs://, artifact registries, package indexes. */
  trustedCode: z.array(pattern).default([]),
  /** Bucket prefixes that data jobs may write to beside the declared datasets. */
  sinks: z.array(pattern).default([]),
  /** Addresses from which job APIs are called through gateway or mesh egress. Empty: not judged. */
  egress: z
    .strictObject({
      addresses: z.array(cidr).default([]),
      networks: z.array(z.string().min(1).max(512)).default([]),
    })
    .default({ addresses: [], networks: [] }),
  /** Addresses of cluster workers. Empty: not judged. */
  workers: z.array(cidr).default([]),
  /** Identities that change policies, templates and artifacts: CI and GitOps. */
  deployers: z.array(identifier).default([]),
  /**
   * Who publishes to topics of `exportPath`, or writes log entries in `meshProjects`, beside Google's own writers: sources that
   * publish themselves, nodes of a cluster. Grants to anybody else are found.
   */
  evidenceWriters: z.array(identifier).default([]),
  /** Accounts that data jobs run under, by environment. Empty: not judged. */
  runtimeAccounts: z.record(environmentName, z.array(identifier)).default({}),
  /** `[from, to]`: who may act as whom on the way to a job. */
  delegations: z.array(z.tuple([identifier, identifier])).default([]),
  credentials: z.array(Credential).default([]),
  crossEnvironment: z.array(CrossEnvironment).default([]),
  exemptions: z.array(Exemption).default([]),
  /** Services of the mesh whose traffic must be mutual TLS: `namespace/name`, `namespace/*`. */
  protectedServices: z.array(pattern).default([]),
  /**
   * What log entries pass on their way here: `projects/P/topics/T`, `projects/P/subscriptions/S`, and the buckets they are
   * exported to as `gs://BUCKET`. Empty: a change of a topic, subscription or bucket is *undetermined*.
   */
  exportPath: z.array(pattern).default([]),
  /** Paths that Databricks may hand out credentials for. */
  externalLocations: z.array(pattern).default([]),
  /** What must be told by more than one record. */
  corroboration: Corroboration.prefault({}),
});
export type Declared = z.infer<typeof Declared>;
