/**
 * Google's APIs as doctor asks them: each question once, whoever asks it again; a server that does not answer is left alone from
 * then on. A refusal says which permission is missing and what grants it.
 */
import type * as z from 'zod';
import type { Answer, ApiRequest, GoogleApi } from '../google-api/client.ts';
import { askJson, askPages } from '../google-api/json.ts';
import {
  Ancestry,
  Policy,
  policyFacts,
  Project,
  Role,
  sinkFacts,
  Sinks,
  subscriptionFacts,
  Subscriptions,
  topicFacts,
  Topics,
} from './cloud-forms.ts';
import type { CloudApis } from './facts.ts';
import type { Asked, Refused } from './line.ts';
import { type Needed, refusedOf, signedOut } from './refused.ts';

/** A server and how it is asked; tests bring servers that answer as the APIs do. */
export interface Server {
  readonly url: string;
  readonly api: GoogleApi;
}

export interface Servers {
  readonly logging: Server;
  readonly resourceManager: Server;
  /** Subscriptions and topics. */
  readonly pubsub: Server;
  /** IAM policies of Pub/Sub, which an emulator does not have. */
  readonly pubsubPolicies: Server;
  readonly iam: Server;
}

/** Bindings with conditions come under names of roles that there are not, unless this version is asked for. */
const POLICY_VERSION = 3;
/** Lists sinks and reads every IAM policy. */
const REVIEWER = 'roles/iam.securityReviewer';

export function createCloud(servers: Servers): CloudApis {
  const logging = asker(servers.logging);
  const manager = asker(servers.resourceManager);
  const pubsub = asker(servers.pubsub);
  const pubsubPolicies = asker(servers.pubsubPolicies);
  const iam = asker(servers.iam);
  return {
    subscriptions: once((project) =>
      pubsub.list(
        `/v1/projects/${part(project)}/subscriptions`,
        Subscriptions,
        (page) => page.subscriptions.map(subscriptionFacts),
        needs('pubsub.subscriptions.list', `projects/${project}`, 'roles/pubsub.viewer'),
      ),
    ),
    topics: once((project) =>
      pubsub.list(
        `/v1/projects/${part(project)}/topics`,
        Topics,
        (page) => page.topics.map(topicFacts),
        needs('pubsub.topics.list', `projects/${project}`, 'roles/pubsub.viewer'),
      ),
    ),
    sinks: once((parent) =>
      logging.list(
        `/v2/${pathOf(parent)}/sinks`,
        Sinks,
        (page) => page.sinks.map((sink) => sinkFacts(parent, sink)),
        needs('logging.sinks.list', parent, REVIEWER),
      ),
    ),
    policy: once((resource) =>
      manager.one(
        {
          path: `/v3/${pathOf(resource)}:getIamPolicy`,
          method: 'POST',
          body: { options: { requestedPolicyVersion: POLICY_VERSION } },
        },
        Policy,
        policyFacts,
        needs(`resourcemanager.${resource.split('/')[0]}.getIamPolicy`, resource, REVIEWER),
      ),
    ),
    pubsubPolicy: once((resource) =>
      pubsubPolicies.one(
        { path: `/v1/${pathOf(resource)}:getIamPolicy?options.requestedPolicyVersion=${POLICY_VERSION}` },
        Policy,
        policyFacts,
        {
          permission: `pubsub.${resource.split('/')[2]}.getIamPolicy`,
          resource: resource.split('/').slice(0, 2).join('/'),
          role: REVIEWER,
          asked: resource,
        },
      ),
    ),
    // Version 3 has no such method: there each folder would have to be asked for its parent.
    ancestry: once((project) =>
      manager.one(
        { path: `/v1/projects/${part(project)}:getAncestry`, method: 'POST', body: {} },
        Ancestry,
        ({ ancestor }) => ancestor.map(({ resourceId: { type, id } }) => `${type}s/${id}`),
        needs('resourcemanager.projects.get', `projects/${project}`, 'roles/browser'),
      ),
    ),
    project: once((project) =>
      manager.one(
        { path: `/v3/projects/${part(project)}` },
        Project,
        ({ name, projectId }) => ({ id: projectId, number: name.slice('projects/'.length) }),
        needs('resourcemanager.projects.get', `projects/${project}`, 'roles/browser'),
      ),
    ),
    role: once((name) =>
      iam.one(
        { path: `/v1/${pathOf(name)}` },
        Role,
        ({ includedPermissions, deleted }) => new Set(deleted ? [] : includedPermissions),
        { permission: 'iam.roles.get', resource: ownerOf(name), role: 'roles/iam.roleViewer', asked: name },
      ),
    ),
  };
}

/** What was asked before has its answer already. */
function once<T>(ask: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const known = new Map<string, Promise<T>>();
  return (key) => {
    const answer = known.get(key) ?? ask(key);
    known.set(key, answer);
    return answer;
  };
}

interface Question extends Omit<ApiRequest, 'url' | 'stream'> {
  readonly path: string;
}

function asker({ url, api }: Server) {
  let down: Refused | undefined;

  async function told<T, U>(
    ask: () => Promise<Answer<T>>,
    facts: (value: T) => U,
    needed: Needed,
  ): Promise<Asked<U>> {
    if (down !== undefined) return down;
    try {
      const answer = await ask();
      if (answer.kind === 'answer') return { kind: 'answer', value: facts(answer.value) };
      const refused = refusedOf(api.service, answer, needed);
      if (answer.reason === 'unreachable') down = refused;
      return refused;
    } catch (error) {
      return (down = signedOut(error));
    }
  }

  return {
    one: <T, U>(question: Question, schema: z.ZodType<T>, facts: (value: T) => U, needed: Needed) =>
      told(() => askJson(api, { ...question, url: `${url}${question.path}` }, schema), facts, needed),
    list: <P extends { nextPageToken?: string | undefined }, U>(
      path: string,
      schema: z.ZodType<P>,
      facts: (page: P) => readonly U[],
      needed: Needed,
    ): Promise<Asked<readonly U[]>> =>
      told(
        () => askPages(api, `${url}${path}?pageSize=1000`, schema),
        (pages) => pages.flatMap(facts),
        needed,
      ),
  };
}

const needs = (permission: string, resource: string, role: string): Needed => ({
  permission,
  resource,
  role,
  asked: resource,
});

/** `organizations/N` of a custom role of it; who may see Google's own roles is decided nowhere else than at the top. */
const ownerOf = (role: string): string =>
  role.startsWith('roles/') ? 'organizations/ORGANIZATION' : (role.split('/roles/')[0] ?? role);

/** Names are of the configuration and of policies: whatever is in one, it is one part of the path. */
const part = (name: string): string => encodeURIComponent(name);
const pathOf = (resource: string): string => resource.split('/').map(part).join('/');
