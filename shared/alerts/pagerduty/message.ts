/**
 * A notice as a PagerDuty event (Events API v2). One incident for an episode: every trigger of it has the same
 * `dedup_key`, so that a repeated send and a later occurrence open nothing. Limits of PagerDuty: 255 characters of
 * `dedup_key`, 1024 of `summary`, 512 KB altogether.
 * https://developer.pagerduty.com/docs/events-api-v2/trigger-events/
 */
import type { Severity } from '../../../schemas/alerting.ts';
import { bounded } from '../bounded.ts';
import type { EpisodeRef, Notice } from '../notice.ts';
import { fit, unlinked } from '../text.ts';

const SEVERITY = {
  critical: 'critical',
  high: 'error',
  medium: 'warning',
  low: 'info',
} as const satisfies Record<Severity, string>;

export const dedupKey = ({ id, n }: EpisodeRef): string => `jobtrail-${id}-${n}`;

const DEDUP_KEY = /^jobtrail-([0-9a-f]{64})-([1-9][0-9]{0,8})$/;

/** The episode that an incident is about; undefined where another sender's key is in it. */
export function episodeOf(key: string): EpisodeRef | undefined {
  const [, id, n] = DEDUP_KEY.exec(key) ?? [];
  return id === undefined ? undefined : { id, n: Number(n) };
}

/** Without the routing key, which is the secret. Undefined: the Events API has no event for the change. */
export function renderEvent(notice: Notice): Readonly<Record<string, unknown>> | undefined {
  const dedup_key = dedupKey(notice.episode);
  switch (notice.change) {
    case 'acknowledge':
    case 'resolve':
      return { event_action: notice.change, dedup_key };
    case 'reopen':
      // A trigger would open a second incident beside the one that PagerDuty opened again.
      return undefined;
    case 'open':
    case 'merge':
      return {
        event_action: 'trigger',
        dedup_key,
        client: 'Jobtrail',
        ...linksOf(notice),
        payload: payloadOf(notice),
      };
  }
}

function linksOf({ runbookUrl }: Notice): object {
  const url = URL.parse(runbookUrl);
  if (url === null || !/^https?:$/.test(url.protocol) || url.href.length > 2000) return {};
  return { links: [{ href: url.href, text: 'Runbook' }] };
}

/** PagerDuty makes links of addresses in any text. */
const safe = (text: string, max: number): string => fit(unlinked(text), max);

function payloadOf(notice: Notice): Readonly<Record<string, unknown>> {
  const all = bounded(notice, safe);
  return {
    summary: safe(`${notice.title}: ${notice.summary}`, 1024),
    // PagerDuty refuses an empty one.
    source:
      [all.job, all.environment, all.key].find((text) => text !== undefined && text !== '') ?? 'jobtrail',
    severity: SEVERITY[notice.severity],
    timestamp: millisecondsOf(notice.firstSeen),
    component: all.job,
    group: all.environment,
    class: all.rule,
    custom_details: {
      who: all.who ?? 'not known',
      for_whom: all.forWhom,
      environment: all.environment,
      job: all.job,
      first_seen: all.firstSeen,
      last_seen: all.lastSeen,
      occurrences: notice.occurrences,
      why: all.why,
      what_to_do: all.runbook,
      // A list of pairs, since a label must not replace another one.
      evidence: all.evidence.map(([label, value]) => `${label}: ${value}`),
      event_ids: all.eventIds,
      key: all.key,
      omitted: all.omitted,
    },
  };
}

/** Event times have nanoseconds, which PagerDuty does not document; they stand in `custom_details` in full. */
function millisecondsOf(time: string): string | undefined {
  const at = Date.parse(time);
  return Number.isNaN(at) ? undefined : new Date(at).toISOString();
}
