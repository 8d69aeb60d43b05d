/**
 * Counts over a sliding window: for any timeline of refusals, in any order and with repetitions, the windows that fire are those
 * that whoever counts them one by one finds, and the verdicts are the same.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFactCache } from '../../shared/corroboration/fact-cache.ts';
import { anchorOf } from '../../shared/corroboration/rule.ts';
import { deniedJobBurst } from '../../shared/corroboration/rules/denied-job-burst.ts';
import { settle, type Judged } from '../../shared/corroboration/settle.ts';
import type { PrincipalId } from '../../shared/model/principal.ts';
import type { TrailEvent } from '../../shared/model/trail-event.ts';
import { bundleOf } from '../detections/cases.ts';
import { actorOf, eventOf } from '../policy/support/events.ts';
import { judgeRecorded } from './cases.ts';
import { memoryFacts, type Recorded } from './memory.ts';

const BUNDLE = bundleOf({
  config: {
    corroboration: {
      thresholds: { deniedJobs: { count: 4, seconds: 60 }, deniedMethods: { count: 3, seconds: 30 } },
    },
  },
  policies: '',
});
const START = Date.parse('2026-03-02T10:00:00Z');
const WHO = ['user:google:ana@example.com', 'user:google:ben@example.com'];

interface Refusal {
  readonly second: number;
  readonly who: number;
  readonly method: string;
  readonly resource: string;
}

const refusal = fc.record({
  second: fc.integer({ min: 0, max: 150 }),
  who: fc.integer({ min: 0, max: 1 }),
  method: fc.constantFrom('SubmitJob', 'CancelJob', 'DeleteJob', 'UpdateJob'),
  resource: fc.constantFrom('jobs/1', 'jobs/2', 'jobs/3'),
});

const idOf = (index: number): string => index.toString(16).padStart(64, '0');

const eventsOf = (timeline: readonly Refusal[]): readonly TrailEvent[] =>
  timeline.map(({ second, who, method, resource }, index) =>
    eventOf('job.submit', {
      id: idOf(index),
      time: `${new Date(START + second * 1000).toISOString().slice(0, -1)}000000Z`,
      outcome: 'denied',
      actor: actorOf(WHO[who] ?? ''),
      method,
      resource,
    }),
  );

/** Each refusal whose window is full, counted by hand. */
const firing = (timeline: readonly Refusal[]): readonly string[] =>
  timeline
    .flatMap(({ second, who }, index) => {
      const within = (seconds: number) =>
        timeline.filter((one) => one.who === who && one.second <= second && one.second >= second - seconds);
      const things = new Set(within(60).map(({ method, resource }) => `${method} ${resource}`));
      const methods = new Set(within(30).map(({ method }) => method));
      return things.size >= 4 || methods.size >= 3 ? [`${idOf(index)} ${WHO[who]}`] : [];
    })
    .toSorted();

const told = (event: TrailEvent): Recorded => ({ event, rows: [], beside: {} });

async function fired(events: readonly TrailEvent[]): Promise<readonly string[]> {
  const { findings } = await judgeRecorded(deniedJobBurst, events.map(told), BUNDLE);
  return findings.map(({ key, events: [id = ''] }) => `${id} ${key}`).toSorted();
}

/** What is judged when one record comes last. */
async function askedBy(event: TrailEvent, recorded: readonly Recorded[]): Promise<readonly Judged[]> {
  const facts = memoryFacts(recorded, () => BUNDLE.facts);
  const { judged } = await settle([anchorOf(event)], {
    rules: [deniedJobBurst],
    bundleAt: () => BUNDLE,
    load: facts.load,
    cache: createFactCache(),
  });
  return judged;
}

