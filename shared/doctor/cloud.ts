/**
 * Google's APIs as doctor asks them. Logging `sinks.list`, Resource Manager `getIamPolicy` and `getAncestry`, Pub/Sub
 * `getIamPolicy` over REST; subscriptions with the client that the functions have.
 */
import * as z from 'zod';
import type { CloudApis, PolicyFacts, SinkFacts } from './facts.ts';
import type { Asked } from './line.ts';
import type { Rest } from './rest.ts';
import { listSubscriptions, type SubscriptionClient } from './subscriptions.ts';

/** Of servers that answer as the APIs do; absent: Google's. */
export interface CloudUrls {
  readonly logging?: string | undefined;
  readonly resourceManager?: string | undefined;
  readonly pubsub?: string | undefined;
}

const Sink = z.object({
  name: z.string(),
  destination: z.string().default(''),
  filter: z.string().default(''),
  disabled: z.boolean().default(false),
  includeChildren: z.boolean().default(false),
  writerIdentity: z.string().default(''),
  exclusions: z
    .array(z.object({ filter: z.string().default(''), disabled: z.boolean().default(false) }))
    .default([]),
});
const Sinks = z.object({ sinks: z.array(Sink).default([]), nextPageToken: z.string().optional() });

const Policy = z.object({
  bindings: z
    .array(
      z.object({
        role: z.string().default(''),
        members: z.array(z.string()).default([]),
      }),
    )
    .default([]),
  auditConfigs: z
    .array(
      z.object({
        service: z.string().default(''),
        auditLogConfigs: z
          .array(
            z.object({ logType: z.string().default(''), exemptedMembers: z.array(z.string()).default([]) }),
          )
          .default([]),
      }),
    )
    .default([]),
});

const Ancestry = z.object({
  ancestor: z.array(z.object({ resourceId: z.object({ type: z.string(), id: z.string() }) })).default([]),
});

/** Pages of sinks; a parent has at most 200. */
const MAX_PAGES = 20;

export function createCloud(rest: Rest, pubsub: SubscriptionClient, urls: CloudUrls = {}): CloudApis {
  const logging = urls.logging ?? 'https://logging.googleapis.com';
  const manager = urls.resourceManager ?? 'https://cloudresourcemanager.googleapis.com';
  const topics = urls.pubsub ?? 'https://pubsub.googleapis.com';
  const policies = new Map<string, Promise<Asked<PolicyFacts>>>();
  const once = (url: string, ask: () => Promise<Asked<unknown>>): Promise<Asked<PolicyFacts>> => {
    const known = policies.get(url) ?? ask().then((asked) => parsed(asked, Policy, policyFacts));
    policies.set(url, known);
    return known;
  };
  return {
    subscriptions: (project) => listSubscriptions(pubsub, project),
    async sinks(parent) {
      const found: SinkFacts[] = [];
      let token = '';
      for (let page = 0; page < MAX_PAGES; page += 1) {
        const query = token === '' ? '' : `&pageToken=${encodeURIComponent(token)}`;
        const asked = await rest.get(
          `${logging}/v2/${parent}/sinks?pageSize=100${query}`,
          grant(parent, 'roles/logging.viewer'),
        );
        const read = parsed(asked, Sinks, (value) => value);
        if (read.kind === 'refused') return read;
        found.push(...read.value.sinks.map((sink) => sinkFacts(parent, sink)));
        token = read.value.nextPageToken ?? '';
        if (token === '') break;
      }
      return { kind: 'answer', value: found };
    },
    policy(resource) {
      const version = resource.startsWith('folders/') ? 'v2' : 'v1';
      const url = `${manager}/${version}/${resource}:getIamPolicy`;
      return once(url, () => rest.post(url, grant(resource, 'roles/iam.securityReviewer')));
    },
    pubsubPolicy(resource) {
      const url = `${topics}/v1/${resource}:getIamPolicy`;
      const project = resource.split('/').slice(0, 2).join('/');
      return once(url, () => rest.get(url, grant(project, 'roles/iam.securityReviewer')));
    },
    async ancestry(project) {
      const url = `${manager}/v1/projects/${project}:getAncestry`;
      const asked = await rest.post(url, grant(`projects/${project}`, 'roles/browser'));
      return parsed(asked, Ancestry, ({ ancestor }) => {
        const above = ancestor.map(({ resourceId: { type, id } }) => `${type}s/${id}`).slice(1);
        return [`projects/${project}`, ...above];
      });
    },
  };
}

function parsed<T, U>(asked: Asked<unknown>, schema: z.ZodType<T>, facts: (value: T) => U): Asked<U> {
  if (asked.kind === 'refused') return asked;
  const read = schema.safeParse(asked.value);
  if (read.success) return { kind: 'answer', value: facts(read.data) };
  return {
    kind: 'refused',
    why: 'its answer is of another form than is documented',
    mend: 'gcloud info --run-diagnostics',
  };
}

const sinkFacts = (parent: string, sink: z.infer<typeof Sink>): SinkFacts => ({
  ...sink,
  parent,
  exclusions: sink.exclusions.filter(({ disabled }) => !disabled).map(({ filter }) => filter),
});

const policyFacts = ({ bindings, auditConfigs }: z.infer<typeof Policy>): PolicyFacts => ({
  bindings,
  auditConfigs: auditConfigs.map(({ service, auditLogConfigs }) => ({
    service,
    types: auditLogConfigs.map(({ logType, exemptedMembers }) => ({
      type: logType,
      exempted: exemptedMembers,
    })),
  })),
});

/** Who may not look is given the role to look. */
function grant(resource: string, role: string): string {
  const [kind = '', id = ''] = resource.split('/');
  const command = kind === 'folders' ? 'resource-manager folders' : kind;
  return `gcloud ${command} add-iam-policy-binding ${id} --member=user:YOU --role=${role}`;
}
