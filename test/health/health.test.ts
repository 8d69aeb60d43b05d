import { describe, expect, it } from 'vitest';
import { EXPORTED, OLDEST_UNACKED } from '../../shared/corroboration/health/metrics.ts';
import type { PathHealth } from '../../shared/corroboration/health/status.ts';
import { inGap, watermarksAtEnd } from '../../shared/corroboration/health/watermarks.ts';
import { at, createWorld, declaredOf, kongRow, meshRow, rowOf, type World } from './world.ts';

const SUBSCRIPTION = 'projects/shop-logs/subscriptions/jobtrail-dataproc';
const SINK = 'projects/shop-prod/sinks/jobtrail-dataproc';
const CANARY = declaredOf({ paths: [{ path: 'dataproc', canary: true }] });

/** A record each minute of a span, received and committed at once. */
function speaks(world: World, from: number, until: number, source = 'dataproc'): void {
  for (let minute = from; minute <= until; minute += 1)
    world.commit(minute + 0.1, [rowOf({ event: minute, source })]);
}

describe('by its own cadence', () => {
  it('is now less the lateness while records come', () => {
    const world = createWorld();
    speaks(world, 0, 30);
    const { of, watermark } = world.looks(0, 31);
    expect(of('dataproc')).toMatchObject({ status: 'live', vouchedBy: 'arrivals', watermark: at(21) });
    expect(watermark('dataproc')).toBe(at(21));
    expect(watermark('dataflow')).toBeUndefined();
    expect(watermark('gateway')).toBeUndefined();
  });

  it('stands still when they stop, and nothing tells idle from lost', () => {
    const world = createWorld();
    speaks(world, 0, 30);
    const { of, judged } = world.looks(0, 120);
    // The last came in the minute of 30; a quarter of silence is no sign.
    expect(of('dataproc')).toMatchObject({ status: 'blind', watermark: at(36) });
    expect(of('dataproc').silence).toBeUndefined();
    expect(judged.findings).toEqual([]);
  });

  it('is as patient as the path is declared to be', () => {
    const world = createWorld(declaredOf({ paths: [{ path: 'dataproc', everySeconds: 3600 }] }));
    speaks(world, 0, 10);
    expect(world.looks(0, 70).of('dataproc')).toMatchObject({ status: 'live', watermark: at(60) });
    const late = world.looks(71, 72);
    expect(late.of('dataproc')).toMatchObject({ status: 'blind', watermark: at(61) });
    expect(late.of('dataproc').silence?.witness).toBe('declared cadence');
    expect(late.judged.findings.map(({ rule, key }) => [rule, key])).toEqual([['source-silent', 'dataproc']]);
  });

  it('uses the lateness that is declared, and never less than was measured', () => {
    const world = createWorld(declaredOf({ paths: [{ path: 'data*', latenessSeconds: 60 }] }));
    speaks(world, 0, 30);
    expect(world.looks(0, 30).of('dataproc').watermark).toBe(at(29));
    const slow = createWorld();
    for (let minute = 0; minute <= 120; minute += 1)
      slow.commit(minute, [rowOf({ event: minute - 25, received: minute })]);
    // 25 minutes are in the bucket up to half an hour.
    expect(slow.looks(0, 120).of('dataproc')).toMatchObject({ budgetMs: 1_800_000, watermark: at(90) });
  });

  it('does not measure what is not believed, and not beyond the bound of its class', () => {
    const world = createWorld();
    for (let minute = 0; minute <= 120; minute += 1)
      world.commit(minute, [rowOf({ event: minute - 600, received: minute })]);
    expect(world.looks(0, 120).of('dataproc').budgetMs).toBe(600_000);
  });
});

it('is moved by no record that is dated into the future', () => {
  const world = createWorld();
  speaks(world, 0, 20);
  world.commit(10, [rowOf({ event: 100_000, received: 10 })]);
  expect(world.looks(0, 20).of('dataproc').watermark).toBe(at(10));
});

