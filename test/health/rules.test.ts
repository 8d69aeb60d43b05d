import { describe, expect, it } from 'vitest';
import { HEALTH_RULES } from '../../shared/corroboration/health/rules.ts';
import { EXPORT_ERRORS, EXPORTED, OLDEST_UNACKED } from '../../shared/corroboration/health/metrics.ts';
import { at, createWorld, declaredOf, kongRow, rowOf, type Look, type World } from './world.ts';

const SINK = 'projects/shop-prod/sinks/jobtrail-dataproc';
const SUBSCRIPTION = 'projects/shop-logs/subscriptions/jobtrail-dataproc';

const found = ({ judged }: Look, rule: string) => judged.findings.filter((finding) => finding.rule === rule);
const healthy = ({ judged }: Look, rule: string) =>
  judged.healthy.filter((one) => one.rule === rule).map(({ key }) => key);

function speaks(world: World, from: number, until: number, each = 1, source = 'dataproc'): void {
  for (let minute = from; minute <= until; minute += 1)
    world.commit(
      minute + 0.1,
      Array.from({ length: each }, () => rowOf({ event: minute, source })),
    );
}

describe('catalogue', () => {
  it('says of each rule all that is asked of one', () => {
    const ids = HEALTH_RULES.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const rule of HEALTH_RULES) {
      expect(rule.title.length).toBeGreaterThan(10);
      expect(rule.why.length).toBeGreaterThan(20);
      expect(rule.runbook.length).toBeGreaterThanOrEqual(2);
      expect(rule.runbook.length).toBeLessThanOrEqual(5);
      expect(rule.gaps.length).toBeGreaterThan(0);
      for (const keys of Object.values(rule.maps)) expect(keys.length).toBeGreaterThan(0);
    }
  });
});

/** Of every finding: labels that its rule has, a key, no events. */
function expectSound({ judged }: Look): void {
  for (const { rule, key, evidence, events } of judged.findings) {
    const labels = HEALTH_RULES.find(({ id }) => id === rule)?.evidence;
    expect(key).not.toBe('');
    expect(events).toEqual([]);
    for (const [label] of evidence) expect(labels).toContain(label);
  }
}

describe('source-silent', () => {
  const declared = declaredOf({ paths: [{ path: 'dataproc', everySeconds: 600 }] });

  it('is one finding through an incident, and one more each time ten times as much waits', () => {
    const world = createWorld(declared);
    speaks(world, 0, 30);
    world.looks(0, 40);
    const ids = new Set<string>();
    for (let minute = 41; minute <= 80; minute += 1) {
      world.held.set('dataproc', minute - 42);
      const look = world.look(minute);
      expectSound(look);
      for (const { id, rule } of look.judged.findings) {
        expect(rule).toBe('source-silent');
        ids.add(id);
      }
    }
    // None, one, ten.
    expect(ids.size).toBe(3);
  });

  it('is over when the path speaks again, and another incident the next time', () => {
    const world = createWorld(declared);
    speaks(world, 0, 30);
    speaks(world, 60, 90);
    const [first] = found(world.looks(0, 50), 'source-silent');
    const again = world.looks(51, 61);
    expect(found(again, 'source-silent')).toEqual([]);
    // Whether what piled up is through is not known yet.
    expect(healthy(again, 'source-silent')).toEqual([]);
    expect(healthy(world.looks(62, 80), 'source-silent')).toEqual(['dataproc']);
    const [second] = found(world.looks(81, 110), 'source-silent');
    expect(second?.key).toBe(first?.key);
    expect(second?.id).not.toBe(first?.id);
    expect(second?.time).toBe(at(102));
  });

  it('is quiet at the limit itself', () => {
    const world = createWorld(declared);
    speaks(world, 0, 30);
    expect(found(world.looks(0, 41), 'source-silent')).toEqual([]);
    expect(found(world.look(42), 'source-silent').length).toBe(1);
  });

  it('counts what waits for the plane of a hop', () => {
    const world = createWorld(declaredOf({ paths: [{ path: 'kong/a', everySeconds: 600 }] }));
    world.commit(0.5, [kongRow(0, 'a')]);
    world.held.set('gateway', 3).set('kong/a', 1);
    expect(found(world.looks(0, 20), 'source-silent')[0]?.evidence).toContainEqual(['held', '4']);
  });
});

