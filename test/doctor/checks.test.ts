/** Checks of what is declared and stored: values in, lines out. */
import { describe, expect, test } from 'vitest';
import { CHECKS } from '../../shared/doctor/check-list.ts';
import { checkClock } from '../../shared/doctor/checks/clock.ts';
import { checkConfiguration } from '../../shared/doctor/checks/configuration.ts';
import { checkSchema } from '../../shared/doctor/checks/schema.ts';
import type { Line } from '../../shared/doctor/line.ts';
import { googleProjects, wantedSources } from '../../shared/doctor/wanted.ts';
import { parseConfig } from '../../shared/config/parse.ts';
import { migrationOf } from '../../shared/store/spanner/migrations.ts';
import { codes, sink, states, subscription } from './facts.ts';

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
