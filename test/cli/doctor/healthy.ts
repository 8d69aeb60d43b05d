/** A deployment as Terraform leaves it: two sources, a mesh project, an organisation above. Each test breaks one thing. */
import { readFileSync } from 'node:fs';
import type { CreateSubscriptionOptions, PubSub } from '@google-cloud/pubsub';
import { newState } from '../../../shared/corroboration/health/state.ts';
import { AUDIT_NEEDS } from '../../../shared/doctor/checks/audit.ts';
import type { Store } from '../../../shared/store/store.ts';
import { timestampOf } from '../../../shared/store/timestamp.ts';
import { batchOf, eventEntry } from '../../store/entries.ts';
import { type Google, NUMBER, type Policy, type Sink } from './google.ts';

export const SOURCES = ['dataproc', 'istio', 'storage'] as const;
export const ORGANISATION = 'organizations/77';
export const WRITER = 'serviceAccount:o77-1@gcp-sa-logging.iam.gserviceaccount.com';
export const AGENT = `serviceAccount:service-${NUMBER}@gcp-sa-pubsub.iam.gserviceaccount.com`;

export const CONFIG = `version: 1
environments: { prod: [shop-prod] }
meshProjects: [mesh-prod]
corroboration:
  evidence:
    - { id: prod-mesh, environments: [prod], require: [mesh] }
  paths:
    - { path: dataproc, required: true, canary: true }
    - { path: istio/prod/server }
`;

const filterOf = (source: string): string =>
  readFileSync(new URL(`../../../terraform/filters/${source}.txt`, import.meta.url), 'utf8');

/** Of Google's own roles, what of them matters here. */
const ROLES: Google['roles'] = {
  'roles/owner': ['logging.logEntries.create', 'pubsub.topics.publish', 'pubsub.subscriptions.consume'],
  'roles/editor': ['logging.logEntries.create', 'pubsub.topics.publish', 'pubsub.subscriptions.consume'],
  'roles/browser': ['resourcemanager.projects.get'],
  'roles/logging.logWriter': ['logging.logEntries.create', 'logging.logEntries.route'],
  'roles/pubsub.publisher': ['pubsub.topics.publish'],
  'roles/pubsub.subscriber': ['pubsub.subscriptions.consume'],
};

export function healthyGoogle(project: string): Google {
  const sinks: Sink[] = SOURCES.map((source) => ({
    name: `jobtrail-${source}`,
    destination: `pubsub.googleapis.com/projects/${project}/topics/jobtrail-${source}`,
    filter: filterOf(source),
    includeChildren: true,
    writerIdentity: WRITER,
  }));
  const policies: Record<string, Policy> = {
    'projects/mesh-prod': {
      bindings: [
        {
          role: 'roles/logging.logWriter',
          members: ['serviceAccount:nodes@mesh-prod.iam.gserviceaccount.com'],
        },
      ],
    },
    [ORGANISATION]: {
      bindings: [{ role: 'roles/browser', members: ['group:everybody@example.com'] }],
      auditConfigs: AUDIT_NEEDS.map(({ service, types }) => ({
        service,
        auditLogConfigs: types.map((logType) => ({
          logType,
          exemptedMembers: [`serviceAccount:jobtrail-dataproc@${project}.iam.gserviceaccount.com`],
        })),
      })),
    },
  };
  for (const source of SOURCES) {
    const grant = (role: string, ...members: string[]): Policy => ({ bindings: [{ role, members }] });
    policies[`projects/${project}/topics/jobtrail-${source}`] = grant('roles/pubsub.publisher', WRITER);
    policies[`projects/${project}/topics/jobtrail-${source}-dead`] = grant('roles/pubsub.publisher', AGENT);
    policies[`projects/${project}/subscriptions/jobtrail-${source}`] = grant(
      'roles/pubsub.subscriber',
      AGENT,
    );
  }
  const ancestry = {
    [`projects/${project}`]: [ORGANISATION],
    'projects/shop-prod': ['folders/9', ORGANISATION],
    'projects/mesh-prod': [ORGANISATION],
  };
  return { sinks: { [ORGANISATION]: sinks }, policies, ancestry, roles: ROLES, refused: {} };
}

export const SUBSCRIPTION: CreateSubscriptionOptions = {
  ackDeadlineSeconds: 120,
  messageRetentionDuration: { seconds: 604_800 },
  expirationPolicy: {},
  retryPolicy: { minimumBackoff: { seconds: 10 }, maximumBackoff: { seconds: 600 } },
  pushConfig: {
    pushEndpoint: 'https://jobtrail.example/',
    oidcToken: { serviceAccountEmail: 'jobtrail-push@trail.iam.gserviceaccount.com' },
  },
};
const TOPIC = { messageRetentionDuration: { seconds: 604_800 } };
/** The emulator keeps for a week at most. */
const KEEPING = { messageRetentionDuration: { seconds: 604_800 }, expirationPolicy: {} };

