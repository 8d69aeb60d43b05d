/** What doctor is told of the world outside, as the checks take it. */
import type { Asked } from './line.ts';

export interface SubscriptionFacts {
  /** `projects/P/subscriptions/S`. */
  readonly name: string;
  /** `projects/P/topics/T`; `_deleted-topic_` where it is gone. */
  readonly topic: string;
  readonly ackDeadlineSeconds: number;
  /** Seconds unacknowledged messages are kept. */
  readonly retentionSeconds: number;
  /** Seconds without use after which it is removed; undefined: never. */
  readonly expiresAfterSeconds: number | undefined;
  readonly deadLetter: { readonly topic: string; readonly attempts: number } | undefined;
  readonly hasRetryPolicy: boolean;
  readonly filter: string;
  /** Undefined: pulled. */
  readonly push: { readonly endpoint: string; readonly authenticated: boolean } | undefined;
  readonly detached: boolean;
  /** It writes to BigQuery, Cloud Storage or another topic and delivers nothing. */
  readonly exports: boolean;
  /** Functions that change or drop messages on their way. */
  readonly transforms: number;
}

export interface TopicFacts {
  /** `projects/P/topics/T`. */
  readonly name: string;
  /** Seconds that all messages are kept, acknowledged or not. */
  readonly retentionSeconds: number;
  /** Publishing from elsewhere than its regions is refused. */
  readonly enforcesRegions: boolean;
  /** It takes messages from a stream or a bucket, without anybody's right to publish. */
  readonly ingests: boolean;
  readonly transforms: number;
}

export interface SinkFacts {
  readonly name: string;
  /** `organizations/N`, `folders/N` or `projects/P`. */
  readonly parent: string;
  readonly destination: string;
  readonly filter: string;
  readonly disabled: boolean;
  readonly includeChildren: boolean;
  /** Sinks below it do not get what it takes. */
  readonly interceptChildren: boolean;
  /** Filters of the exclusions in force. */
  readonly exclusions: readonly string[];
  /** `serviceAccount:…`, to whom the topic must be open. */
  readonly writerIdentity: string;
}

export interface Condition {
  readonly title: string;
  readonly expression: string;
}

export interface PolicyFacts {
  readonly bindings: readonly {
    readonly role: string;
    readonly members: readonly string[];
    readonly condition?: Condition | undefined;
  }[];
  readonly auditConfigs: readonly {
    readonly service: string;
    readonly types: readonly { readonly type: string; readonly exempted: readonly string[] }[];
  }[];
}

/** The policy of one resource, in the order from the resource to its organisation. */
export interface Level {
  readonly resource: string;
  readonly asked: Asked<PolicyFacts>;
}

export interface ProjectFacts {
  readonly id: string;
  readonly number: string;
}

/** Pub/Sub's own account in a project: it moves dead letters. */
export const pubsubAgent = ({ number }: ProjectFacts): string =>
  `serviceAccount:service-${number}@gcp-sa-pubsub.iam.gserviceaccount.com`;

/** A role's permissions; none where it was deleted. */
export type RoleFacts = ReadonlySet<string>;

/** Google's APIs, as doctor asks them. */
export interface CloudApis {
  subscriptions(project: string): Promise<Asked<readonly SubscriptionFacts[]>>;
  topics(project: string): Promise<Asked<readonly TopicFacts[]>>;
  sinks(parent: string): Promise<Asked<readonly SinkFacts[]>>;
  /** Of `projects/P`, `folders/N` or `organizations/N`, conditions included. */
  policy(resource: string): Promise<Asked<PolicyFacts>>;
  /** Of `projects/P/topics/T` or `projects/P/subscriptions/S`. */
  pubsubPolicy(resource: string): Promise<Asked<PolicyFacts>>;
  /** `projects/ID` first, then its folders and the organisation. */
  ancestry(project: string): Promise<Asked<readonly string[]>>;
  project(project: string): Promise<Asked<ProjectFacts>>;
  /** `roles/R`, `projects/P/roles/R` or `organizations/N/roles/R`. */
  role(name: string): Promise<Asked<RoleFacts>>;
}

/** The last part of a resource's name. */
export const nameOf = (resource: string): string => resource.slice(resource.lastIndexOf('/') + 1);
/** `P` of `projects/P/…`. */
export const projectOf = (resource: string): string => resource.split('/')[1] ?? '';