describe('export-path-lagging', () => {
  function world(): World {
    const made = createWorld();
    speaks(made, 0, 100);
    return made;
  }

  it('finds a sink that could not export', () => {
    const made = world();
    made.metric(EXPORT_ERRORS, SINK, 20, 0);
    made.metric(EXPORT_ERRORS, SINK, 25, 3);
    // The later reading of the same interval.
    made.metric(EXPORT_ERRORS, SINK, 25, 5);
    made.metric(EXPORT_ERRORS, 'projects/x/sinks/somebody-elses', 25, 9);
    const look = made.looks(0, 40);
    expectSound(look);
    expect(found(look, 'export-path-lagging')).toMatchObject([
      { key: SINK, severity: 'high', summary: expect.stringContaining('5 entries of dataproc') },
    ]);
    made.metric(EXPORT_ERRORS, SINK, 55, 0);
    expect(healthy(made.looks(41, 60), 'export-path-lagging')).toEqual([SINK]);
  });

  it('finds a subscription that is behind in two points in a row, above the limit', () => {
    const made = world();
    made.metric(OLDEST_UNACKED, SUBSCRIPTION, 20, 600);
    made.metric(OLDEST_UNACKED, SUBSCRIPTION, 25, 601);
    expect(found(made.looks(0, 29), 'export-path-lagging')).toEqual([]);
    made.metric(OLDEST_UNACKED, SUBSCRIPTION, 30, 901);
    const look = made.looks(30, 40);
    expectSound(look);
    expect(found(look, 'export-path-lagging')).toMatchObject([{ key: SUBSCRIPTION }]);
    made.metric(OLDEST_UNACKED, SUBSCRIPTION, 35, 2);
    expect(healthy(made.looks(41, 42), 'export-path-lagging')).toEqual([SUBSCRIPTION]);
  });

  it('knows elements that are declared for a path', () => {
    const made = createWorld(
      declaredOf({ paths: [{ path: 'dataproc', sinks: ['organizations/1/sinks/all'] }] }),
    );
    speaks(made, 0, 30);
    made.metric(EXPORT_ERRORS, 'organizations/1/sinks/all', 20, 1);
    made.metric(EXPORT_ERRORS, SINK, 20, 1);
    expect(found(made.looks(0, 30), 'export-path-lagging').map(({ key }) => key)).toEqual([
      'organizations/1/sinks/all',
    ]);
  });
});