/** The same as `makePlumbing` makes, as Pub/Sub lists it. */
export function listedPlumbing(project: string): Required<Pick<Google, 'subscriptions' | 'topics'>> {
  const of = (kind: string, name: string): string => `projects/${project}/${kind}/jobtrail-${name}`;
  const kept = { messageRetentionDuration: '604800s' };
  return {
    topics: SOURCES.flatMap((source) => [
      { name: of('topics', source), ...kept },
      { name: of('topics', `${source}-dead`) },
    ]),
    subscriptions: SOURCES.flatMap((source) => [
      {
        name: of('subscriptions', source),
        topic: of('topics', source),
        ackDeadlineSeconds: 120,
        ...kept,
        expirationPolicy: {},
        retryPolicy: { minimumBackoff: '10s', maximumBackoff: '600s' },
        deadLetterPolicy: { deadLetterTopic: of('topics', `${source}-dead`), maxDeliveryAttempts: 100 },
        pushConfig: {
          pushEndpoint: 'https://jobtrail.example/',
          oidcToken: { serviceAccountEmail: `jobtrail-push@${project}.iam.gserviceaccount.com` },
        },
      },
      {
        name: of('subscriptions', `${source}-dead`),
        topic: of('topics', `${source}-dead`),
        ackDeadlineSeconds: 60,
        messageRetentionDuration: '2678400s',
        expirationPolicy: {},
      },
    ]),
  };
}

export interface Plumbing {
  /** Of the subscription of dataproc. */
  readonly subscription?: CreateSubscriptionOptions;
  readonly attempts?: number;
  readonly deadLetters?: 'kept' | 'lost' | 'none';
}

export async function makePlumbing(client: PubSub, project: string, plumbing: Plumbing = {}): Promise<void> {
  const { subscription = SUBSCRIPTION, attempts = 100, deadLetters = 'kept' } = plumbing;
  await Promise.all(
    SOURCES.map(async (source) => {
      const isBroken = source === 'dataproc';
      const [[topic], [dead]] = await Promise.all([
        client.createTopic({ name: `jobtrail-${source}`, ...TOPIC }),
        client.createTopic(`jobtrail-${source}-dead`),
      ]);
      const deadLetterPolicy = {
        deadLetterTopic: `projects/${project}/topics/jobtrail-${source}-dead`,
        maxDeliveryAttempts: isBroken ? attempts : 100,
      };
      await Promise.all([
        ...(isBroken && deadLetters === 'lost'
          ? []
          : [dead.createSubscription(`jobtrail-${source}-dead`, KEEPING)]),
        topic.createSubscription(`jobtrail-${source}`, {
          ...(isBroken ? subscription : SUBSCRIPTION),
          ...(isBroken && deadLetters === 'none' ? undefined : { deadLetterPolicy }),
        }),
      ]);
    }),
  );
}

export interface Rows {
  /** Milliseconds since reconcile ran, and since the last canary. */
  readonly reconciledAgo?: number;
  readonly canaryAgo?: number;
  readonly status?: 'live' | 'blind' | 'lagging';
  /** Of the records of the mesh. */
  readonly mesh?: {
    readonly named?: boolean;
    readonly connection?: boolean;
    readonly plain?: boolean;
    readonly provenance?: string;
  };
}

/** As reconcile leaves them; put again before each look, since they are of now. */
export async function putPaths(store: Store, rows: Rows = {}): Promise<void> {
  const { reconciledAgo = 30_000, canaryAgo = 120_000, status = 'live' } = rows;
  const now = Date.now();
  const at = (ago: number): string => timestampOf(new Date(now - ago));
  const row = (path: string, vouched: string | undefined) => ({
    Path: path,
    Status: status,
    Watermark: at(600_000),
    State: JSON.stringify({
      ...newState(at(3_600_000).slice(0, 16)),
      newestEvent: at(50_000),
      memory: {
        status,
        since: at(3_600_000),
        watermark: at(600_000),
        gaps: [],
        incidents: {},
        ...(vouched === undefined ? undefined : { vouched }),
      },
    }),
    UpdatedAt: at(reconciledAgo),
  });
  await store.work.putPaths([row('dataproc', at(canaryAgo)), row('istio/prod/server', undefined)]);
}

/** One record of the mesh. */
export async function putRecord(store: Store, { mesh = {} }: Rows = {}): Promise<void> {
  const claims = {
    cluster: 'prod',
    reporter: 'server',
    ...(mesh.connection === true ? { grade: 'connection' } : undefined),
    ...(mesh.plain === true ? { mtls: false } : undefined),
  };
  const nobody = { Actor: undefined, ActorKind: undefined, ActorProof: undefined };
  const over = {
    Source: 'istio',
    Project: 'mesh-prod',
    Provenance: mesh.provenance ?? 'declared-writer',
    EventTime: timestampOf(new Date(Date.now() - 60_000)),
    Claims: JSON.stringify(claims),
    ...(mesh.named === false ? nobody : undefined),
  };
  await store.commit(batchOf([eventEntry('record of the mesh', over)]));
}
