/** What tells how Jobtrail itself is set, read from its store for shared/corroboration/own-config.ts. */
import { DAY_MS, later } from '../alerts/times.ts';
import type { Bundle } from '../config/bundle.ts';
import { CATALOGUE } from '../corroboration/catalogue.ts';
import { ownConfigFindings } from '../corroboration/own-config.ts';
import { RULES } from '../corroboration/rules/index.ts';
import { DETECTIONS } from '../detections/index.ts';
import type { Finding } from '../detections/finding.ts';
import { trailEventOfRow } from '../model/trail-event-of-row.ts';
import type { Store } from '../store/store.ts';

const CRITICAL: ReadonlySet<string> = new Set(
  [...DETECTIONS, ...RULES, ...CATALOGUE]
    .filter(({ severity }) => severity === 'critical')
    .map(({ id }) => id),
);
/** Alerts that silences are held against. */
const MOST = 1_000;
/** A record may be there before its bundle is pushed. */
const RECORD_DAYS = 30;

export async function ownFindings(store: Store, bundle: Bundle, now: string): Promise<readonly Finding[]> {
  const range = { family: 'deploy', subject: '-', from: later(now, -RECORD_DAYS * DAY_MS), until: now };
  const witnesses = await store.work.witnesses([range]);
  const records = await store.work.events(witnesses.map((row) => String(row['EventId'])));
  return ownConfigFindings({
    bundles: await store.bundles.inForce(),
    running: [{ where: 'reconcile', digest: bundle.digest }],
    silences: await store.alerts.silences(now),
    alerts: await store.alerts.episodes({ limit: MOST }),
    criticalRules: CRITICAL,
    teams: bundle.config.teams,
    records: records.map((row) => trailEventOfRow(row)),
    declared: bundle.facts,
    now,
  });
}