describe('by its subscription', () => {
  function withMetric(age: (minute: number) => number, until: number): World {
    const world = createWorld();
    speaks(world, 0, 30);
    for (let end = 5; end <= until; end += 5) world.metric(OLDEST_UNACKED, SUBSCRIPTION, end, age(end));
    return world;
  }

  it('goes on while the source is idle and nothing waits', () => {
    const { of, judged } = withMetric(() => 2, 300).looks(0, 300);
    expect(of('dataproc')).toMatchObject({ status: 'idle', vouchedBy: 'subscription', watermark: at(290) });
    expect(judged.findings).toEqual([]);
  });

  it('stands still where its sink exported and nothing came', () => {
    const world = withMetric(() => 2, 120);
    world.metric(EXPORTED, SINK, 30, 50);
    for (let end = 40; end <= 120; end += 5) world.metric(EXPORTED, SINK, end, 7);
    world.held.set('dataproc', 12);
    const { of, judged } = world.looks(0, 60);
    // The first point that tells of it is complete ten minutes after its end; until then the source may be idle.
    expect(of('dataproc')).toMatchObject({ status: 'blind', watermark: at(39) });
    expect(judged.findings).toMatchObject([
      {
        rule: 'source-silent',
        key: 'dataproc',
        summary: expect.stringContaining('12 verdicts wait for it'),
        events: [],
      },
    ]);
  });

  it('stands still while the oldest message is old, and says how far all are here', () => {
    const world = withMetric((minute) => (minute <= 30 ? 1 : (minute - 28) * 60), 60);
    speaks(world, 31, 60);
    const { of } = world.looks(0, 60);
    // The message of minute 28 still waits.
    expect(of('dataproc')).toMatchObject({ status: 'lagging' });
    expect(of('dataproc').watermark).toBe(at(35 - 10 + 4));
  });
});

