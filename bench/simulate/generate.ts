/**
 * An organisation's logs over some days, with the ground truth beside them. A pure function of its options: the same seed gives
 * the same bytes. It shares no code with what it tests: formats are its own.
 */
import { beats } from './beats.ts';
import { Book, type Story } from './book.ts';
import { INJECTION_KINDS } from './injections/index.ts';
import { clusterOperation } from './formats/dataproc.ts';
import { put, type InjectionKind } from './injections/kind.ts';
import {
  agentJob,
  approvedJob,
  burst,
  databricksJob,
  deployedChange,
  everyday,
  personJob,
  pipelineRun,
  splitEntry,
  tellJob,
  type Span,
} from './normal.ts';
import { configuration, type Texts } from './organisation/configuration.ts';
import { CI, MESH_CLUSTER, organisation, type Organisation, type Size } from './organisation/organisation.ts';
import { Random } from './random.ts';
import { callerOf, type Scene } from './scene.ts';
import { DAY, HOUR, MINUTE } from './told.ts';
import { deliver, type Delivery, type Outage } from './transport.ts';

export interface Options {
  readonly seed: number;
  /** Jobs that run as they should; injected ones come on top. */
  readonly jobs: number;
  readonly days: number;
  /** Of each rule. */
  readonly injections: number;
  /** Kinds that are injected; all where absent. */
  readonly only?: ReadonlySet<string>;
  readonly size?: Partial<Size>;
  /** From one canary of a path to the next; five minutes where absent. */
  readonly canarySeconds?: number;
  /** In the place of those that are drawn: each as hours from the beginning. */
  readonly outages?: readonly Outage[];
}

export interface Generated {
  readonly org: Organisation;
  readonly texts: Texts;
  readonly span: Span;
  /** While canaries are sent: from the beginning until the last late record is through. */
  readonly watched: Span;
  readonly stories: readonly Story[];
  readonly outages: readonly Outage[];
  /** In the order of their arrival. */
  readonly deliveries: readonly Delivery[];
  /** Jobs that run, injected ones included. */
  readonly jobs: number;
}

/** The day before the first of October 2026; a fixed time, since nothing here reads a clock. */
const START = Date.parse('2026-10-01T00:00:00Z');

const sizeOf = ({ jobs, injections, size }: Options): Size => ({
  people: 60,
  services: 40,
  agents: 12,
  clusters: 24,
  pipelines: 60,
  projects: 3,
  dormant: Math.max(2, injections),
  guests: Math.max(2, injections),
  spareAccounts: Math.max(4, injections),
  ...(jobs < 1000 ? { people: 24, services: 16, agents: 4, clusters: 9, pipelines: 12 } : {}),
  ...size,
});

export function generate(options: Options): Generated {
  const { canarySeconds = 300 } = options;
  const random = new Random(options.seed);
  const org = organisation(random, sizeOf(options));
  const book = new Book();
  const span: Span = { from: START, until: START + options.days * DAY };
  const watched: Span = { from: span.from, until: span.until + 3 * HOUR };
  const scene = (name: string): Scene => ({ org, book, random: random.fork(name) });
  history(scene('history'), span);
  const outages =
    options.outages?.map((outage) => ({
      ...outage,
      from: span.from + outage.from * HOUR,
      until: span.from + outage.until * HOUR,
    })) ?? outagesOf(random.fork('outages'), span, options);
  ordinary(scene('ordinary'), span, options.jobs);
  inject(scene('injections'), span, outages, options);
  outages.forEach((outage) => {
    book.tell(
      [],
      {
        rule: 'source-silent',
        variant: outage.lost ? 'lost' : 'held-up',
        explains: [],
        beside: [],
        path: outage.path,
      },
      outage.until,
    );
  });
  return {
    org,
    texts: configuration(org, canarySeconds),
    span,
    stories: book.stories,
    outages,
    deliveries: [
      ...deliver(book.entries, outages, random),
      ...beats(org, watched, outages, random, canarySeconds),
    ].toSorted((a, b) => a.arrival - b.arrival),
    watched,
    jobs: book.jobs,
  };
}

