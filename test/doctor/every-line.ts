/** Every line that doctor may say of something wrong, with a text of a stranger wherever strangers give the names. */
import { RequiredEvidence } from '../../schemas/corroboration.ts';
import { newState, type PathState } from '../../shared/corroboration/health/state.ts';
import { checkAudit } from '../../shared/doctor/checks/audit.ts';
import { checkClock } from '../../shared/doctor/checks/clock.ts';
import { checkConfiguration } from '../../shared/doctor/checks/configuration.ts';
import { checkDeadLetterGrants, checkDeadLetters } from '../../shared/doctor/checks/dead-letters.ts';
import { checkEvidence, type JobCalls, type RecordedPath } from '../../shared/doctor/checks/evidence.ts';
import { checkLogWriters } from '../../shared/doctor/checks/log-writers.ts';
import { checkCanaries, checkPaths } from '../../shared/doctor/checks/paths.ts';
import { checkPublishers } from '../../shared/doctor/checks/publishers.ts';
import { checkSchema } from '../../shared/doctor/checks/schema.ts';
import { checkSinks, type SinkQuestion } from '../../shared/doctor/checks/sinks.ts';
import { checkReach, checkSubscription } from '../../shared/doctor/checks/subscriptions.ts';
import type { Line } from '../../shared/doctor/line.ts';
import { command } from '../../shared/doctor/shell.ts';
import { JobtrailError } from '../../shared/errors.ts';
import { migrationOf } from '../../shared/store/spanner/migrations.ts';
import { answer, level, policy, rolesWith, sink, subscription, topic, WRITER } from './facts.ts';

export function everyLine(stranger: string): readonly Line[] {
  return [
    ...ofConfiguration(stranger),
    ...ofStore(stranger),
    ...ofPaths(stranger),
    ...ofEvidence(stranger),
    ...ofSubscriptions(stranger),
    ...ofDeadLetters(stranger),
    ...ofSinks(stranger),
    ...ofPublishers(stranger),
    ...ofAudit(stranger),
    ...ofLogWriters(stranger),
  ];
}

function ofConfiguration(stranger: string): readonly Line[] {
  const facts = {
    path: `conf/${stranger}/jobtrail.yaml`,
    store: 'spanner:projects/p/instances/i/databases/d',
    problem: undefined,
    digest: 'd'.repeat(64),
    policies: 0,
    rules: 0,
    environments: 0,
    inForce: { digest: undefined, later: undefined, kept: false },
  };
  const problem = new JobtrailError('config-invalid', `line 1: ${stranger}`, 'x');
  return [
    ...checkConfiguration(facts),
    ...checkConfiguration({ ...facts, inForce: { digest: 'e'.repeat(64), later: undefined, kept: true } }),
    ...checkConfiguration({ ...facts, path: undefined }),
    ...checkConfiguration({ ...facts, problem }),
  ];
}

function ofStore(stranger: string): readonly Line[] {
  const store = 'spanner:projects/p/instances/i/databases/d';
  const error = (code: 'store-schema' | 'store-unavailable' | 'schema-newer', hint: string): JobtrailError =>
    new JobtrailError(code, `It says: ${stranger}`, hint);
  const create = 'Make it, or: gcloud spanner databases create d --instance=i --project=p';
  const planned = (missing: readonly string[]) =>
    ({
      kind: 'planned',
      version: 0,
      newest: 1,
      steps: [{ migration: migrationOf(1, '0001_a.sql', 'CREATE ROLE a'), missing, there: 0 }],
    }) as const;
  return [
    ...checkSchema(store, { kind: 'failed', error: error('store-schema', create) }),
    ...checkSchema(store, { kind: 'failed', error: error('store-unavailable', 'Check the network.') }),
    ...checkSchema(`sqlite:${stranger}`, { kind: 'failed', error: error('store-unavailable', 'x') }),
    ...checkSchema(store, { kind: 'failed', error: error('schema-newer', 'x') }),
    ...checkSchema(store, { kind: 'denied', place: { project: 'p', instance: 'i', database: 'd' } }),
    ...checkSchema(store, planned(['CREATE ROLE a'])),
    ...checkSchema(store, planned([])),
    checkClock(0, 600_000, 0),
    checkClock(0, 6_000, 0),
  ];
}

