import { agentOutsideItsLane } from '../../detections/agent-outside-its-lane.ts';
import { isAgent, isRead } from '../../detections/agents.ts';
import { partiesOf } from '../../detections/kinds.ts';
import { spanOfDay } from '../learned.ts';
import { raisedWhereNew } from '../raised.ts';
import { dayPlus } from '../span.ts';
import { agentMethodSubject } from '../subjects.ts';
import { dayOf } from '../traces.ts';

/** An agent left its lane by a method that changes something and that it had not called in the weeks before. */
export const agentMethodFirstSeen = raisedWhereNew(agentOutsideItsLane, {
  family: 'agent-method',
  newIn: (event, { evidence }, { facts, declared }) => {
    const verb = evidence.find(([label]) => label === 'action')?.[1] ?? event.action;
    const agent = partiesOf(event).find(isAgent);
    // The audit log's record of a call tells it; a hop's tells the route.
    if (agent === undefined || event.action === 'api.call' || event.outcome !== 'allowed' || isRead(verb))
      return undefined;
    const day = dayOf(event.time);
    const known = facts.sightings(
      'agent-method',
      agentMethodSubject(agent, event.method),
      dayPlus(day, -declared.corroboration.thresholds.firstSeenDays),
      dayPlus(day, -1),
    );
    return known.length === 0 ? event.method : undefined;
  },
  after: (event, bucket, { facts, declared }) => {
    const agent = partiesOf(event).find(isAgent);
    if (agent === undefined) return [];
    const { firstSeenDays } = declared.corroboration.thresholds;
    const subject = agentMethodSubject(agent, event.method);
    const [next] = facts.sightings(
      'agent-method',
      subject,
      dayPlus(bucket, 1),
      dayPlus(bucket, firstSeenDays),
    );
    if (next === undefined) return [];
    return facts.witnesses(
      'repeat',
      `agent-method-first-seen|${agent} ${event.method}`,
      spanOfDay(next.bucket),
    );
  },
  gaps: [
    'What an agent did in services that are not recorded is new here.',
    'A query that writes is called by the method of those that read: it is new only where the agent made none.',
  ],
});
