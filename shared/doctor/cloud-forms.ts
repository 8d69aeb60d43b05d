/** Answers of Google's APIs, as they are documented, and what doctor takes of them. */
import * as z from 'zod';
import type { PolicyFacts, SinkFacts, SubscriptionFacts, TopicFacts } from './facts.ts';

const nextPageToken = z.string().optional();
const text = z.string().default('');
const flag = z.boolean().default(false);

const Sink = z.object({
  name: z.string(),
  destination: text,
  filter: text,
  disabled: flag,
  includeChildren: flag,
  interceptChildren: flag,
  writerIdentity: text,
  exclusions: z.array(z.object({ filter: text, disabled: flag })).default([]),
});
/** https://cloud.google.com/logging/docs/reference/v2/rest/v2/sinks/list */
export const Sinks = z.object({ sinks: z.array(Sink).default([]), nextPageToken });

export const sinkFacts = (parent: string, sink: z.infer<typeof Sink>): SinkFacts => ({
  ...sink,
  parent,
  exclusions: sink.exclusions.filter(({ disabled }) => !disabled).map(({ filter }) => filter),
});

/** https://cloud.google.com/resource-manager/reference/rest/Shared.Types/Policy, which Pub/Sub answers as well */
export const Policy = z.object({
  bindings: z
    .array(
      z.object({
        role: text,
        members: z.array(z.string()).default([]),
        condition: z.object({ title: text, expression: text }).optional(),
      }),
    )
    .default([]),
  auditConfigs: z
    .array(
      z.object({
        service: text,
        auditLogConfigs: z
          .array(z.object({ logType: text, exemptedMembers: z.array(z.string()).default([]) }))
          .default([]),
      }),
    )
    .default([]),
});

export const policyFacts = ({ bindings, auditConfigs }: z.infer<typeof Policy>): PolicyFacts => ({
  bindings,
  auditConfigs: auditConfigs.map(({ service, auditLogConfigs }) => ({
    service,
    types: auditLogConfigs.map(({ logType, exemptedMembers }) => ({
      type: logType,
      exempted: exemptedMembers,
    })),
  })),
});

/** https://cloud.google.com/resource-manager/reference/rest/v1/projects/getAncestry */
export const Ancestry = z.object({
  ancestor: z.array(z.object({ resourceId: z.object({ type: z.string(), id: z.string() }) })).min(1),
});

/** https://cloud.google.com/resource-manager/reference/rest/v3/projects#Project */
export const Project = z.object({ name: z.string().regex(/^projects\/\d{1,20}$/), projectId: z.string() });

/** https://cloud.google.com/iam/docs/reference/rest/v1/roles#Role */
export const Role = z.object({ includedPermissions: z.array(z.string()).default([]), deleted: flag });

const transforms = z.array(z.object({ disabled: flag })).default([]);
const duration = z.string().optional();

const Topic = z.object({
  name: z.string(),
  messageRetentionDuration: duration,
  messageStoragePolicy: z.object({ enforceInTransit: flag }).optional(),
  ingestionDataSourceSettings: z.object({}).optional(),
  messageTransforms: transforms,
});
/** https://cloud.google.com/pubsub/docs/reference/rest/v1/projects.topics/list */
export const Topics = z.object({ topics: z.array(Topic).default([]), nextPageToken });

export const topicFacts = (topic: z.infer<typeof Topic>): TopicFacts => ({
  name: topic.name,
  retentionSeconds: secondsOf(topic.messageRetentionDuration) ?? 0,
  enforcesRegions: topic.messageStoragePolicy?.enforceInTransit === true,
  ingests: topic.ingestionDataSourceSettings !== undefined,
  transforms: topic.messageTransforms.filter(({ disabled }) => !disabled).length,
});

const Subscription = z.object({
  name: z.string(),
  topic: text,
  ackDeadlineSeconds: z.number().optional(),
  messageRetentionDuration: duration,
  expirationPolicy: z.object({ ttl: duration }).optional(),
  deadLetterPolicy: z
    .object({ deadLetterTopic: text, maxDeliveryAttempts: z.number().optional() })
    .optional(),
  retryPolicy: z.object({}).optional(),
  filter: text,
  pushConfig: z
    .object({ pushEndpoint: text, oidcToken: z.object({ serviceAccountEmail: text }).optional() })
    .optional(),
  detached: flag,
  bigqueryConfig: z.object({}).optional(),
  cloudStorageConfig: z.object({}).optional(),
  pubsubExportConfig: z.object({}).optional(),
  messageTransforms: transforms,
});
/** https://cloud.google.com/pubsub/docs/reference/rest/v1/projects.subscriptions/list */
export const Subscriptions = z.object({ subscriptions: z.array(Subscription).default([]), nextPageToken });

/** What holds where Pub/Sub says nothing. */
const DEFAULTS = {
  ackDeadlineSeconds: 10,
  retentionSeconds: 604_800,
  expiresAfterSeconds: 2_678_400,
  attempts: 5,
};

export function subscriptionFacts(one: z.infer<typeof Subscription>): SubscriptionFacts {
  const { expirationPolicy, deadLetterPolicy, pushConfig } = one;
  const endpoint = pushConfig?.pushEndpoint ?? '';
  const exported = [one.bigqueryConfig, one.cloudStorageConfig, one.pubsubExportConfig];
  return {
    name: one.name,
    topic: one.topic,
    ackDeadlineSeconds: one.ackDeadlineSeconds || DEFAULTS.ackDeadlineSeconds,
    retentionSeconds: secondsOf(one.messageRetentionDuration) ?? DEFAULTS.retentionSeconds,
    // Without a policy the default holds; a policy without a time is never.
    expiresAfterSeconds:
      expirationPolicy === undefined ? DEFAULTS.expiresAfterSeconds : secondsOf(expirationPolicy.ttl),
    deadLetter:
      deadLetterPolicy === undefined || deadLetterPolicy.deadLetterTopic === ''
        ? undefined
        : {
            topic: deadLetterPolicy.deadLetterTopic,
            attempts: deadLetterPolicy.maxDeliveryAttempts || DEFAULTS.attempts,
          },
    hasRetryPolicy: one.retryPolicy !== undefined,
    filter: one.filter,
    push:
      endpoint === ''
        ? undefined
        : { endpoint, authenticated: (pushConfig?.oidcToken?.serviceAccountEmail ?? '') !== '' },
    detached: one.detached,
    exports: exported.some((config) => config !== undefined),
    transforms: one.messageTransforms.filter(({ disabled }) => !disabled).length,
  };
}

const DURATION = /^([0-9]{1,12})(?:\.[0-9]{1,9})?s$/;

/** Seconds of a protobuf Duration in JSON; undefined where there is none. */
function secondsOf(value: string | undefined): number | undefined {
  const seconds = Number(DURATION.exec(value ?? '')?.[1] ?? 0);
  return seconds > 0 ? seconds : undefined;
}