function ofPaths(stranger: string): readonly Line[] {
  const state = (status: 'blind' | 'lagging' | 'unseen', vouched?: string): PathState => ({
    ...newState('2026-11-20T12:00'),
    memory: {
      status,
      since: '2026-11-20T12:00:00.000000000Z',
      gaps: [],
      incidents: {},
      ...(vouched === undefined ? {} : { vouched }),
    },
  });
  const declared = (path: string) => ({ path, required: true, canary: true, retired: false });
  const question = {
    declared: [declared('dataproc'), declared(`iam${stranger}`)],
    canarySeconds: 300,
    now: Date.parse('2026-11-20T12:30:00Z'),
    run: (job: string): string =>
      command('gcloud scheduler jobs run', job, `--project=${stranger}`, '--location=LOCATION'),
    logs: (name: string): string =>
      command(
        'gcloud functions logs read --gen2',
        `jobtrail-${name}`,
        `--project=${stranger}`,
        '--region=REGION',
      ),
  };
  const updatedAt = '2026-11-20T12:00:00.000000000Z';
  const paths = [
    { path: `istio/${stranger}/server`, updatedAt, state: state('blind', '2026-11-20T09:00:00.000000000Z') },
    { path: 'kong/edge', updatedAt, state: state('lagging') },
    { path: 'dataproc', updatedAt, state: state('unseen') },
    { path: 'dataflow', updatedAt, state: undefined },
  ];
  return [
    ...checkPaths({ ...question, paths }),
    ...checkPaths({ ...question, paths: [] }),
    ...checkCanaries({ ...question, paths }),
    ...checkCanaries({ ...question, paths: [], declared: [] }),
  ];
}

function ofEvidence(stranger: string): readonly Line[] {
  const path = (over: Partial<RecordedPath>): RecordedPath => ({
    path: 'istio/prod/server',
    records: 100,
    named: 100,
    byCertificate: 100,
    byToken: 0,
    byCredential: 0,
    plain: 0,
    requests: 100,
    projects: [stranger],
    ...over,
  });
  const entry = (hop: 'mesh' | 'gateway', grade = 'request'): RequiredEvidence =>
    RequiredEvidence.parse({ id: 'all', require: [hop], grade });
  const none = { requests: 0, connections: 0, named: 0 };
  const calls = (engine: JobCalls['engine'], mesh: JobCalls['hops']['mesh']): JobCalls => ({
    engine,
    starts: [{ environment: 'prod' }],
    hops: { mesh, gateway: none },
  });
  const paths = [
    path({ path: 'istio/(undeclared)' }),
    path({ named: 10 }),
    path({ path: 'istio/a/server', named: 10, plain: 80 }),
    path({ path: 'istio/b/server', named: 97, plain: 3 }),
    path({ path: 'istio/c/server', named: 97 }),
    path({ path: 'kong/edge', named: 10, requests: 0 }),
  ];
  const config = `conf/${stranger}`;
  return [
    ...checkEvidence(paths, [], [entry('gateway')], config),
    ...checkEvidence([], [], [entry('mesh'), entry('gateway')], config),
    ...checkEvidence(
      [path({})],
      [
        calls('dataproc', none),
        calls('dataflow', { requests: 10, connections: 0, named: 1 }),
        calls('databricks', { requests: 0, connections: 2, named: 0 }),
      ],
      [entry('mesh')],
      config,
    ),
  ];
}

function ofSubscriptions(stranger: string): readonly Line[] {
  const name = `projects/trail/subscriptions/jobtrail-${stranger.replaceAll('/', '')}`;
  const bad = subscription({
    name,
    topic: 'projects/trail/topics/t',
    ackDeadlineSeconds: 10,
    retentionSeconds: 60,
    expiresAfterSeconds: 86_400,
    hasRetryPolicy: false,
    filter: stranger,
    push: { endpoint: `https://x/${stranger}`, authenticated: false },
    detached: true,
    exports: true,
    transforms: 1,
  });
  const gone = { ...bad, topic: '_deleted-topic_', retentionSeconds: 172_800 };
  const topics = [
    topic({ name: bad.topic, retentionSeconds: 0, enforcesRegions: true, ingests: true, transforms: 1 }),
  ];
  return [
    checkReach('trail', answer([])),
    ...checkSubscription(name, [], answer([])),
    ...checkSubscription(name, [bad], answer(topics)),
    ...checkSubscription(name, [gone], answer([])),
  ];
}

function ofDeadLetters(stranger: string): readonly Line[] {
  const plain = stranger.replaceAll('/', '');
  const dead = `projects/trail/topics/${plain}-dead`;
  const one = subscription({
    name: `projects/trail/subscriptions/${plain}`,
    deadLetter: { topic: dead, attempts: 5 },
  });
  const keeping = subscription({
    name: `projects/trail/subscriptions/${plain}-dead`,
    topic: dead,
    expiresAfterSeconds: 86_400,
    retentionSeconds: 60,
  });
  const condition = { title: stranger, expression: stranger };
  const agent = 'serviceAccount:service-42@gcp-sa-pubsub.iam.gserviceaccount.com';
  const grants = {
    subscription: one,
    project: answer({ id: 'trail', number: '42' }),
    ofTopic: [level(dead)],
    ofSubscription: [level(one.name)],
    roles: rolesWith(),
  };
  return [
    ...checkDeadLetters({ ...one, deadLetter: undefined }, [], answer([])),
    ...checkDeadLetters(one, [], answer([])),
    ...checkDeadLetters(one, [keeping], answer([])),
    ...checkDeadLetterGrants(grants),
    ...checkDeadLetterGrants({
      ...grants,
      ofTopic: [level(dead, { bindings: [{ role: 'roles/pubsub.publisher', members: [agent], condition }] })],
    }),
  ];
}

