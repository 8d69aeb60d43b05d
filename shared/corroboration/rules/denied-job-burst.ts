import { evidence, textOf } from '../../detections/evidence.ts';
import { whoOf } from '../../detections/kinds.ts';
import type { TrailEvent } from '../../model/trail-event.ts';
import { callFamilyOf } from '../call-family.ts';
import { around, back } from '../span.ts';
import { anchorOf, defineRule, type Context } from '../rule.ts';
import { tracesOf } from '../traces.ts';
import { citedAs } from '../cite.ts';

export const deniedJobBurst = defineRule({
  id: 'denied-job-burst',
  number: 'U01',
  version: 1,
  kind: 'threshold',
  title: 'Repeated denied attempts to start or read jobs',
  severity: 'medium',
  why: 'Whoever tries door after door has no rights there yet; the attempts come before the one that succeeds.',
  runbook: [
    'Read `methods`: a broken deployment repeats one call, somebody who looks around makes several.',
    'Look for a success of `who` in the hour after `last`, at the gateway and in the audit log (query jobs-of-principal).',
    'Where nobody answers for it, revoke the credentials of `who` and keep the address under watch.',
  ],
  evidence: ['who', 'attempts', 'methods', 'first', 'last'],
  maps: { attack: ['T1580', 'T1078.004'], soc2: ['CC6.1', 'CC7.2'], iso27001: ['A.8.16', 'A.8.3'] },
  peers: [
    'Panther gcp_service_account_access_denied (30 in 5 minutes)',
    'SecOps gcp_excessive_permission_denied_events',
    'ETD Initial Access: Excessive Permission Denied Actions',
  ],
  gaps: ['Attempts slower than the window are not counted together.'],
  sources: ['dataproc', 'dataflow', 'databricks', 'bigquery', 'spanner', 'istio', 'kong'],
  on: [
    'job.submit',
    'job.update',
    'job.cancel',
    'job.delete',
    'session.create',
    'workflow.run',
    'cluster.create',
    'metadata.read',
    'data.read',
    'data.write',
    'api.call',
    'iam.change',
  ],
  // A refusal that comes late may fill the window of those after it.
  anchors: (record, context) =>
    record.kind !== 'event' || record.event.outcome !== 'denied'
      ? []
      : subjectsOf(record.event, context).flatMap((who) =>
          context.facts
            .witnesses('denied', who, {
              from: record.time,
              until: around(record.time, windowOf(context)).until,
            })
            .map(anchorOf),
        ),
  judge: (anchor, context) => {
    if (anchor.kind !== 'event') return [];
    return subjectsOf(anchor.event, context).flatMap((who) => {
      const span = back(anchor.time, windowOf(context));
      const attempts = distinct(context.facts.witnesses('denied', who, span));
      const methods = [...new Set(attempts.map(({ method }) => method))].toSorted();
      const { deniedJobs, deniedMethods } = context.declared.corroboration.thresholds;
      if (attempts.length < deniedJobs.count && methods.length < deniedMethods.count) return [];
      const [first = anchor.event] = attempts;
      return [
        {
          verdict: 'violated' as const,
          about: who,
          cited: attempts.map((event) => citedAs('refusal', event)),
          found: {
            key: who,
            severity: attempts.some(startsWork) ? ('high' as const) : ('medium' as const),
            summary: `${who.startsWith('ip:') ? `Somebody at ${who.slice(3)}` : whoOf(anchor.event)} was refused ${attempts.length} different things of jobs in a short time.`,
            evidence: evidence(
              ['who', who],
              ['attempts', attempts.length],
              ['methods', methods.slice(0, 10).join(', ')],
              ['first', first.time],
              ['last', anchor.time],
            ),
          },
        },
      ];
    });
  },
});

const windowOf = ({ declared }: Context): number =>
  1000 *
  Math.max(
    declared.corroboration.thresholds.deniedJobs.seconds,
    declared.corroboration.thresholds.deniedMethods.seconds,
  );

const subjectsOf = (event: TrailEvent, { declared }: Context): readonly string[] =>
  tracesOf(event, declared).witnesses.flatMap(({ family, subject }) =>
    family === 'denied' ? [subject] : [],
  );

/** Retries of one call on one thing are one attempt: the first. */
function distinct(events: readonly TrailEvent[]): readonly TrailEvent[] {
  const first = new Map<string, TrailEvent>();
  for (const event of events) {
    const key = JSON.stringify([event.method, event.resource ?? event.job ?? '']);
    if (!first.has(key)) first.set(key, event);
  }
  return [...first.values()];
}

const startsWork = (event: TrailEvent): boolean =>
  callFamilyOf(event.callKey) !== undefined && textOf(event.claims, 'grade') !== 'connection';