describe('refusals of jobs', () => {
  it('fire in the windows that are full, and in no others', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(refusal, { maxLength: 24 }), async (timeline) => {
        expect(await fired(eventsOf(timeline))).toEqual(firing(timeline));
      }),
      { numRuns: 150 },
    );
  });

  it('give the same verdicts in any order and however often they come', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(refusal, { maxLength: 16 }).chain((timeline) => {
          const events = eventsOf(timeline);
          return fc.tuple(
            fc.constant(events),
            fc.shuffledSubarray([...events], { minLength: events.length, maxLength: events.length }),
          );
        }),
        async ([events, shuffled]) => {
          const judge = (some: readonly TrailEvent[]) =>
            judgeRecorded(deniedJobBurst, some.map(told), BUNDLE);
          const { ids } = await judge(events);
          expect((await judge(shuffled)).ids).toEqual(ids);
          expect((await judge([...shuffled, ...events])).ids).toEqual(ids);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('are judged anew in every window that one of them was missing from', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(refusal, { minLength: 1, maxLength: 16 }), fc.nat(), async (timeline, at) => {
        // All are there; one of them comes last, and only its windows are asked about.
        const events = eventsOf(timeline);
        const late = events[at % events.length];
        if (late === undefined) return;
        const before = new Set(await fired(events.filter((event) => event !== late)));
        const judged = await askedBy(late, events.map(told));
        const now = new Set(
          judged.flatMap(({ anchor, judgements }) =>
            judgements.map(({ about = '' }) => `${anchor.id} ${about}`),
          ),
        );
        const all = await fired(events);
        expect(all.filter((one) => !before.has(one)).every((one) => now.has(one))).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it('are not counted for whoever was just given the right, whatever comes first', async () => {
    const grant = eventOf('iam.change', {
      id: 'f'.repeat(64),
      time: '2026-03-02T09:59:00.000000000Z',
      source: 'iam',
      method: 'SetIamPolicy',
      actor: actorOf('service-account:google:ci@shop-prod.iam.gserviceaccount.com'),
      resource: 'projects/shop-prod',
      claims: { bindingDeltas: JSON.stringify([['ADD', 'roles/dataproc.editor', 'user:ana@example.com']]) },
    });
    const events = eventsOf(
      ['SubmitJob', 'CancelJob', 'DeleteJob'].map((method, second) => ({
        second,
        who: 0,
        method,
        resource: 'r',
      })),
    );
    const rows = [
      ...events.map(told),
      {
        event: grant,
        rows: [],
        beside: {
          policy: {
            plane: 'iam' as const,
            policy: 'allow://cloudresourcemanager.googleapis.com/projects/shop-prod',
          },
        },
      },
    ];
    expect(await fired(events)).toHaveLength(1);
    for (const order of [rows, rows.toReversed()]) {
      expect((await judgeRecorded(deniedJobBurst, order, BUNDLE)).findings).toEqual([]);
    }
    // The grant comes last: it asks about the windows that it empties.
    const judged = await askedBy(grant, rows);
    expect(judged.map(({ anchor }) => anchor.id).toSorted()).toEqual(events.map(({ id }) => id));
    expect(judged.flatMap(({ judgements }) => judgements)).toEqual([]);
  });

  it('of one identity are told under its own key, not under its address as well', async () => {
    const from = (events: readonly TrailEvent[]): readonly TrailEvent[] =>
      events.map((event) => ({ ...event, claims: { callerIp: '198.51.100.7' } }));
    const one = ['1', '2', '3', '4'].map((resource, second) => ({ second, who: 0, method: 'm', resource }));
    expect(await fired(from(eventsOf(one)))).toEqual([`${idOf(3)} ${WHO[0]}`]);
    const redacted: TrailEvent[] = from(eventsOf(one)).map((event) => ({ ...event, actor: undefined }));
    expect(await fired(redacted)).toEqual([`${idOf(3)} ip:198.51.100.7`]);
    const both = one.map((each, at) => ({ ...each, who: at % 2 }));
    expect(await fired(from(eventsOf(both)))).toEqual([`${idOf(3)} ip:198.51.100.7`]);
    // A chain counts for everybody in it.
    const chained = eventsOf(one).map((event) => ({
      ...event,
      actingFor: [{ id: WHO[1] as PrincipalId, recordedBy: 'x' }],
    }));
    expect(await fired(chained)).toEqual(WHO.map((who) => `${idOf(3)} ${who}`));
  });
});
