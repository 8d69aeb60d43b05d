/** What mesh and gateway record, held against what is asked for. */
import { describe, expect, test } from 'vitest';
import { RequiredEvidence } from '../../schemas/corroboration.ts';
import { checkEvidence, type JobCalls, type RecordedPath } from '../../shared/doctor/checks/evidence.ts';
import type { Line } from '../../shared/doctor/line.ts';
import { codes, states } from './facts.ts';

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

  test('calls of an engine that are connections only are undetermined, unless that is declared', () => {
    const paths = [{ ...kong, requests: 100 }];
    const calls = [starts('dataproc', { requests: 0, connections: 2, named: 0 })];
    expect(check(paths, [entry('request')], calls)[1]).toMatchObject({
      code: 'connections-only',
      about: 'all (dataproc)',
      mend: expect.stringMatching(/^deck gateway sync FILE #.*`grade: connection` in f$/),
    });
    expect(check(paths, [entry('connection')], calls)[1]?.says).toBe(
      '2 starts in the last day; gateway tells 2 connections',
    );
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
