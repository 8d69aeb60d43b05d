/**
 * The digest of a backfill: one alert of low severity for each environment that something was found in, which holds all of
 * the run's findings. It is there before the first of them is stored, and nobody is told of it before the run ends: of a run that
 * is given up it is what tells of its findings. Then it goes where low severity goes, and never to a channel that pages.
 */
import { hash } from 'node:crypto';
import { type Alerting, FALLBACK_CHANNEL, type Severity } from '../../schemas/alerting.ts';
import { BACKFILL_DIGEST } from '../alerts/backfill-digest.ts';
import { episodeId } from '../alerts/episode.ts';
import type { EpisodeRef } from '../alerts/notice.ts';
import { createPlan } from '../alerts/plan.ts';
import { withFallback } from '../alerts/routes.ts';
import { compareSeverity } from '../alerts/severity.ts';
import type { PlanDeliveries } from '../alerts/store.ts';
import type { Finding } from '../detections/finding.ts';

const keyOf = (run: string, environment: string | undefined): string =>
  `${run}/${environment ?? 'no environment'}`;

/** Of a run there is one for each environment, the first of its name. */
export const digestRef = (run: string, environment: string | undefined): EpisodeRef => ({
  id: episodeId(BACKFILL_DIGEST, keyOf(run, environment)),
  n: 1,
});

/** Findings of one rule and severity that the digest holds. */
export interface Found {
  readonly rule: string;
  readonly severity: Severity;
  readonly count: number;
  /** Event times. */
  readonly first: string;
  readonly last: string;
  /** One of the events. */
  readonly event: string;
}

export interface DigestOptions {
  readonly run: string;
  readonly environment: string | undefined;
  readonly found: readonly Found[];
  /** Digest of the bundle in force now. */
  readonly bundle: string;
}

export interface BegunOptions {
  readonly run: string;
  readonly environment: string | undefined;
  /** RFC 3339 as in rows; after every event that the run reads, so that what is told in the end comes before it. */
  readonly startedAt: string;
  /** Digest of the bundle in force now. */
  readonly bundle: string;
}

/** What opens a digest. */
export const begunFinding = ({ run, environment, startedAt, bundle }: BegunOptions): Finding => ({
  ...ownFinding(run, environment, bundle),
  id: hash('sha256', JSON.stringify([BACKFILL_DIGEST, run, environment ?? null, 'begun']), 'hex'),
  title: 'A backfill finds what would have been alerts',
  summary:
    'It is under way, or was cut off: nobody was told of what it found. The same command goes on, and tells in the end.',
  evidence: [['run', run]],
  events: [],
  time: startedAt,
});

/** Has no row in Findings: its episode holds it whole. */
const ownFinding = (run: string, environment: string | undefined, bundle: string) =>
  ({
    rule: BACKFILL_DIGEST,
    version: 1,
    key: keyOf(run, environment),
    severity: 'low',
    verdict: 'violation',
    actor: undefined,
    actingFor: [],
    job: undefined,
    environment,
    bundle,
  }) as const;

/** What is told in the end; undefined where nothing was found. */
export function digestFinding({ run, environment, found, bundle }: DigestOptions): Finding | undefined {
  if (found.length === 0) return undefined;
  const rules = [...Map.groupBy(found, ({ rule }) => rule)].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const total = found.reduce((sum, { count }) => sum + count, 0);
  const first = found.reduce((least, one) => (one.first < least ? one.first : least), found[0]?.first ?? '');
  const last = found.reduce((most, one) => (one.last > most ? one.last : most), '');
  return {
    ...ownFinding(run, environment, bundle),
    id: hash('sha256', JSON.stringify([BACKFILL_DIGEST, run, environment ?? null]), 'hex'),
    title: 'A backfill found what would have been alerts',
    summary: `${total} findings of ${rules.length} ${rules.length === 1 ? 'rule' : 'rules'} in records that came by a backfill; nobody was paged for them.`,
    evidence: [
      ['run', run],
      ['first', first],
      ['last', last],
      ...rules.map(([rule, ofRule]): readonly [string, string] => [rule, countsOf(ofRule)]),
    ],
    events: [found[0]?.event ?? ''],
    time: last,
  };
}

/** `3 high, 1 low`. */
const countsOf = (found: readonly Found[]): string =>
  found
    .toSorted((a, b) => compareSeverity(b.severity, a.severity))
    .map(({ severity, count }) => `${count} ${severity}`)
    .join(', ');

/** Channels of these kinds wake somebody. */
const PAGES: ReadonlySet<string> = new Set(['pagerduty']);

/** As every plan, without the channels that page; where no other is left, the fallback. */
export function createQuietPlan(config: Alerting): PlanDeliveries {
  const alerting = withFallback(config);
  const quiet: Alerting = {
    ...alerting,
    routes: alerting.routes.map((route) => {
      const channels = route.channels.filter((name) => !PAGES.has(alerting.channels[name]?.kind ?? ''));
      return { ...route, channels: channels.length === 0 ? [FALLBACK_CHANNEL] : channels };
    }),
  };
  return createPlan(quiet);
}
