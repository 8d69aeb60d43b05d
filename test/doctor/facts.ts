/** Facts as doctor is told them, healthy unless a test says otherwise. */
import type {
  Level,
  PolicyFacts,
  RoleFacts,
  SinkFacts,
  SubscriptionFacts,
  TopicFacts,
} from '../../shared/doctor/facts.ts';
import type { Roles } from '../../shared/doctor/grants.ts';
import type { Asked, Line, Refused } from '../../shared/doctor/line.ts';

export const WRITER = 'serviceAccount:o7-1@gcp-sa-logging.iam.gserviceaccount.com';
export const refused: Refused = {
  kind: 'refused',
  code: 'not-permitted',
  why: 'needs x',
  mend: 'gcloud ask',
};

export const states = (lines: readonly Line[]): readonly string[] => lines.map(({ state }) => state);
export const codes = (lines: readonly Line[]): readonly string[] => lines.map(({ code }) => code);

export const answer = <T>(value: T): Asked<T> => ({ kind: 'answer', value });

export const policy = (facts: Partial<PolicyFacts>): Asked<PolicyFacts> =>
  answer({ bindings: [], auditConfigs: [], ...facts });

export const level = (resource: string, facts: Partial<PolicyFacts> = {}): Level => ({
  resource,
  asked: policy(facts),
});

const ALL = ['logging.logEntries.create', 'pubsub.topics.publish', 'pubsub.subscriptions.consume'];

export function rolesWith(more: Readonly<Record<string, readonly string[]>> = {}): Roles {
  const known = {
    'roles/owner': ALL,
    'roles/editor': ALL,
    'roles/logging.viewer': [],
    'roles/logging.logWriter': ['logging.logEntries.create'],
    'roles/logging.admin': ['logging.logEntries.create'],
    'roles/dataproc.worker': ['logging.logEntries.create'],
    'roles/pubsub.publisher': ['pubsub.topics.publish'],
    'roles/pubsub.subscriber': ['pubsub.subscriptions.consume'],
    ...more,
  };
  return new Map(
    Object.entries(known).map(
      ([name, permissions]) => [name, answer<RoleFacts>(new Set(permissions))] as const,
    ),
  );
}

export const sink = (over: Partial<SinkFacts> = {}): SinkFacts => ({
  name: 'jobtrail-dataproc',
  parent: 'organizations/7',
  destination: 'pubsub.googleapis.com/projects/trail/topics/jobtrail-dataproc',
  filter: '',
  disabled: false,
  includeChildren: true,
  interceptChildren: false,
  exclusions: [],
  writerIdentity: WRITER,
  ...over,
});

export const subscription = (over: Partial<SubscriptionFacts> = {}): SubscriptionFacts => ({
  name: 'projects/trail/subscriptions/jobtrail-dataproc',
  topic: 'projects/trail/topics/jobtrail-dataproc',
  ackDeadlineSeconds: 120,
  retentionSeconds: 604_800,
  expiresAfterSeconds: undefined,
  deadLetter: { topic: 'projects/trail/topics/jobtrail-dataproc-dead', attempts: 100 },
  hasRetryPolicy: true,
  filter: '',
  push: { endpoint: 'https://f.example/', authenticated: true },
  detached: false,
  exports: false,
  transforms: 0,
  ...over,
});

export const topic = (over: Partial<TopicFacts> = {}): TopicFacts => ({
  name: 'projects/trail/topics/jobtrail-dataproc',
  retentionSeconds: 604_800,
  enforcesRegions: false,
  ingests: false,
  transforms: 0,
  ...over,
});