describe('by its canary', () => {
  it('goes as far as the canaries that are back, less nothing but the lateness', () => {
    const world = createWorld(CANARY);
    for (let sent = 0; sent <= 60; sent += 5) world.canary('dataproc', sent);
    world.commit(1, [rowOf({ event: 1 })]);
    const { of } = world.looks(0, 61);
    expect(of('dataproc')).toMatchObject({ status: 'idle', vouchedBy: 'canary', watermark: at(51) });
  });

  it('is live before anything else ever came', () => {
    const world = createWorld(CANARY);
    world.canary('dataproc', 0);
    expect(world.look(1).of('dataproc')).toMatchObject({ status: 'idle', watermark: at(-9) });
  });

  it('stands still where it was sent last when it does not come back, whatever else comes', () => {
    const world = createWorld(CANARY);
    for (let sent = 0; sent <= 30; sent += 5) world.canary('dataproc', sent);
    speaks(world, 0, 120);
    const { of, judged } = world.looks(0, 120);
    expect(of('dataproc')).toMatchObject({ status: 'blind', watermark: at(30) });
    expect(judged.findings).toMatchObject([{ rule: 'source-silent', key: 'dataproc' }]);
  });

  it('takes no canary of the future, and of another path', () => {
    const world = createWorld(CANARY);
    world.canary('dataproc', 0);
    world.canary('dataproc', 5000);
    world.canary('dataflow', 55);
    expect(world.looks(0, 60).of('dataproc')).toMatchObject({ status: 'blind', watermark: at(0) });
  });

  it('does not alert in the first quarter of an hour that it is declared', () => {
    const world = createWorld(CANARY);
    speaks(world, 0, 40);
    expect(world.looks(0, 14).judged.findings).toEqual([]);
    expect(world.looks(15, 16).judged.findings).toMatchObject([{ rule: 'source-silent' }]);
  });

  it('after two hours out: a new canary does not vouch for what was sent before it', () => {
    const world = createWorld(CANARY);
    for (let sent = 0; sent <= 30; sent += 5) world.canary('dataproc', sent);
    speaks(world, 0, 30);
    world.looks(0, 150);
    // The backlog comes, in any order: the newest first.
    world.canary('dataproc', 150);
    world.commit(150.2, [rowOf({ event: 150 })]);
    expect(world.look(151).of('dataproc')).toMatchObject({ status: 'lagging', watermark: at(30) });
    for (let minute = 151; minute <= 155; minute += 1)
      world.commit(minute + 0.5, [rowOf({ event: minute - 100, received: minute - 100 })]);
    world.canary('dataproc', 155);
    expect(world.looks(152, 156).of('dataproc')).toMatchObject({ status: 'lagging', watermark: at(30) });
    // Those sent in between come back: each takes it on.
    for (let sent = 35; sent <= 90; sent += 5) world.canary('dataproc', sent);
    expect(world.look(157).of('dataproc')).toMatchObject({ status: 'lagging', watermark: at(90) });
    for (let sent = 95; sent <= 145; sent += 5) world.canary('dataproc', sent);
    expect(world.look(158).of('dataproc')).toMatchObject({ status: 'live', watermark: at(148), gaps: [] });
  });

  it('after an outage that lost them: goes on when what came late is through, and keeps the hole', () => {
    const world = createWorld(CANARY);
    for (let sent = 0; sent <= 30; sent += 5) world.canary('dataproc', sent);
    speaks(world, 0, 30);
    world.looks(0, 150);
    for (let sent = 150; sent <= 200; sent += 5) world.canary('dataproc', sent);
    speaks(world, 150, 200);
    expect(world.looks(151, 159).of('dataproc')).toMatchObject({ status: 'lagging', watermark: at(30) });
    const after = world.looks(160, 175);
    expect(after.of('dataproc')).toMatchObject({
      status: 'live',
      watermark: at(165),
      gaps: [[at(30), at(150)]],
    });
    expect(inGap(after.healths, 'dataproc', at(60), at(70))).toBe(true);
    expect(inGap(after.healths, 'dataproc', at(160), at(170))).toBe(false);
    expect(inGap(after.healths, 'dataflow', at(60), at(70))).toBe(false);
  });

  it('a path that anybody can write into has no holes that excuse anything', () => {
    const world = createWorld();
    speaks(world, 0, 1);
    const gaps: PathHealth['gaps'] = [[at(0), at(100)]];
    const of = (path: string) => world.look(2).healths.map((health) => ({ ...health, path, gaps }));
    expect(inGap(of('kong/edge-1'), 'gateway', at(60), at(70))).toBe(true);
    expect(inGap(of('kong/(undeclared)'), 'gateway', at(60), at(70))).toBe(false);
  });
});

describe('after an outage without canary', () => {
  it('waits until nothing comes late any more', () => {
    const world = createWorld();
    speaks(world, 0, 30);
    world.looks(0, 150);
    // Nobody looked for two hours; the first to come is new, then comes what piled up.
    speaks(world, 150, 200);
    expect(world.looks(150, 151).of('dataproc')).toMatchObject({ status: 'lagging', watermark: at(36) });
    for (let minute = 152; minute <= 170; minute += 1)
      world.commit(minute + 0.3, [rowOf({ event: minute - 120, received: minute - 120 })]);
    expect(world.looks(152, 179).of('dataproc')).toMatchObject({ status: 'lagging', watermark: at(36) });
    expect(world.looks(180, 182).of('dataproc')).toMatchObject({ status: 'live', watermark: at(172) });
  });

  it('does not jump where nobody looked meanwhile', () => {
    const world = createWorld();
    speaks(world, 0, 200);
    world.looks(0, 30);
    expect(world.look(150).of('dataproc')).toMatchObject({ status: 'lagging', watermark: at(20) });
    expect(world.looks(151, 162).of('dataproc')).toMatchObject({ status: 'live', watermark: at(152) });
  });

  it('goes by the subscription where its metric is there', () => {
    const world = createWorld();
    speaks(world, 0, 30);
    world.looks(0, 150);
    speaks(world, 150, 200);
    world.metric(OLDEST_UNACKED, SUBSCRIPTION, 150, 7000);
    expect(world.looks(151, 155).of('dataproc').status).toBe('lagging');
    world.metric(OLDEST_UNACKED, SUBSCRIPTION, 155, 3);
    expect(world.look(156).of('dataproc')).toMatchObject({ status: 'live', watermark: at(146) });
  });
});

