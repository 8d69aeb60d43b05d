/** Several contents under one id. A log entry is never written again: one of them was made up. */
import { evidence } from '../../detections/evidence.ts';
import type { TrailEvent } from '../../model/trail-event.ts';
import { citedAs } from '../cite.ts';
import type { Context, Judgement } from '../rule.ts';

/** What may differ, as evidence calls it. Texts themselves are not told: one of them is somebody's invention. */
const COMPARED = [
  'action',
  'outcome',
  'method',
  'status',
  'actor',
  'actingFor',
  'runAs',
  'job',
  'jobName',
  'parentJob',
  'operation',
  'resource',
  'project',
  'location',
  'callKey',
  'requestId',
  'datasets',
  'claims',
  'receiveTime',
  'split',
] as const satisfies readonly (keyof TrailEvent)[];

export function judgeContents({ id }: TrailEvent, { facts }: Context): readonly Judgement[] {
  // In an order of their own, since they share time and id.
  const contents = facts
    .contents(id)
    .map((event) => ({ event, text: JSON.stringify(event) }))
    .toSorted((a, b) => (a.text < b.text ? -1 : 1))
    .map(({ event }) => event);
  const [first, ...others] = contents;
  if (first === undefined || others.length === 0) return [];
  return [
    {
      verdict: 'violated',
      about: 'content',
      cited: contents.map((event) => citedAs('content', event)),
      found: {
        key: `event:${id}`,
        severity: 'critical',
        summary: `${contents.length} different contents of one entry of ${first.source} were received: a log entry is never written again.`,
        evidence: evidence(
          ['sequence', first.insertId ?? id],
          ['contents', contents.length],
          ['differs', differencesOf(first, others).join(', ')],
          ['source', first.source],
          ['log', first.logName],
        ),
        subject: first,
      },
    },
  ];
}

const differencesOf = (first: TrailEvent, others: readonly TrailEvent[]): readonly string[] =>
  COMPARED.filter((part) =>
    others.some((other) => JSON.stringify(other[part]) !== JSON.stringify(first[part])),
  );
