import { delegationSteps } from '../../detections/delegation-steps.ts';
import { impersonationChainUnapproved } from '../../detections/impersonation-chain-unapproved.ts';
import type { Facts } from '../facts.ts';
import { spanOfDay } from '../learned.ts';
import { raisedWhereNew } from '../raised.ts';
import { dayPlus } from '../span.ts';
import { delegationSubject } from '../subjects.ts';
import { dayOf } from '../traces.ts';

/** A job was started through a chain that is not approved, by a step that nobody took in the weeks before. */
export const delegationStepFirstSeen = raisedWhereNew(impersonationChainUnapproved, {
  family: 'delegation',
  newIn: (event, _found, { facts, declared }) => {
    const { firstSeenDays } = declared.corroboration.thresholds;
    const day = dayOf(event.time);
    return delegationSteps(event)
      .find(
        ([from, to]) =>
          facts.sightings(
            'delegation',
            delegationSubject(from, to),
            dayPlus(day, -firstSeenDays),
            dayPlus(day, -1),
          ).length === 0,
      )
      ?.join(' → ');
  },
  after: (event, bucket, { facts, declared }) =>
    delegationSteps(event).flatMap(([from, to]) => {
      const subject = delegationSubject(from, to);
      const next = nextDay(facts, subject, bucket, declared.corroboration.thresholds.firstSeenDays);
      return next === undefined
        ? []
        : facts
            .witnesses('start', to, spanOfDay(next))
            .filter((start) => delegationSteps(start).some(([a, b]) => delegationSubject(a, b) === subject));
    }),
  gaps: ['A step that was taken in services that are not recorded is new here.'],
});

/** Only the next day hangs on this one: a start is itself seen. */
const nextDay = (facts: Facts, subject: string, bucket: string, days: number): string | undefined =>
  facts.sightings('delegation', subject, dayPlus(bucket, 1), dayPlus(bucket, days))[0]?.bucket;
