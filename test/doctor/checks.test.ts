/** The checks alone: values in, lines out. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { RequiredEvidence } from '../../schemas/corroboration.ts';
import { AUDIT_NEEDS, checkAudit } from '../../shared/doctor/checks/audit.ts';
import { checkClock } from '../../shared/doctor/checks/clock.ts';
import { checkConfiguration } from '../../shared/doctor/checks/configuration.ts';
import { checkEvidence } from '../../shared/doctor/checks/evidence.ts';
import { checkLogWriters } from '../../shared/doctor/checks/log-writers.ts';
import { checkCanaries, checkPaths } from '../../shared/doctor/checks/paths.ts';
import { checkSchema } from '../../shared/doctor/checks/schema.ts';
import { CHECKS } from '../../shared/doctor/check-list.ts';
import type { PolicyFacts } from '../../shared/doctor/facts.ts';
import { type Asked, type Line, shellWord } from '../../shared/doctor/line.ts';
import { migrationOf } from '../../shared/store/spanner/migrations.ts';

const states = (lines: readonly Line[]): readonly string[] => lines.map(({ state }) => state);
const policy = (facts: Partial<PolicyFacts>): Asked<PolicyFacts> => ({
  kind: 'answer',
  value: { bindings: [], auditConfigs: [], ...facts },
});
const refused: Asked<never> = { kind: 'refused', why: '403', mend: 'gcloud ask' };

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

  test('what is on above the project holds in it, and levels add up', () => {
    expect(states(checkAudit('p', 'trail', [policy({}), policy({ auditConfigs: [all] })]))).toEqual(['ok']);
    const reads = policy({ auditConfigs: [on('allServices', 'ADMIN_READ', 'DATA_READ')] });
    expect(states(checkAudit('p', 'trail', [reads]))).toEqual(['wrong', 'wrong']);
    const writes = policy({
      auditConfigs: [on('storage.googleapis.com', 'DATA_WRITE'), on('spanner.googleapis.com', 'DATA_WRITE')],
    });
    expect(states(checkAudit('p', 'trail', [reads, writes]))).toEqual(['ok']);
  });

  test('what is missing where a level could not be asked is not known, what is there is', () => {
    expect(states(checkAudit('p', 'trail', [policy({}), refused]))).toEqual(['unasked']);
    expect(states(checkAudit('p', 'trail', [policy({ auditConfigs: [all] }), refused]))).toEqual(['ok']);
  });

  test('accounts of the pipeline may be exempted, nobody else', () => {
    const exempting = (member: string): Asked<PolicyFacts> =>
      policy({
        auditConfigs: [
          all,
          { service: 'storage.googleapis.com', types: [{ type: 'DATA_READ', exempted: [member] }] },
        ],
      });
    const ours = exempting('serviceAccount:jobtrail-storage@trail.iam.gserviceaccount.com');
    expect(states(checkAudit('p', 'trail', [ours]))).toEqual(['ok']);
    const other = exempting('serviceAccount:jobtrail-storage@nottrail.iam.gserviceaccount.com');
    expect(states(checkAudit('p', 'trail', [other]))).toEqual(['warning']);
  });
});

describe('log writers', () => {
  const lines = (role: string, ...members: string[]): readonly Line[] =>
    checkLogWriters('m', [{ resource: 'projects/m', asked: policy({ bindings: [{ role, members }] }) }]);

  test.each([
    ['roles/logging.logWriter', 'serviceAccount:a@m.iam.gserviceaccount.com', 'ok'],
    ['roles/logging.viewer', 'user:eve@example.com', 'ok'],
    ['roles/logging.admin', 'group:all@example.com', 'wrong'],
    ['roles/logging.logWriter', 'allAuthenticatedUsers', 'wrong'],
    ['roles/owner', 'user:eve@example.com', 'wrong'],
    ['roles/editor', 'serviceAccount:a@m.iam.gserviceaccount.com', 'warning'],
    ['roles/dataproc.worker', 'serviceAccount:a@m.iam.gserviceaccount.com', 'warning'],
    [
      'roles/logging.logWriter',
      'principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/*',
      'warning',
    ],
    ['organizations/1/roles/logs', 'serviceAccount:a@m.iam.gserviceaccount.com', 'warning'],
  ])('%s of %s is %s', (role, member, state) => {
    expect(states(lines(role, member))).toEqual([state]);
  });

  test('a level that could not be asked is named', () => {
    expect(checkLogWriters('m', [{ resource: 'folders/1', asked: refused }])).toEqual([
      {
        check: 'log-writers',
        about: 'projects/m by folders/1',
        state: 'unasked',
        says: 'not known: 403',
        mend: 'gcloud ask',
      },
    ]);
  });
});

describe('evidence', () => {
  const entry = (grade: string): RequiredEvidence =>
    RequiredEvidence.parse({ id: 'all', require: ['gateway'], grade });
  const kong = { path: 'kong/edge', records: 100, named: 100, requests: 0 };

  test('connections are enough where they are declared', () => {
    expect(states(checkEvidence([kong], [entry('connection')], 'f'))).toEqual(['ok', 'ok']);
    expect(states(checkEvidence([kong], [entry('request')], 'f'))).toEqual(['ok', 'wrong']);
  });

  test.each([
    [99, 'ok'],
    [98, 'warning'],
    [49, 'wrong'],
  ])('%i of 100 records with a name are %s', (named, state) => {
    expect(states(checkEvidence([{ ...kong, named }], [], 'f'))).toEqual([state]);
  });

  test('records of nobody’s project are none of the hop that is required', () => {
    expect(states(checkEvidence([{ ...kong, path: 'kong/(undeclared)' }], [entry('request')], 'f'))).toEqual([
      'wrong',
      'wrong',
    ]);
  });

  test('nothing required and nothing there', () => {
    expect(states(checkEvidence([], [], 'f'))).toEqual(['ok']);
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
    expect(states(checkPaths(question))).toEqual(['wrong']);
    expect(states(checkCanaries(question))).toEqual(['warning']);
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
  const facts = {
    path: 'a b.yaml',
    store: 'spanner:x',
    problem: undefined,
    digest: 'd'.repeat(64),
    policies: 0,
    rules: 0,
    environments: 1,
    inForce: undefined,
  };

  test('another bundle in force is told, with the push that mends it', () => {
    expect(states(checkConfiguration(facts))).toEqual(['ok']);
    const lines = checkConfiguration({ ...facts, inForce: 'e'.repeat(64) });
    expect(states(lines)).toEqual(['ok', 'warning']);
    expect(lines[1]?.mend).toContain("policy push 'a b.yaml' --commit COMMIT");
  });
});

test('every check says what it looks at, and names are told apart', () => {
  expect(new Set(CHECKS.map(({ name }) => name)).size).toBe(CHECKS.length);
});

test('words with what a shell would read are quoted', () => {
  expect(shellWord("it's")).toBe(`'it'\\''s'`);
  expect(shellWord('user:a@b.c')).toBe('user:a@b.c');
});

test('Terraform switches on what doctor asks for', () => {
  const variables = readFileSync(new URL('../../terraform/variables-store.tf', import.meta.url), 'utf8');
  for (const { service, types } of AUDIT_NEEDS) {
    const set =
      new RegExp(`"${service.replaceAll('.', '\\.')}"\\s*=\\s*\\[([^\\]]*)\\]`).exec(variables)?.[1] ?? '';
    for (const type of types) expect(`${service}: ${set}`).toContain(`"${type}"`);
  }
});
