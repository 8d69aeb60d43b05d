/** The checks alone: values in, lines out. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { RequiredEvidence } from '../../schemas/corroboration.ts';
import { CHECKS } from '../../shared/doctor/check-list.ts';
import { AUDIT_NEEDS, checkAudit } from '../../shared/doctor/checks/audit.ts';
import { checkClock } from '../../shared/doctor/checks/clock.ts';
import { checkConfiguration } from '../../shared/doctor/checks/configuration.ts';
import { checkEvidence, type JobCalls, type RecordedPath } from '../../shared/doctor/checks/evidence.ts';
import { checkLogWriters } from '../../shared/doctor/checks/log-writers.ts';
import { checkCanaries, checkPaths } from '../../shared/doctor/checks/paths.ts';
import { checkSchema } from '../../shared/doctor/checks/schema.ts';
import type { Level, PolicyFacts } from '../../shared/doctor/facts.ts';
import type { Line } from '../../shared/doctor/line.ts';
import { type MemberKind, memberKind } from '../../shared/doctor/members.ts';
import { googleProjects, wantedSources } from '../../shared/doctor/wanted.ts';
import { parseConfig } from '../../shared/config/parse.ts';
import { migrationOf } from '../../shared/store/spanner/migrations.ts';
import { codes, level, refused, rolesWith, sink, states, subscription } from './facts.ts';

describe('clock', () => {
  test.each([
    [0, 'ok'],
    [4_999, 'ok'],
    [6_000, 'warning'],
    [61_000, 'wrong'],
  ])('%i ms apart, either way, is %s', (apart, state) => {
    expect(checkClock(1_000_000, 1_000_100 + apart, 1_000_100).state).toBe(state);
    expect(checkClock(1_000_000, 1_000_000 - apart, 1_000_100).state).toBe(state);
  });

  test('an answer that took long is not a wrong clock', () => {
    expect(checkClock(0, 30_000, 60_000).state).toBe('ok');
  });
});

describe('audit', () => {
  const on = (service: string, ...types: string[]): PolicyFacts['auditConfigs'][number] => ({
    service,
    types: types.map((type) => ({ type, exempted: [] })),
  });
  const all = on('allServices', 'ADMIN_READ', 'DATA_READ', 'DATA_WRITE');
  const audit = (levels: readonly Level[], sources?: ReadonlySet<string>): readonly Line[] =>
    checkAudit({ project: 'p', pipeline: 'trail', levels, sources });
  const organisation = 'organizations/7';

  test('what is on above the project holds in it, and levels add up', () => {
    const above = level(organisation, { auditConfigs: [all] });
    expect(states(audit([level('projects/p'), above]))).toEqual(['ok']);
    const reads = level(organisation, { auditConfigs: [on('allServices', 'ADMIN_READ', 'DATA_READ')] });
    expect(codes(audit([reads]))).toEqual(['off', 'off']);
    const writes = ['storage.googleapis.com', 'spanner.googleapis.com'].map((name) => on(name, 'DATA_WRITE'));
    expect(states(audit([level('projects/p', { auditConfigs: writes }), reads]))).toEqual(['ok']);
  });

  test('of sources that are not taken in nothing is asked', () => {
    const some = audit([level('projects/p')], new Set(['storage', 'dataproc']));
    expect(some.map(({ says }) => says)).toEqual([expect.stringContaining('off for storage.googleapis.com')]);
    expect(states(audit([level('projects/p')], new Set(['dataproc'])))).toEqual(['ok']);
  });

  test('a project that is declared by its number is rewritten under its id, with what it has', () => {
    const auditConfigs = [on('storage.googleapis.com', 'DATA_READ')];
    const [line] = checkAudit({
      project: '1234567890',
      pipeline: 'trail',
      levels: [level('projects/shop', { auditConfigs })],
      sources: new Set(['storage']),
    });
    expect(line?.about).toBe('projects/1234567890');
    expect(line?.mend).toMatch(
      /^gcloud projects get-iam-policy shop .*"DATA_READ".*"DATA_WRITE".* set-iam-policy shop /,
    );
  });

  test('where a level could not be asked neither what is missing is known nor who is exempted', () => {
    const unread = { resource: organisation, asked: refused };
    for (const own of [level('projects/p'), level('projects/p', { auditConfigs: [all] })]) {
      const lines = audit([own, unread]);
      expect(lines.map(({ state, about }) => [state, about])).toEqual([
        ['unasked', 'projects/p by organizations/7'],
      ]);
    }
  });

  test('accounts of the pipeline may be exempted, nobody else; the level is named and mended', () => {
    const exempting = (member: string): readonly Line[] =>
      audit([
        level('projects/p', { auditConfigs: [all] }),
        level('folders/9', {
          auditConfigs: [
            { service: 'storage.googleapis.com', types: [{ type: 'DATA_READ', exempted: [member] }] },
          ],
        }),
      ]);
    const account = (name: string, project: string): string =>
      `serviceAccount:${name}@${project}.iam.gserviceaccount.com`;
    expect(states(exempting(account('jobtrail-storage', 'trail')))).toEqual(['ok']);
    expect(states(exempting('deleted:user:eve@example.com?uid=1'))).toEqual(['ok']);
    // Another account of the pipeline's project is none of the pipeline's.
    for (const other of [account('jobtrail-storage', 'nottrail'), account('backdoor', 'trail')]) {
      const [line] = exempting(other);
      expect(line).toMatchObject({ code: 'exempted', says: expect.stringContaining(', by folders/9') });
      expect(line?.mend).toMatch(/^gcloud resource-manager folders get-iam-policy 9 --format=json \| jq /);
    }
  });
});

describe('members of policies', () => {
  const account = 'iam.gserviceaccount.com';
  const pools = 'iam.googleapis.com/projects/1/locations/global/workloadIdentityPools';
  test.each<[string, MemberKind]>([
    ['user:eve@example.com', 'people'],
    ['group:all@example.com', 'people'],
    ['domain:example.com', 'people'],
    ['principal://iam.googleapis.com/locations/global/workforcePools/w/subject/eve', 'people'],
    ['principalSet://iam.googleapis.com/locations/global/workforcePools/w/group/all', 'people'],
    ['principalSet://goog/group/all@example.com', 'people'],
    ['what is this', 'people'],
    ['allUsers', 'everybody'],
    ['principalSet://goog/public:all', 'everybody'],
    ['serviceAccount:cloud-logs@system.gserviceaccount.com', 'everybody'],
    [`principalSet://${pools}/p/*`, 'pool'],
    ['principalSet://cloudresourcemanager.googleapis.com/projects/1/type/ServiceAccount', 'pool'],
    [`principal://${pools}/p/subject/x`, 'account'],
    ['serviceAccount:p.svc.id.goog[ns/app]', 'account'],
    [`serviceAccount:a@p.${account}`, 'account'],
    ['serviceAccount:1-compute@developer.gserviceaccount.com', 'account'],
    [`serviceAccount:service-1@evil.${account}`, 'account'],
    [`user:a@p.${account}`, 'account'],
    [`serviceAccount:service-1@gcp-sa-pubsub.${account}`, 'google'],
    [`serviceAccount:service-1@container-engine-robot.${account}`, 'google'],
    ['serviceAccount:1@cloudservices.gserviceaccount.com', 'google'],
    [`deleted:serviceAccount:a@p.${account}?uid=1`, 'gone'],
  ])('%s: %s', (member, kind) => {
    expect(memberKind(member)).toBe(kind);
  });
});

describe('log writers', () => {
  const question = {
    project: 'm',
    roles: rolesWith({
      'organizations/1/roles/logs': ['logging.logEntries.route'],
      'organizations/1/roles/x': [],
    }),
    isDeclared: (member: string) => member.startsWith('group:collectors@'),
  };
  const lines = (role: string, ...members: string[]): readonly Line[] =>
    checkLogWriters({ ...question, levels: [level('projects/m', { bindings: [{ role, members }] })] });

  test.each([
    ['roles/logging.logWriter', 'serviceAccount:a@m.iam.gserviceaccount.com', 'ok'],
    ['roles/logging.viewer', 'user:eve@example.com', 'ok'],
    ['roles/logging.logWriter', 'serviceAccount:service-1@gcp-sa-gkenode.iam.gserviceaccount.com', 'ok'],
    ['roles/logging.logWriter', 'deleted:user:eve@example.com?uid=1', 'ok'],
    ['roles/logging.admin', 'group:all@example.com', 'people-write-logs'],
    ['roles/logging.admin', 'group:collectors@example.com', 'ok'],
    ['roles/logging.logWriter', 'allAuthenticatedUsers', 'people-write-logs'],
    ['roles/owner', 'user:eve@example.com', 'people-write-logs'],
    ['roles/editor', 'serviceAccount:a@m.iam.gserviceaccount.com', 'basic-role-writes-logs'],
    ['roles/dataproc.worker', 'serviceAccount:a@m.iam.gserviceaccount.com', 'jobs-write-logs'],
    [
      'roles/logging.logWriter',
      'principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/*',
      'pool-writes-logs',
    ],
    ['organizations/1/roles/logs', 'user:eve@example.com', 'people-write-logs'],
    ['organizations/1/roles/logs', 'serviceAccount:a@m.iam.gserviceaccount.com', 'ok'],
    ['organizations/1/roles/x', 'user:eve@example.com', 'ok'],
  ])('%s of %s is %s', (role, member, code) => {
    expect(codes(lines(role, member))).toEqual([code]);
  });

  test('who may is named where all is well', () => {
    const [line] = lines(
      'roles/logging.logWriter',
      ...Array.from({ length: 12 }, (_, at) => `serviceAccount:a${at}@m.iam.gserviceaccount.com`),
    );
    expect(line?.says).toMatch(
      /^12 accounts may write log entries, and nobody else: serviceAccount:a0@.* and 2 more$/,
    );
  });

  test('a level that could not be asked is named', () => {
    expect(checkLogWriters({ ...question, levels: [{ resource: 'folders/1', asked: refused }] })).toEqual([
      {
        check: 'log-writers',
        code: 'not-permitted',
        about: 'projects/m by folders/1',
        state: 'unasked',
        says: 'could not be checked: needs x',
        mend: 'gcloud ask',
      },
    ]);
  });
});

describe('evidence', () => {
  const entry = (grade: string, more: object = {}): RequiredEvidence =>
    RequiredEvidence.parse({ id: 'all', require: ['gateway'], grade, ...more });
  const kong: RecordedPath = {
    path: 'kong/edge',
    records: 100,
    named: 100,
    byCertificate: 0,
    byToken: 40,
    byCredential: 100,
    plain: 0,
    requests: 0,
    projects: ['edge'],
  };
  const none = { requests: 0, connections: 0, named: 0 };
  const starts = (engine: JobCalls['engine'], gateway = none, environment = 'prod'): JobCalls => ({
    engine,
    starts: [{ environment }, { environment }],
    hops: { gateway, mesh: none },
  });
  const check = (
    paths: readonly RecordedPath[],
    required: readonly RequiredEvidence[] = [],
    calls: readonly JobCalls[] = [],
  ): readonly Line[] => checkEvidence(paths, calls, required, 'f');

  test('what a path names callers by is told', () => {
    expect(check([kong])[0]?.says).toBe(
      '100 % of 100 records name who called (by credential 100 %, a token’s subject 40 %); grade connection',
    );
  });

  test('connections are enough where they are declared', () => {
    expect(codes(check([kong], [entry('connection')]))).toEqual(['ok', 'ok']);
    expect(codes(check([kong], [entry('request')]))).toEqual(['ok', 'connections-only']);
  });

  test.each([
    [100, 'ok'],
    [99, 'ok'],
    [98, 'some-nameless'],
    [50, 'some-nameless'],
    [49, 'nameless'],
  ])('%i of 100 records with a name are %s', (named, code) => {
    expect(codes(check([{ ...kong, named }]))).toEqual([code]);
  });

  test('names that are missing for want of mutual TLS are mended there, others in the format', () => {
    const mesh = { ...kong, path: 'istio/prod/server', named: 10 };
    expect(check([{ ...mesh, plain: 80 }])[0]?.mend).toContain('"mode":"STRICT"');
    expect(check([{ ...mesh, plain: 1 }])[0]?.mend).toContain('accessLogFormat');
    expect(codes(check([{ ...mesh, named: 98, plain: 2 }]))).toEqual(['plaintext']);
  });

  test('records of nobody’s project are none of the hop that is required', () => {
    const paths = [{ ...kong, path: 'kong/(undeclared)' }];
    expect(codes(check(paths, [entry('request')]))).toEqual(['undeclared-project', 'hop-silent']);
  });

  test('each engine by its own calls; the others by the paths', () => {
    const paths = [{ ...kong, requests: 100 }];
    const calls = [
      starts('dataproc', { requests: 5, connections: 1, named: 5 }),
      starts('dataflow'),
      starts('databricks', { requests: 10, connections: 0, named: 4 }),
    ];
    const lines = check(paths, [entry('request')], calls);
    expect(lines.slice(1).map(({ code, about, says }) => [code, about, says])).toEqual([
      ['ok', 'all (dataproc)', '2 starts in the last day; gateway tells the request of 5 calls'],
      [
        'calls-missing',
        'all (dataflow)',
        '2 starts in the last day, and the gateway recorded none of the calls',
      ],
      ['calls-nameless', 'all (databricks)', '40 % of 10 calls in the gateway name who called'],
    ]);
    expect(check(paths, [entry('request')], [])[1]).toMatchObject({
      about: 'all (dataproc, dataflow, databricks)',
      says: 'no start in the last day; gateway tells the request',
    });
  });

  test('starts that the entry is not about need no record', () => {
    const paths = [{ ...kong, requests: 100 }];
    const calls = [starts('dataproc', none, 'dev')];
    expect(codes(check(paths, [entry('request', { environments: ['prod'] })], calls))).toEqual(['ok', 'ok']);
    const principals = { principals: ['user:ana@example.com'] };
    expect(codes(check(paths, [entry('request', principals)], [starts('dataproc')]))).not.toContain(
      'calls-missing',
    );
  });

  test('nothing required and nothing there', () => {
    expect(states(check([]))).toEqual(['ok']);
  });
});

describe('paths and canaries', () => {
  const question = {
    paths: [],
    declared: [],
    canarySeconds: 300,
    now: 0,
    run: (job: string) => `run ${job}`,
    logs: (source: string) => `logs ${source}`,
  };

  test('an empty store: reconcile never ran, and no path has a canary', () => {
    expect(codes(checkPaths(question))).toEqual(['never-reconciled']);
    expect(codes(checkCanaries(question))).toEqual(['none']);
  });
});

describe('schema', () => {
  const migration = migrationOf(1, '0001_a.sql', 'CREATE ROLE a');

  test('whole and not recorded is a warning, incomplete is wrong; each names migrate', () => {
    const whole = {
      kind: 'planned',
      version: 0,
      newest: 1,
      steps: [{ migration, missing: [], there: 1 }],
    } as const;
    const [line] = checkSchema('spanner:x', whole);
    expect(line).toMatchObject({ state: 'warning', mend: 'npx jobtrail migrate --store spanner:x' });
    const partly = { ...whole, steps: [{ migration, missing: ['CREATE ROLE a'], there: 0 }] };
    expect(states(checkSchema('spanner:x', partly))).toEqual(['wrong']);
  });
});

describe('configuration', () => {
  const digest = 'd'.repeat(64);
  const facts = {
    path: 'a b.yaml',
    store: 'spanner:x',
    problem: undefined,
    digest,
    policies: 0,
    rules: 0,
    environments: 1,
    inForce: undefined,
  };
  const inForce = (over: object): readonly Line[] =>
    checkConfiguration({ ...facts, inForce: { digest: undefined, later: undefined, kept: false, ...over } });

  test('another bundle in force is told, with the push that mends it', () => {
    expect(codes(checkConfiguration(facts))).toEqual(['ok']);
    const lines = inForce({ digest: 'e'.repeat(64) });
    expect(codes(lines)).toEqual(['ok', 'not-in-force']);
    expect(lines[1]?.mend).toBe(
      "npx jobtrail policy push 'a b.yaml' --commit COMMIT --reviewer REVIEWER --store spanner:x",
    );
  });

  test('this bundle in force, from later on, or as functions brought it, is well; none at all is told', () => {
    expect(codes(inForce({ digest }))).toEqual(['ok', 'ok']);
    const later = inForce({ digest: 'e'.repeat(64), later: '2026-11-20T12:00:00.000000000Z' });
    expect(later[1]).toMatchObject({
      code: 'ok',
      says: expect.stringContaining('from 2026-11-20T12:00:00Z'),
    });
    expect(codes(inForce({ kept: true }))).toEqual(['ok', 'ok']);
    expect(codes(inForce({}))).toEqual(['ok', 'not-deployed']);
  });
});

describe('what is wanted', () => {
  const config = (yaml: string) => parseConfig(yaml, 'jobtrail.yaml').config;

  test('a source by its subscription, by what is declared, by a sink that sends to it', () => {
    const declared = config(`corroboration:
  paths:
    - { path: kong/edge, subscription: projects/edge/subscriptions/kong }
    - { path: storage, retired: true }
    - { path: databricks/1 }
`);
    const wanted = wantedSources(
      declared,
      'trail',
      [
        subscription(),
        subscription({ name: 'projects/edge/subscriptions/kong', topic: 'projects/edge/topics/k' }),
      ],
      [sink({ destination: 'pubsub.googleapis.com/projects/trail/topics/jobtrail-iam' })],
    );
    expect(wanted).toEqual([
      {
        source: 'dataproc',
        subscription: 'projects/trail/subscriptions/jobtrail-dataproc',
        topic: 'projects/trail/topics/jobtrail-dataproc',
      },
      {
        source: 'iam',
        subscription: 'projects/trail/subscriptions/jobtrail-iam',
        topic: 'projects/trail/topics/jobtrail-iam',
      },
      { source: 'kong', subscription: 'projects/edge/subscriptions/kong', topic: 'projects/edge/topics/k' },
    ]);
  });

  test('projects of Google Cloud, by id, by number, of a domain; nothing else', () => {
    const names = [
      'shop-prod',
      '1234567890',
      'example.com:old-one',
      'databricks/12',
      'A',
      'shop-prod',
      '../x',
    ];
    expect(googleProjects(names)).toEqual(['shop-prod', '1234567890', 'example.com:old-one']);
  });
});

test('every check says what it looks at, and names are told apart', () => {
  expect(new Set(CHECKS.map(({ name }) => name)).size).toBe(CHECKS.length);
});

test('Terraform switches on what doctor asks for', () => {
  const variables = readFileSync(new URL('../../terraform/variables-store.tf', import.meta.url), 'utf8');
  for (const { service, types } of AUDIT_NEEDS) {
    const set =
      new RegExp(`"${service.replaceAll('.', '\\.')}"\\s*=\\s*\\[([^\\]]*)\\]`).exec(variables)?.[1] ?? '';
    for (const type of types) expect(`${service}: ${set}`).toContain(`"${type}"`);
  }
});