describe('planes', () => {
  const BOTH = declaredOf({ paths: [{ path: 'kong/a' }, { path: 'kong/b' }] });

  it('are as far as the last of their paths', () => {
    const world = createWorld(BOTH);
    for (let minute = 0; minute <= 60; minute += 1) {
      world.commit(minute + 0.1, [kongRow(minute, 'a'), ...(minute <= 20 ? [kongRow(minute, 'b')] : [])]);
    }
    const { watermark, of } = world.looks(0, 60);
    expect(of('kong/a').watermark).toBe(at(55));
    expect(of('kong/b').status).toBe('blind');
    expect(watermark('gateway')).toBe(of('kong/b').watermark);
    expect(watermark('kong')).toBe(watermark('gateway'));
    expect(watermark('kong/a')).toBe(at(55));
    expect(watermark('mesh')).toBeUndefined();
  });

  it('do not wait for what is retired, nor for what anybody could have written', () => {
    const world = createWorld(declaredOf({ paths: [{ path: 'kong/a' }, { path: 'kong/b', retired: true }] }));
    for (let minute = 0; minute <= 60; minute += 1) {
      world.commit(minute + 0.1, [
        kongRow(minute, 'a'),
        ...(minute <= 20 ? [kongRow(minute, 'b'), kongRow(minute, 'x', { Provenance: 'tenant' })] : []),
      ]);
    }
    const { watermark, of } = world.looks(0, 60);
    expect(of('kong/b').status).toBe('retired');
    expect(of('kong/(undeclared)').status).toBe('blind');
    expect(watermark('gateway')).toBe(at(55));
  });

  it('do not wait for a cluster of one entry', () => {
    const world = createWorld();
    for (let minute = 0; minute <= 90; minute += 1) {
      world.commit(minute + 0.1, [
        meshRow(minute, 'server'),
        ...(minute === 10 ? [meshRow(minute, 'server', 'invented')] : []),
      ]);
    }
    const { watermark, of } = world.looks(0, 90);
    expect(of('istio/invented/server').status).toBe('blind');
    expect(watermark('mesh')).toBe(at(85));
  });

  it('wait for what is required and was never seen', () => {
    const world = createWorld(declaredOf({ paths: [{ path: 'kong/b', required: true }] }));
    for (let minute = 0; minute <= 60; minute += 1) world.commit(minute + 0.1, [kongRow(minute, 'a')]);
    const early = world.looks(0, 14);
    expect(early.judged.findings).toEqual([]);
    const { watermark, of, judged } = world.looks(15, 60);
    expect(of('kong/b').status).toBe('unseen');
    expect(watermark('gateway')).toBeUndefined();
    expect(judged.findings.map(({ rule, key }) => [rule, key])).toEqual([['source-never-seen', 'kong/b']]);
  });

  it('fall silent one by one: the other reporter of the cluster says so', () => {
    const world = createWorld();
    for (let minute = 0; minute <= 90; minute += 1) {
      world.commit(minute + 0.1, [
        meshRow(minute, 'client'),
        ...(minute <= 60 ? [meshRow(minute, 'server')] : []),
      ]);
    }
    const { of, judged } = world.looks(0, 90);
    expect(of('istio/prod/server').silence?.witness).toBe('other paths');
    expect(judged.findings.map(({ key }) => key)).toEqual(['istio/prod/server']);
  });
});

it('of a file that was read to its end, what it has is there, and nothing else', () => {
  const watermark = watermarksAtEnd(['dataproc', 'istio/prod/server'], at(10));
  expect(['dataproc', 'istio', 'mesh', 'istio/prod/server'].map(watermark)).toEqual(Array(4).fill(at(10)));
  expect(['kong', 'gateway', 'dataflow'].map(watermark)).toEqual(Array(3).fill(undefined));
});