describe('source-volume-drop', () => {
  /** Ten records a minute arrive; sink and subscription tell theirs. */
  function exporting(each: number, others = 0): Look {
    const world = createWorld();
    speaks(world, 0, 100, each);
    for (let minute = 0; minute <= 100; minute += 1)
      world.commit(minute + 0.2, [], { source: 'dataproc', count: others });
    for (let end = 5; end <= 90; end += 5) world.metric(EXPORTED, SINK, end, 50);
    return world.looks(0, 100);
  }

  it('finds more than two of a hundred exported entries missing, in two quarters', () => {
    const look = exporting(9);
    expectSound(look);
    expect(found(look, 'source-volume-drop')).toMatchObject([
      {
        key: 'dataproc',
        severity: 'medium',
        evidence: expect.arrayContaining([
          ['compared', 'exports'],
          ['expected', '300'],
          ['received', '270'],
        ]),
      },
    ]);
  });

  it('counts what made no event, and is well with all', () => {
    expect(found(exporting(9, 1), 'source-volume-drop')).toEqual([]);
    expect(healthy(exporting(10), 'source-volume-drop')).toEqual(['dataproc']);
  });

  it('does not count twice what a holiday halves on both sides', () => {
    const world = createWorld();
    speaks(world, 0, 100, 5);
    for (let end = 5; end <= 90; end += 5) world.metric(EXPORTED, SINK, end, 25);
    expect(found(world.looks(0, 100), 'source-volume-drop')).toEqual([]);
  });

  it('finds starts that the gateway let through and the audit log has not', () => {
    const call = { CallKey: 'dataproc|SubmitJob|shop-prod|europe-west1', Action: 'job.submit' };
    const made = (audited: number): Look => {
      const world = createWorld();
      for (let minute = 0; minute <= 100; minute += 1) {
        world.commit(minute + 0.1, [
          ...Array.from({ length: 10 }, () => kongRow(minute, 'edge', { ...call, Action: 'api.call' })),
          ...Array.from({ length: audited }, () => rowOf({ event: minute, over: call })),
        ]);
      }
      return world.looks(0, 100);
    };
    expect(found(made(9), 'source-volume-drop')).toMatchObject([
      { key: 'dataproc', evidence: expect.arrayContaining([['compared', 'calls']]) },
    ]);
    expect(found(made(10), 'source-volume-drop')).toEqual([]);
    // More than the gateway saw is a bypass, and another rule's.
    expect(found(made(12), 'source-volume-drop')).toEqual([]);
  });

  it('finds a source far below what is usual at this hour, for three quarters', () => {
    /** Seven Wednesday mornings of twenty records a minute, the last of another number. */
    const mornings = (last: number): Look => {
      const world = createWorld();
      const week = 7 * 24 * 60;
      for (let weeks = 0; weeks < 7; weeks += 1) {
        const start = weeks * week;
        const each = weeks < 6 ? 20 : last;
        for (let minute = 0; minute <= 200; minute += 1)
          world.commit(
            start + minute + 0.1,
            Array.from({ length: each }, () => rowOf({ event: start + minute })),
          );
        for (let minute = 0; minute <= (weeks < 6 ? 320 : 80); minute += 10)
          world.look(start + minute, Math.max(0, start + minute - 20));
      }
      return world.look(6 * week + 81, 6 * week + 60);
    };
    const look = mornings(5);
    expectSound(look);
    expect(found(look, 'source-volume-drop')).toMatchObject([
      {
        key: 'dataproc',
        evidence: expect.arrayContaining([
          ['compared', 'usual'],
          ['expected', '900'],
          ['received', '225'],
        ]),
      },
    ]);
    expect(healthy(mornings(20), 'source-volume-drop')).toEqual(['dataproc']);
  });
});

describe('hop-successes-missing', () => {
  const calling = (until: number, outcome: (minute: number) => string, each = 2): Look => {
    const world = createWorld();
    for (let minute = 0; minute <= until; minute += 1) {
      world.commit(
        minute + 0.1,
        Array.from({ length: each }, () => kongRow(minute, 'edge', { Outcome: outcome(minute) })),
      );
    }
    return world.looks(0, until);
  };

  it('finds a hop of which only failures are recorded any more', () => {
    const look = calling(100, (minute) => (minute < 60 ? 'allowed' : 'failed'));
    expectSound(look);
    expect(found(look, 'hop-successes-missing')).toMatchObject([{ key: 'kong/edge', severity: 'high' }]);
  });

  it('is quiet with one success, with few calls, and where there never was one', () => {
    expect(
      found(
        calling(100, (minute) => (minute < 60 || minute === 90 ? 'allowed' : 'failed')),
        'hop-successes-missing',
      ),
    ).toEqual([]);
    expect(
      found(
        calling(100, () => 'failed'),
        'hop-successes-missing',
      ),
    ).toEqual([]);
    expect(
      healthy(
        calling(100, () => 'allowed'),
        'hop-successes-missing',
      ),
    ).toEqual(['kong/edge']);
  });
});

describe('source-clock-skew', () => {
  const skewed = (count: number): Look => {
    const world = createWorld();
    speaks(world, 0, 30, 20);
    world.commit(
      25,
      Array.from({ length: count }, () => rowOf({ event: -120, received: 25 })),
    );
    return world.looks(0, 30);
  };

  it('finds more than one of a hundred in ten minutes', () => {
    const look = skewed(3);
    expectSound(look);
    expect(found(look, 'source-clock-skew')).toMatchObject([
      { key: 'dataproc', evidence: expect.arrayContaining([['skewed', '3']]) },
    ]);
    expect(healthy(skewed(2), 'source-clock-skew')).toEqual(['dataproc']);
  });
});