function ofSinks(stranger: string): readonly Line[] {
  const name = 'projects/trail/topics/jobtrail-iam';
  const base: SinkQuestion = {
    source: 'iam',
    project: 'trail',
    topic: name,
    topics: answer([topic({ name })]),
    topicLevels: [level(name)],
    roles: rolesWith(),
    sinks: [],
    places: [],
    parent: 'organizations/7',
  };
  const ours = { destination: `pubsub.googleapis.com/${name}`, name: stranger, writerIdentity: stranger };
  const place = { project: 'shop', levels: ['projects/shop', 'folders/9', 'organizations/7'] };
  const condition = { title: stranger, expression: stranger };
  const taking = sink({ name: `other${stranger}`, destination: 'x', interceptChildren: true });
  return [
    ...checkSinks(base),
    ...checkSinks({ ...base, parent: 'folders/9', topics: answer([]) }),
    ...checkSinks({
      ...base,
      topics: answer([]),
      sinks: [sink({ ...ours, disabled: true, includeChildren: false, interceptChildren: true })],
    }),
    ...checkSinks({ ...base, sinks: [sink({ ...ours, filter: `"${stranger}` })] }),
    ...checkSinks({ ...base, sinks: [sink({ ...ours, filter: 'severity=ERROR' })] }),
    ...checkSinks({ ...base, sinks: [sink({ ...ours, filter: 'sample(insertId, 0.5)' })] }),
    ...checkSinks({ ...base, sinks: [sink({ ...ours, parent: 'projects/other' })], places: [place] }),
    ...checkSinks({ ...base, sinks: [sink(ours), sink({ ...ours, parent: 'folders/9' })], places: [place] }),
    ...checkSinks({ ...base, sinks: [sink({ ...ours, parent: 'folders/9' }), taking], places: [place] }),
    ...checkSinks({
      ...base,
      sinks: [sink(ours)],
      topicLevels: [
        level(name, { bindings: [{ role: 'roles/pubsub.publisher', members: [stranger], condition }] }),
      ],
    }),
  ];
}

function ofPublishers(stranger: string): readonly Line[] {
  const about = 'projects/trail/topics/jobtrail-iam';
  const condition = { title: stranger, expression: stranger };
  const question = {
    about,
    roles: rolesWith({ [`projects/p/roles/${stranger}`]: ['pubsub.topics.publish'] }),
    isExpected: () => false,
    unseen: undefined,
    says: 'x',
    isOpen: false,
  };
  const members = [`user:${stranger}`, `serviceAccount:a@p.iam.gserviceaccount.com`, WRITER];
  return [
    ...checkPublishers({
      ...question,
      levels: [
        level(about, { bindings: [{ role: 'roles/pubsub.publisher', members }] }),
        level('projects/trail', { bindings: [{ role: `projects/p/roles/${stranger}`, members }] }),
        level('folders/9', { bindings: [{ role: 'roles/owner', members, condition }] }),
      ],
    }),
    ...checkPublishers({
      ...question,
      levels: [level(about, { bindings: [{ role: 'roles/pubsub.publisher', members, condition }] })],
    }),
  ];
}

function ofAudit(stranger: string): readonly Line[] {
  const auditConfigs = [
    {
      service: 'storage.googleapis.com',
      types: [{ type: 'DATA_READ', exempted: [`user:${stranger}`] }],
    },
  ];
  const levels = [level('projects/p', { auditConfigs }), level('organizations/7', { auditConfigs })];
  return checkAudit({ project: 'p', pipeline: 'trail', levels, sources: undefined });
}

function ofLogWriters(stranger: string): readonly Line[] {
  const members = [
    `user:${stranger}`,
    `principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/group/${stranger}`,
    'serviceAccount:a@p.iam.gserviceaccount.com',
  ];
  const bindings = ['roles/logging.logWriter', 'roles/owner', 'roles/dataproc.worker'].map((role) => ({
    role,
    members,
  }));
  const condition = { title: stranger, expression: stranger };
  const question = { project: 'p', roles: rolesWith(), isDeclared: () => false };
  return [
    ...checkLogWriters({ ...question, levels: [{ resource: 'projects/p', asked: policy({ bindings }) }] }),
    ...checkLogWriters({
      ...question,
      levels: [level('organizations/7', { bindings: [{ role: 'roles/owner', members, condition }] })],
    }),
  ];
}
