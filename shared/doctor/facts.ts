/** What doctor is told of the world outside, as the checks take it. */
import type { Asked } from './line.ts';

export interface SubscriptionFacts {
  /** Without `projects/P/subscriptions/`. */
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
}

export interface SinkFacts {
  readonly name: string;
  /** `organizations/N`, `folders/N` or `projects/P`. */
  readonly parent: string;
  readonly destination: string;
  readonly filter: string;
  readonly disabled: boolean;
  readonly includeChildren: boolean;
  /** Filters of the exclusions in force. */
  readonly exclusions: readonly string[];
  /** `serviceAccount:…`, to whom the topic must be open. */
  readonly writerIdentity: string;
}

export interface PolicyFacts {
  readonly bindings: readonly {
    readonly role: string;
    readonly members: readonly string[];
  }[];
  readonly auditConfigs: readonly {
    readonly service: string;
    readonly types: readonly { readonly type: string; readonly exempted: readonly string[] }[];
  }[];
}

/** Google's APIs, as doctor asks them. */
export interface CloudApis {
  subscriptions(project: string): Promise<Asked<readonly SubscriptionFacts[]>>;
  sinks(parent: string): Promise<Asked<readonly SinkFacts[]>>;
  /** Of `projects/P`, `folders/N` or `organizations/N`. */
  policy(resource: string): Promise<Asked<PolicyFacts>>;
  /** Of `projects/P/topics/T` or `projects/P/subscriptions/S`. */
  pubsubPolicy(resource: string): Promise<Asked<PolicyFacts>>;
  /** `projects/P` first, then its folders and the organisation. */
  ancestry(project: string): Promise<Asked<readonly string[]>>;
}

export const membersOf = (policy: PolicyFacts, roles: readonly string[]): readonly string[] =>
  policy.bindings.filter(({ role }) => roles.includes(role)).flatMap(({ members }) => members);
