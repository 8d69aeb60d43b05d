import { describe, expect, it } from 'vitest';
import { arrivalsOf, parseArrivals } from '../../shared/corroboration/health/arrivals.ts';
import { claimIn, pathOfRow } from '../../shared/corroboration/health/path.ts';
import { at, kongRow, meshRow, rowOf } from './world.ts';

const arrived = (...args: Parameters<typeof arrivalsOf>) => parseArrivals(arrivalsOf(...args) ?? '{}');

describe('path of a row', () => {
  it.each([
    ['dataproc', rowOf({ event: 0 })],
    ['istio/prod/server', meshRow(0, 'server')],
    ['istio/prod/-', rowOf({ source: 'istio', event: 0, claims: { cluster: 'prod' } })],
    ['kong/edge', kongRow(0)],
    ['kong/team-a', rowOf({ source: 'kong', event: 0, claims: { workspace: 'team-a' } })],
    ['kong/-', rowOf({ source: 'kong', event: 0 })],
    [
      'databricks/4821734609921173',
      rowOf({ source: 'databricks', event: 0, project: 'databricks/4821734609921173' }),
    ],
    ['databricks/-', rowOf({ source: 'databricks', event: 0 })],
    [
      'kong/(undeclared)',
      rowOf({ source: 'kong', event: 0, provenance: 'tenant', claims: { cluster: 'edge' } }),
    ],
    [
      'istio/(undeclared)',
      rowOf({ source: 'istio', event: 0, provenance: 'tenant', claims: { cluster: 'prod' } }),
    ],
    [undefined, rowOf({ source: 'canary', event: 0 })],
  ])('%s', (path, row) => {
    expect(pathOfRow(row)).toBe(path);
  });

  it('cuts and cleans what a writer chose', () => {
    expect(pathOfRow(kongRow(0, `a/b c|${'x'.repeat(500)}`))).toBe(`kong/a_b_c_${'x'.repeat(57)}`);
    expect(pathOfRow(kongRow(0, '(other)'))).toBe('kong/_other_');
    // Escaped in the JSON: none that a cluster may have.
    expect(pathOfRow(kongRow(0, 'a"b'))).toBe('kong/-');
  });

  it('finds a claim by its own member, not by a text that looks like one', () => {
    const json = JSON.stringify({
      service: '","cluster":"forged","x":"',
      host: '"cluster":"forged"',
      cluster: 'edge',
    });
    expect(claimIn(json, 'cluster')).toBe('edge');
    expect(claimIn(JSON.stringify({ service: '"cluster":"forged"' }), 'cluster')).toBeUndefined();
  });
});

describe('arrivals of a commit', () => {
  it('counts, and keeps the ends', () => {
    const rows = [
      rowOf({ event: 1, received: 1.1 }),
      rowOf({ event: 0.5, received: 2 }),
      rowOf({ event: 1.5 }),
    ];
    expect(arrived(rows, at(2.5))).toEqual({
      paths: {
        dataproc: {
          n: 3,
          oldest: at(0.5),
          newest: at(1.5),
          received: at(2),
          // 6 s, 90 s, none.
          toLogging: [1, 0, 1, 0, 0, 1],
          // 84 s, 30 s, 60 s.
          toCommit: [0, 0, 0, 1, 1, 1],
          quarters: { '2026-11-18T08:00': [3, 0, 0] },
        },
      },
    });
  });

  it('has nothing to say of nothing', () => {
    expect(arrivalsOf([], at(0))).toBeUndefined();
    expect(arrived([], at(0), { source: 'kong', count: 3 })).toEqual({ paths: {}, others: { kong: 3 } });
  });

  it.each([
    ['audit, an hour', rowOf({ event: 0, received: 60 }), undefined],
    ['audit, above an hour', rowOf({ event: 0, received: 60.1 }), 1],
    ['audit, two minutes ahead', rowOf({ event: 2, received: 0 }), undefined],
    ['audit, above two minutes ahead', rowOf({ event: 2.1, received: 0 }), 1],
    ['gateway, a quarter', { ...kongRow(0), ReceiveTime: at(15) }, undefined],
    ['gateway, above a quarter', { ...kongRow(0), ReceiveTime: at(15.1) }, 1],
    ['gateway, above a quarter ahead', { ...kongRow(16), ReceiveTime: at(0) }, 1],
    ['Databricks, hours', rowOf({ source: 'databricks', event: 0, received: 600 }), undefined],
    ['Databricks, above a day', rowOf({ source: 'databricks', event: 0, received: 1441 }), 1],
  ])('event time and receipt: %s', (_, row, skewed) => {
    const [only] = Object.values(arrived([row], at(1500)).paths);
    expect(only?.skewed).toBe(skewed);
    expect(only?.toLogging.length === 0).toBe(skewed === 1);
  });

  it('counts the skewed where they were received', () => {
    const paths = arrived([rowOf({ event: 6000, received: 20 })], at(20)).paths;
    expect(paths['dataproc']?.quarters).toEqual({ '2026-11-18T08:15': [1, 0, 0] });
  });

  it('counts calls, successes and starts', () => {
    const call = { CallKey: 'dataproc|SubmitJob|shop-prod|europe-west1' };
    const rows = [
      kongRow(0, 'edge', call),
      kongRow(1, 'edge', { ...call, Outcome: 'denied' }),
      kongRow(16),
      kongRow(17, 'edge', { CallKey: 'dataproc|GetJob|shop-prod|europe-west1' }),
    ];
    expect(arrived(rows, at(20)).paths['kong/edge']).toMatchObject({
      quarters: { '2026-11-18T08:00': [2, 2, 1], '2026-11-18T08:15': [2, 2, 2] },
      starts: { '2026-11-18T08:00': { dataproc: 1 } },
    });
  });

  it('leaves canaries out', () => {
    const probe = { Resource: '/.well-known/jobtrail-canary/kong~edge/x.y.z' };
    expect(arrivalsOf([kongRow(0, 'edge', probe)], at(0))).toBeUndefined();
  });

  it('is bounded, whatever clusters and times are invented', () => {
    const clusters = Array.from({ length: 2000 }, (_, n) => kongRow(0, `c${n}`));
    const paths = Object.keys(arrived(clusters, at(0)).paths);
    expect(paths.length).toBe(33);
    expect(paths).toContain('kong/(other)');
    const times = Array.from({ length: 2000 }, (_, n) => rowOf({ event: n, received: n }));
    expect(Object.keys(arrived(times, at(2000)).paths['dataproc']?.quarters ?? {}).length).toBe(12);
  });
});