/** Evenly over the span, each somewhere in its own part of it. */
function spread(random: Random, { from, until }: Span, count: number, each: (at: number) => void): void {
  const part = (until - from) / Math.max(1, count);
  for (let i = 0; i < count; i += 1) each(from + (i + random.unit()) * part);
}

/**
 * The months before, told sparsely: everybody who is not dormant did something some weeks and some days ago, the dormant ones
 * did longer ago than that.
 */
function history(scene: Scene, { from }: Span): void {
  const { org, random } = scene;
  const when = (days: number): number => from - days * DAY + random.int(0, 20) * HOUR;
  for (const cluster of [...org.clusters, ...org.quiet]) {
    const call = { at: when(260), caller: callerOf(CI) };
    scene.book.tell(clusterOperation(random, call, 'Create', cluster, { first: true, last: true }));
  }
  for (const pipeline of org.pipelines) for (const days of [50, 9]) pipelineRun(scene, pipeline, when(days));
  for (const person of org.people) for (const days of [45, 8]) personJob(scene, person, when(days));
  for (const agent of org.agents) for (const days of [44, 7]) agentJob(scene, agent, when(days));
  for (const service of org.services) for (const days of [43, 6]) burst(scene, service, when(days), 1);
  for (const days of [42, 5]) approvedJob(scene, when(days), 'glass');
  for (const days of [80, 21]) deployedChange(scene, when(days));
  for (const person of org.people) databricksJob(scene, person, when(12));
  for (const one of org.dormant) oldJob(scene, one, when(random.int(120, 200)));
  for (const { project, runAs } of org.quiet) quietJob(scene, project.id, runAs, when(3));
}

function oldJob(scene: Scene, by: Organisation['dormant'][number], at: number): void {
  const { random, org } = scene;
  tellJob(
    scene,
    {
      at,
      engine: 'dataproc',
      name: `old-${random.base36(10)}`,
      by,
      cluster: random.pick(org.clusters),
      script: 'gs://sim-code/old/main.py',
      keyed: true,
      requestId: random.uuid(),
    },
    { quietRetries: true },
  );
}

/** A cluster that runs a job now and then. */
function quietJob(scene: Scene, project: string, runAs: string, at: number): void {
  const { random, org } = scene;
  const cluster = org.quiet.find((one) => one.runAs === runAs && one.project.id === project);
  if (cluster === undefined) return;
  tellJob(
    scene,
    {
      at,
      engine: 'dataproc',
      name: `adhoc-${random.base36(10)}`,
      by: random.pick(org.people),
      cluster,
      script: 'gs://sim-code/adhoc/query.py',
      keyed: random.chance(0.5),
      requestId: random.uuid(),
    },
    { reads: ['gs://sim-curated/shared'], writes: ['gs://sim-scratch/people'], minutes: 6 },
  );
}

/** Shares of the jobs, and what goes on beside them in proportion. */
function ordinary(scene: Scene, span: Span, jobs: number): void {
  const { org, random } = scene;
  const inside: Span = { from: span.from + 10 * MINUTE, until: span.until - 3 * HOUR };
  const share = (part: number): number => Math.round(jobs * part);
  const bursts = Math.max(1, Math.round((jobs * 0.1) / 50));
  spread(random, inside, share(0.42), (at) => pipelineRun(scene, random.pick(org.pipelines), at));
  spread(random, inside, share(0.22), (at) => personJob(scene, random.pick(org.people), at));
  spread(random, inside, share(0.12), (at) => agentJob(scene, random.pick(org.agents), at));
  spread(random, inside, share(0.04), (at) => approvedJob(scene, at, 'push'));
  spread(random, inside, share(0.02), (at) => approvedJob(scene, at, 'vault'));
  spread(random, inside, share(0.01), (at) => approvedJob(scene, at, 'glass'));
  spread(random, inside, share(0.07), (at) => databricksJob(scene, random.pick(org.people), at));
  const machines = org.services.filter(({ way }) => way === 'mesh');
  spread(random, inside, bursts, (at) =>
    burst(scene, random.pick(machines), at, Math.min(50, Math.max(3, share(0.1)))),
  );
  // At noon of each day, so that the rest of the day nothing of theirs is open.
  for (const { project, runAs } of org.quiet) {
    for (let noon = span.from + 12 * HOUR; noon < inside.until; noon += DAY)
      quietJob(scene, project.id, runAs, noon + random.int(0, 50) * MINUTE);
  }
  spread(random, inside, Math.ceil(jobs / 100), (at) => deployedChange(scene, at));
  spread(random, inside, Math.ceil(jobs / 20), (at) => everyday(scene, at));
  spread(random, inside, Math.ceil(jobs / 200), (at) => scene.book.tell(splitEntry(scene, at)));
}

