/** How findings come of detections. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Found } from '../../../shared/detections/detection.ts';
import { defineDetection } from '../../../shared/detections/detection.ts';
import type { TrailEvent } from '../../../shared/model/trail-event.ts';
import { lookedAt } from '../own/edges.ts';
import { facts, jobOf, BEFORE_END, type Question, type Shared } from './ground.ts';

const found = (key: string, more: Partial<Found> = {}): Found => ({
  key,
  summary: key,
  evidence: [],
  ...more,
});
const raising = (decide: () => readonly Found[], on: TrailEvent['action'] = 'job.cancel') =>
  defineDetection({
    id: 'rule-c',
    version: 1,
    title: 't',
    severity: 'medium',
    why: 'w',
    runbook: [],
    evidence: [],
    maps: { attack: [], soc2: [], iso27001: [] },
    peers: [],
    gaps: [],
    sources: ['kong'],
    on: [on],
    decide,
  });
const detected = (
  shared: Shared,
  detections: readonly ReturnType<typeof raising>[],
  event: Partial<TrailEvent> = {},
): unknown =>
  shared
    .createDetect(detections)(lookedAt(facts(shared), { time: BEFORE_END, ...event }))
    .map(({ key, severity, verdict, evidence, events }) => ({ key, severity, verdict, evidence, events }));
const EVENT_ID = '0'.repeat(64);
const told = (key: string, more: object = {}): object => ({
  key,
  severity: 'medium',
  verdict: 'violation',
  evidence: [],
  events: [EVENT_ID],
  ...more,
});

export const DETECTING: readonly Question[] = [
  {
    what: 'every detection of an action, and those of no other',
    ask: (shared) =>
      detected(shared, [
        raising(() => [found('a')]),
        raising(() => [found('b')]),
        raising(() => [found('c')], 'job.submit'),
      ]),
    answer: [told('a'), told('b')],
  },
  {
    what: 'of one key the graver, the first of equals',
    ask: (shared) =>
      detected(shared, [
        raising(() => [
          found('a', { severity: 'high', evidence: [['n', '1']] }),
          found('a', { severity: 'low' }),
          found('a', { severity: 'high', evidence: [['n', '2']] }),
          found('b', { severity: 'low' }),
          found('b', { severity: 'critical', verdict: 'undetermined' }),
        ]),
      ]),
    answer: [
      told('a', { severity: 'high', evidence: [['n', '1']] }),
      told('b', { severity: 'critical', verdict: 'undetermined' }),
    ],
  },
  {
    what: 'no more than twenty',
    ask: (shared) =>
      [20, 21].map(
        (count) =>
          shared.createDetect([raising(() => Array.from({ length: count }, (_, n) => found(`${n}`)))])(
            lookedAt(facts(shared), {}),
          ).length,
      ),
    answer: [20, 20],
  },
  {
    what: 'a detection that fails, and what another finds',
    ask: (shared) =>
      shared
        .createDetect([
          raising(() => {
            throw new TypeError('x'.repeat(300));
          }),
          raising(() => [found('b')]),
        ])(lookedAt(facts(shared), {}))
        .map(({ key, verdict, summary, evidence }) => ({ key, verdict, summary, evidence })),
    answer: [
      {
        key: 'crash:rule-c',
        verdict: 'undetermined',
        summary: 'The detection rule-c failed on an event and did not judge it.',
        evidence: [['error', 'x'.repeat(200)]],
      },
      { key: 'b', verdict: 'violation', summary: 'b', evidence: [] },
    ],
  },
  {
    what: 'what is exempted cites the exemption',
    ask: (shared) =>
      detected(shared, [raising(() => [found('a', { evidence: [['n', '1']], verdict: 'undetermined' })])], {
        environment: 'dev',
      }),
    answer: [
      told('a', {
        verdict: 'exempted',
        evidence: [
          ['n', '1'],
          ['exemption', 'of-dev'],
        ],
      }),
    ],
  },
  {
    what: 'an exemption of resources is one of jobs, where no resource is told',
    ask: (shared) => {
      const rule = { ...raising(() => [found('a')]), id: 'rule-b' };
      const topic = 'projects/acme-prod/topics/t';
      return [{ resource: topic }, { job: jobOf(topic) }, { job: jobOf(topic), resource: 'r' }, {}].map(
        (event) => detected(shared, [rule], event),
      );
    },
    answer: [
      [told('a', { verdict: 'exempted', evidence: [['exemption', 'of-topic']] })],
      [told('a', { verdict: 'exempted', evidence: [['exemption', 'of-topic']] })],
      [told('a')],
      [told('a')],
    ],
  },
  {
    what: 'the entries that the trail rests on',
    ask: ({ mustKeep }) => [mustKeep('acme-prod'), mustKeep()[0]],
    answer: JSON.parse(readFileSync(join(import.meta.dirname, 'must-keep.golden.json'), 'utf8')),
  },
];
