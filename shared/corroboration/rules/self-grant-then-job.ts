import { evidence } from '../../detections/evidence.ts';
import { beginsWork, START_CALLS, whoOf } from '../../detections/kinds.ts';
import type { TrailEvent } from '../../model/trail-event.ts';
import { selfGrantGroup } from '../change-groups.ts';
import { citedAs } from '../cite.ts';
import type { Facts } from '../facts.ts';
import { anchorOf, defineRule, type Context, type Judgement } from '../rule.ts';
import { hasGrant, selfGrantsOf, type SelfGrant } from '../self-grant.ts';
import { back, forth } from '../span.ts';

const WINDOW_MS = 60 * 60_000;

export const selfGrantThenJob = defineRule({
  id: 'self-grant-then-job',
  number: 'P03',
  version: 1,
  kind: 'correlate',
  title: 'Job role granted to oneself, then a job started with it',
  severity: 'high',
  why: 'Whoever may change a policy may take what it guards; that it is used within the hour shows what it was for.',
  runbook: [
    'Ask `principal` for the ticket that asks for `role` on `resource`.',
    'Stop `job`, and list what it read and wrote (query job-data).',
    'Take the binding back, and the right to set policies with it where nobody can say what it is for.',
  ],
  evidence: ['principal', 'role', 'resource', 'grantedAt', 'job', 'method'],
  maps: { attack: ['T1098.003', 'T1548.005'], soc2: ['CC6.3', 'CC6.1'], iso27001: ['A.8.2', 'A.5.18'] },
  peers: [],
  gaps: [
    'A role given to a group of which one is a member, or by another hand, is no grant to oneself here.',
    'Where only the whole policy is told and none is known from before, what one has in it counts as new.',
  ],
  sources: ['iam', 'dataproc', 'dataflow', 'databricks'],
  on: [...START_CALLS, 'iam.change', 'log.change'],
  anchors: (record, context) => {
    if (record.kind !== 'event') return [];
    const { event } = record;
    if (beginsWork(event)) return [record];
    const who = event.actor?.id;
    return who === undefined || selfGrantsOf(event, context.declared).length === 0
      ? []
      : context.facts.witnesses('start', who, forth(event.time, WINDOW_MS)).map(anchorOf);
  },
  judge: (anchor, context) => {
    if (anchor.kind !== 'event' || !beginsWork(anchor.event)) return [];
    const who = anchor.event.actor?.id;
    if (who === undefined) return [];
    return context.facts
      .witnesses('change', selfGrantGroup(who), back(anchor.time, WINDOW_MS))
      .flatMap((change) => judged(anchor.event, change, context));
  },
});

function judged(start: TrailEvent, change: TrailEvent, { declared, facts }: Context): readonly Judgement[] {
  if (!reaches(change, start)) return [];
  const grant = selfGrantsOf(change, declared).find((one) => isNew(one, change, facts));
  if (grant === undefined) return [];
  const resource = change.resource ?? '-';
  return [
    {
      verdict: 'violated',
      about: change.id,
      cited: [citedAs('start', start), citedAs('grant', change)],
      found: {
        key: `${start.actor?.id ?? '-'} ${resource}`,
        summary: `${whoOf(start)} took ${grant.role} on ${resource} by a grant of its own and started work within the hour.`,
        evidence: evidence(
          ['principal', start.actor?.id],
          ['role', grant.role],
          ['resource', resource],
          ['grantedAt', change.time],
          ['job', start.job],
          ['method', start.method],
        ),
      },
    },
  ];
}

const PROJECT = /(?:^|\/)projects\/([^/]+)/;

/** A grant in another project gives nothing here; one of a folder or the organisation may. */
function reaches({ resource, project }: TrailEvent, start: TrailEvent): boolean {
  const named = PROJECT.exec(resource ?? '')?.[1];
  return named === undefined || named === start.project || project === start.project;
}

/** A policy that is set whole again has what it had: the one before tells. */
function isNew(grant: SelfGrant, change: TrailEvent, facts: Facts): boolean {
  if (!grant.standing || change.resource === undefined) return true;
  const service = change.source === 'iam' ? 'cloudresourcemanager' : change.source;
  const before = facts
    .policy('iam', `allow://${service}.googleapis.com/${change.resource}`)
    .find(({ time, eventId }) => time < change.time || (time === change.time && eventId < change.id));
  const told = before === undefined ? undefined : facts.event(before.eventId);
  return told === undefined || !hasGrant(told, grant);
}
