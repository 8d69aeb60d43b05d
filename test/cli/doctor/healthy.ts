/** A deployment as Terraform leaves it: two sources, a mesh project, an organisation above. Each test breaks one thing. */
import { readFileSync } from 'node:fs';
import type { CreateSubscriptionOptions, PubSub } from '@google-cloud/pubsub';
import { newState } from '../../../shared/corroboration/health/state.ts';
import { AUDIT_NEEDS } from '../../../shared/doctor/checks/audit.ts';
import type { Store } from '../../../shared/store/store.ts';
import { timestampOf } from '../../../shared/store/timestamp.ts';
import { batchOf, eventEntry } from '../../store/entries.ts';
import type { Google, Policy, Sink } from './google.ts';

export const SOURCES = ['dataproc', 'istio'] as const;
export const ORGANISATION = 'organizations/77';
const WRITER = 'serviceAccount:o77-1@gcp-sa-logging.iam.gserviceaccount.com';
const AGENT = 'serviceAccount:service-42@gcp-sa-pubsub.iam.gserviceaccount.com';

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
    'projects/shop-prod': ['folders/9', ORGANISATION],
    'projects/mesh-prod': [ORGANISATION],
  };
  return { sinks: { [ORGANISATION]: sinks }, policies, ancestry, refused: [] };
}

export const SUBSCRIPTION: CreateSubscriptionOptions = {
  ackDeadlineSeconds: 120,
  messageRetentionDuration: { seconds: 604_800 },
  expirationPolicy: {},
  retryPolicy: { minimumBackoff: { seconds: 10 }, maximumBackoff: { seconds: 600 } },
  pushConfig: {
    pushEndpoint: 'http://127.0.0.1:9/',
    oidcToken: { serviceAccountEmail: 'jobtrail-push@trail.iam.gserviceaccount.com' },
  },
};

export interface Plumbing {
  /** Of the subscription of dataproc. */
  readonly subscription?: CreateSubscriptionOptions;
  readonly attempts?: number;
  readonly deadLetters?: 'kept' | 'lost' | 'none';
  readonly sources?: readonly string[];
}

export async function makePlumbing(client: PubSub, project: string, plumbing: Plumbing = {}): Promise<void> {
  const { subscription = SUBSCRIPTION, attempts = 100, deadLetters = 'kept', sources = SOURCES } = plumbing;
  for (const source of sources) {
    const isBroken = source === 'dataproc';
    const [topic] = await client.createTopic(`jobtrail-${source}`);
    const [dead] = await client.createTopic(`jobtrail-${source}-dead`);
    if (!isBroken || deadLetters !== 'lost') await dead.createSubscription(`jobtrail-${source}-dead`);
    const deadLetterPolicy = {
      deadLetterTopic: `projects/${project}/topics/jobtrail-${source}-dead`,
      maxDeliveryAttempts: isBroken ? attempts : 100,
    };
    await topic.createSubscription(`jobtrail-${source}`, {
      ...(isBroken ? subscription : SUBSCRIPTION),
      ...(isBroken && deadLetters === 'none' ? undefined : { deadLetterPolicy }),
    });
  }
}

export interface Rows {
  /** Milliseconds since reconcile ran, and since the last canary. */
  readonly reconciledAgo?: number;
  readonly canaryAgo?: number;
  readonly status?: 'live' | 'blind' | 'lagging';
  /** Of the records of the mesh. */
  readonly mesh?: { readonly named?: boolean; readonly connection?: boolean; readonly provenance?: string };
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
  };
  const over = {
    Source: 'istio',
    Project: 'mesh-prod',
    Provenance: mesh.provenance ?? 'declared-writer',
    EventTime: timestampOf(new Date(Date.now() - 60_000)),
    Claims: JSON.stringify(claims),
    ...(mesh.named === false ? { Actor: undefined, ActorKind: undefined, ActorProof: undefined } : undefined),
  };
  await store.commit(batchOf([eventEntry('record of the mesh', over)]));
}
