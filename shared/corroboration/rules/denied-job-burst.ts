import type { Severity } from '../../../schemas/alerting.ts';
import { evidence, textOf } from '../../detections/evidence.ts';
import { whoOf } from '../../detections/kinds.ts';
import type { TrailEvent } from '../../model/trail-event.ts';
import { MAX_CITED } from '../bursts.ts';
import { callFamilyOf } from '../call-family.ts';
import { citedAs } from '../cite.ts';
import type { Facts } from '../facts.ts';
import { givenBy, PROPAGATION_MS, wasJustGiven } from '../grants.ts';
import { attemptsOf, isCounted, REFUSED_ACTIONS, type Attempt } from '../refusals.ts';
import { anchorOf, defineRule, type Anchor, type Context } from '../rule.ts';
import { back, forth } from '../span.ts';
import { tracesOf } from '../traces.ts';

export const deniedJobBurst = defineRule({
  id: 'denied-job-burst',
  number: 'U01',
  version: 1,
  kind: 'threshold',
  title: 'Repeated denied attempts to start or read jobs',
  severity: 'medium',
  why: 'Whoever tries door after door has no rights there yet; the attempts come before the one that succeeds.',
  runbook: [
    'Read `methods`: a broken deployment repeats one call, somebody who looks around makes several; `planes` says who refused.',
    'Look for a success of `who` in the hour after `last`, at the gateway and in the audit log (query jobs-of-principal).',
    'Where nobody answers for it, revoke the credentials of `who` and keep the address under watch.',
  ],
  evidence: ['who', 'attempts', 'methods', 'planes', 'identities', 'first', 'last'],
  maps: { attack: ['T1580', 'T1078.004'], soc2: ['CC6.1', 'CC7.2'], iso27001: ['A.8.16', 'A.8.3'] },
  peers: [
    'Panther gcp_service_account_access_denied (30 in 5 minutes)',
    'Panther databricks_repeated_unauthorized_uc_data_requests (16 in an hour)',
    'SecOps gcp_excessive_permission_denied_events',
    'ETD Initial Access: Excessive Permission Denied Actions',
  ],
  gaps: [
    'Attempts slower than the window are not counted together.',
    'A hop’s record that names nobody has no address that could be believed, and is not counted.',
    'Rights given on a folder or the organisation, or to a group, do not excuse the refusals after them.',
  ],
  sources: ['dataproc', 'dataflow', 'databricks', 'bigquery', 'spanner', 'storage', 'istio', 'kong', 'iam'],
  on: [...REFUSED_ACTIONS, 'grant.activate'],
  // A refusal that comes late may fill the window of those after it; rights that come late excuse those they were for.
  anchors: (record, context) => {
    if (record.kind !== 'event') return [];
    const excused = givenBy(record.event).flatMap(({ to }) =>
      context.facts.witnesses('denied', to, forth(record.time, PROPAGATION_MS)),
    );
    return [record.event, ...excused].flatMap((event) => windowsWith(event, context));
  },
  judge: (anchor, context) => {
    if (anchor.kind !== 'event' || !isCounted(anchor.event)) return [];
    return subjectsOf(anchor.event, context).flatMap((who) => {
      const attempts = burstOf(who, anchor.time, context);
      if (attempts === undefined) return [];
      const events = attempts.map(({ event }) => event);
      const actors = new Set(events.map(({ actor }) => actor?.id));
      // All of one identity: its own count tells it.
      if (isAddress(who) && actors.size === 1 && !actors.has(undefined)) return [];
      const [first = anchor.event] = events;
      const methods = methodsOf(attempts);
      return [
        {
          verdict: 'violated' as const,
          about: who,
          cited: events.slice(-MAX_CITED).map((event) => citedAs('refusal', event)),
          found: {
            key: who,
            severity: severityOf(events),
            summary: `${isAddress(who) ? `Somebody at ${who.slice(ADDRESS.length)}` : who} was refused ${attempts.length} different things of jobs in a short time.`,
            evidence: evidence(
              ['who', who],
              ['attempts', attempts.length],
              ['methods', methods.slice(0, 10).join(', ')],
              ['planes', [...new Set(events.map(({ source }) => source))].toSorted().join(', ')],
              [
                'identities',
                isAddress(who)
                  ? [...new Set(events.map(whoOf))].toSorted().slice(0, 10).join(', ')
                  : undefined,
              ],
              ['first', first.time],
              ['last', anchor.time],
            ),
          },
        },
      ];
    });
  },
});

/** The attempts of the window that is full: of the many things, or of the several methods; undefined where neither is. */
function burstOf(who: string, time: string, { facts, declared }: Context): readonly Attempt[] | undefined {
  const { deniedJobs, deniedMethods } = declared.corroboration.thresholds;
  const full = (excused: (event: TrailEvent) => boolean): readonly Attempt[] | undefined => {
    const within = (seconds: number): readonly Attempt[] => {
      const refusals = facts.witnesses('denied', who, back(time, seconds * 1000));
      return attemptsOf(countable(who, refusals, declared), excused);
    };
    const things = within(deniedJobs.seconds);
    if (things.length >= deniedJobs.count) return things;
    const several = within(deniedMethods.seconds);
    return methodsOf(several).length >= deniedMethods.count ? several : undefined;
  };
  // Who was given what is asked only where it decides.
  return full(() => false) === undefined ? undefined : full((event) => isExcused(event, facts));
}

/** Behind an address that many share, only what names nobody is counted for it. */
const countable = (
  who: string,
  refusals: readonly TrailEvent[],
  declared: Context['declared'],
): readonly TrailEvent[] =>
  isAddress(who) && declared.isEgressAddress(who.slice(ADDRESS.length)) === true
    ? refusals.filter(({ actor }) => actor === undefined)
    : refusals;

const isExcused = (event: TrailEvent, facts: Facts): boolean =>
  event.action !== 'api.call' && wasJustGiven(event, facts);

const methodsOf = (attempts: readonly Attempt[]): readonly string[] =>
  [...new Set(attempts.map(({ method }) => method))].toSorted();

const severityOf = (events: readonly TrailEvent[]): Severity => (events.some(startsWork) ? 'high' : 'medium');

const startsWork = (event: TrailEvent): boolean =>
  callFamilyOf(event.callKey) !== undefined && textOf(event.claims, 'grade') !== 'connection';

/** Every window that the refusal may be part of. */
const windowsWith = (event: TrailEvent, context: Context): readonly Anchor[] => {
  if (!isCounted(event)) return [];
  const { deniedJobs, deniedMethods } = context.declared.corroboration.thresholds;
  const span = forth(event.time, 1000 * Math.max(deniedJobs.seconds, deniedMethods.seconds));
  return subjectsOf(event, context).flatMap((who) =>
    context.facts.witnesses('denied', who, span).map(anchorOf),
  );
};

const ADDRESS = 'ip:';
const isAddress = (who: string): boolean => who.startsWith(ADDRESS);

const subjectsOf = (event: TrailEvent, { declared }: Context): readonly string[] =>
  tracesOf(event, declared).witnesses.flatMap(({ family, subject }) =>
    family === 'denied' ? [subject] : [],
  );