/** Two kinds of them, on paths that others depend on; each on its own path, one after the other. */
function outagesOf(random: Random, span: Span, { jobs, injections }: Options): readonly Outage[] {
  if (injections === 0) return [];
  const paths = ['kong/edge-1', `istio/${MESH_CLUSTER}/server`, 'dataproc'] as const;
  const count = jobs < 1000 ? 1 : 6;
  return Array.from({ length: count }, (_, i): Outage => {
    // A single one comes when all that is injected is over.
    const share = count === 1 ? 0.85 : (i + 0.4 + random.unit() * 0.4) / (count + 1);
    const from = span.from + share * (span.until - span.from);
    return {
      path: paths[i % paths.length] ?? 'kong/edge-1',
      from,
      until: from + random.int(25, 45) * MINUTE,
      lost: i % 2 === 0,
    };
  });
}

/** Around a path that loses what it carries nothing is injected: what never came cannot be found. */
const APART = 2 * HOUR;

function inject(scene: Scene, span: Span, outages: readonly Outage[], options: Options): void {
  const { random } = scene;
  const latest = span.until - 6 * HOUR;
  const lossless = (at: number): boolean =>
    outages.every(({ from, until, lost }) => !lost || at < from - APART || at > until + APART);
  const kinds = INJECTION_KINDS.filter(
    ({ rule, atMost = 0 }) => (options.only?.has(rule) ?? true) && atMost + 9 * HOUR < span.until - span.from,
  );
  for (const [rule, ofRule] of Map.groupBy(kinds, (kind) => kind.rule)) {
    const own: Scene = { ...scene, random: random.fork(rule) };
    const taken = new Map<number, number[]>();
    for (let i = 0; i < options.injections; i += 1) {
      const kind = kindOf(ofRule, i);
      if (kind === undefined) continue;
      const end = latest - (kind.atMost ?? 0);
      // Evenly over what is left of the span, so that injections of one identity lie apart.
      const from = span.from + 2 * HOUR;
      let at = from + ((i + own.random.unit() * 0.5) / options.injections) * (end - from);
      const before = timesOf(taken, i % (kind.subjects?.(scene.org) ?? options.injections));
      const alone = (one: number): boolean => before.every((other) => Math.abs(one - other) > 1.5 * HOUR);
      for (let turn = 0; turn < 200 && !(suits(kind, at, lossless, span) && alone(at)); turn += 1)
        at = from + own.random.unit() * (end - from);
      before.push(at);
      put(own, kind, at, i);
    }
  }
}

function timesOf(taken: Map<number, number[]>, subject: number): number[] {
  const times = taken.get(subject) ?? [];
  taken.set(subject, times);
  return times;
}

const kindOf = (kinds: readonly InjectionKind[], i: number): InjectionKind | undefined =>
  kinds[i % kinds.length];

/** Clusters that are idle most of the time run their jobs at noon. */
function suits(kind: InjectionKind, at: number, lossless: (at: number) => boolean, span: Span): boolean {
  const ofDay = (at - span.from) % DAY;
  const noon = ofDay > 11 * HOUR && ofDay < 14 * HOUR;
  return lossless(at) && !(kind.rule === 'data-access-outside-jobs' && noon);
}
