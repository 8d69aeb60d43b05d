/** Data access of an account that jobs run under, in a time in which it has no jobs at all. */
import { later } from '../alerts/times.ts';
import { evidence } from '../detections/evidence.ts';
import { coverOf, MAX_JOB_DAYS, tiesOf } from './account-jobs.ts';
import { citedAs } from './cite.ts';
import type { Sighting } from './facts.ts';
import type { Context, Judgement } from './rule.ts';
import { msBetween } from './span.ts';
import { touchedOf } from './subjects.ts';
import { isScratch, spanOfTouched } from './touched.ts';

/** Data that an account touched of which jobs were known once, and none in all the time in which one could still run. */
export function accountWithoutJobs(sighting: Sighting, { facts, declared }: Context): readonly Judgement[] {
  const account = sighting.subject;
  const { dataset, isRead } = touchedOf(sighting.bucket);
  if (isScratch(dataset)) return [];
  const span = spanOfTouched(sighting);
  const ties = tiesOf(account, span.until, facts);
  if (ties.engines.length === 0) return [];
  const until = later(
    span.until,
    Math.max(...ties.engines.map((engine) => declared.corroboration.lateness(engine))),
  );
  const cover = coverOf(account, ties, span, facts);
  // Of an account that began any, data-access-outside-jobs tells whether one of them was under way.
  const job = cover.kind === 'none' ? cover.last : cover.job;
  if (job !== undefined) {
    const { receiveTime } = job.start;
    if (receiveTime === undefined || receiveTime <= until) return [];
    return [
      {
        verdict: 'satisfied',
        cited: [citedAs('submission', job.start)],
        join: 'identity-and-time',
        lateMs: msBetween(until, receiveTime),
        reason: 'A job of the account is recorded.',
      },
    ];
  }
  return [
    {
      verdict: 'waiting',
      until,
      on: ties.engines,
      otherwise: {
        verdict: 'violated',
        cited: ties.tie === undefined ? [] : [citedAs('account', ties.tie)],
        found: {
          key: account,
          summary: `${account}, which jobs run under, ${isRead ? 'read' : 'changed'} ${dataset}, and no job of it began in the ${MAX_JOB_DAYS} days before.`,
          evidence: evidence(
            ['account', account],
            ['dataset', dataset],
            ['provenance', 'provider'],
            ['firstSign', span.from],
          ),
        },
      },
    },
  ];
}
