/** Health of the paths in simulated time, by the product's own functions: what commits brought, canaries, metrics → watermarks. */
import type { Row } from '../../schemas/tables.ts';
import type { Bundle } from '../../shared/config/bundle.ts';
import { arrivalsOf } from '../../shared/corroboration/health/arrivals.ts';
import { verifiedCanary, type CanaryBack } from '../../shared/corroboration/health/canary.ts';
import { foldArrivals } from '../../shared/corroboration/health/fold.ts';
import { judgeHealth, remember } from '../../shared/corroboration/health/judge.ts';
import { metricPointOf, type MetricPoint } from '../../shared/corroboration/health/metrics.ts';
import type { States } from '../../shared/corroboration/health/state.ts';
import { healthOf } from '../../shared/corroboration/health/status.ts';
import { watermarkOf } from '../../shared/corroboration/health/watermarks.ts';
import type { WatermarkOf } from '../../shared/corroboration/verdict.ts';
import type { Finding } from '../../shared/detections/finding.ts';
import { trailEventOfRow } from '../../shared/model/trail-event-of-row.ts';
import { withGrace } from '../../shared/reconcile/grace.ts';
import { CANARY_KEY } from './beats.ts';
import { HOUR, MINUTE } from './told.ts';

export interface Health {
  /** Rows of Events that one commit inserted. */
  committed(rows: readonly Row[], now: string): void;
  /** Once a minute: watermarks, and what there is to say of the paths themselves. */
  look(
    now: number,
    time: string,
    heldBy: ReadonlyMap<string, number>,
  ): { readonly watermarkOf: WatermarkOf; readonly findings: readonly Finding[] };
}

const MEMORY = 3 * HOUR;

export function createHealth(bundle: Bundle): Health {
  let states: States = new Map();
  let receipts: { commitTime: string; arrivals: string }[] = [];
  let canaries: CanaryBack[] = [];
  let metrics: MetricPoint[] = [];
  const declared = bundle.facts.corroboration;

  return {
    committed(rows, now) {
      const arrivals = arrivalsOf(rows, now);
      if (arrivals !== undefined) receipts.push({ commitTime: now, arrivals });
      for (const row of rows) {
        const resource = row['Resource'];
        const probe = typeof resource === 'string' && resource.startsWith('/.well-known/');
        if (!probe && row['Source'] !== 'canary' && row['Action'] !== 'metric.observe') continue;
        const event = trailEventOfRow(row);
        const back = verifiedCanary(event, [CANARY_KEY]);
        if (back !== undefined) canaries.push(back);
        const point = metricPointOf(event);
        if (point !== undefined) metrics.push(point);
      }
    },
    look(at, now, heldBy) {
      canaries = canaries.filter(({ sentAt }) => at - Date.parse(sentAt) < MEMORY);
      metrics = metrics.filter(({ end }) => at - end < MEMORY);
      const minute = (ms: number): string => new Date(ms).toISOString().slice(0, 16);
      states = foldArrivals(states, { from: minute(at - MINUTE), until: minute(at), receipts });
      receipts = [];
      const healths = healthOf({ states, canaries, metrics, declared, now });
      const judged = judgeHealth({ states, healths, metrics, declared, heldBy, bundle: bundle.digest, now });
      states = remember(states, healths, judged, now);
      return { watermarkOf: withGrace(watermarkOf(healths), bundle.facts), findings: judged.findings };
    },
  };
}
