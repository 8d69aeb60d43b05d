/** Findings as detections make them, and as the pipeline stores them with their event. */
import { Alerting } from '../../schemas/alerting.ts';
import { findingRow } from '../../shared/alerts/finding-row.ts';
import type { Delivery, Episode } from '../../shared/alerts/store.ts';
import { openEpisode } from '../../shared/alerts/episode.ts';
import { type Finding, findingId } from '../../shared/detections/finding.ts';
import type { Store } from '../../shared/store/store.ts';
import { batchOf, eventEntry, eventRow } from '../store/entries.ts';

export const T0 = '2026-11-20T12:00:00.000000000Z';

/** `name` decides the event, and with rule and key the id. */
export function finding(name: string, over: Partial<Finding> = {}): Finding {
  const event = String(eventRow(name)['EventId']);
  const base = {
    rule: 'static-credential-on-job-path',
    version: 1,
    key: 'key-1 user:google:ana@example.com',
    ...over,
  };
  return {
    id: findingId(base.rule, base.version, base.key, [event]),
    severity: 'high',
    verdict: 'violation',
    title: 'Long-lived credential used to start a job',
    summary: 'ana started a job with a credential that does not expire.',
    evidence: [
      ['key', 'projects/-/serviceAccounts/x/keys/1'],
      ['method', 'SubmitJob'],
    ],
    events: [event],
    time: '2026-11-20T11:59:00.000000000Z',
    actor: 'user:google:ana@example.com',
    actingFor: ['user:google:bo@example.com'],
    job: 'dataproc:acme-prod/europe-west1/job/j1',
    environment: 'prod',
    bundle: 'b'.repeat(64),
    ...base,
  };
}

/** Commits events with their findings, as the pipeline does. */
export async function storeFindings(
  store: Store,
  named: readonly (readonly [name: string, finding: Finding])[],
  storedAt = T0,
): Promise<void> {
  const entries = named.map(([name, one], i) => {
    const entry = eventEntry(name, { Claims: JSON.stringify({ i, storedAt }) });
    const [event] = entry.rows;
    const row = findingRow(one, {
      shard: Number(event.row['Shard']),
      variant: String(event.row['Variant']),
      storedAt,
      expireAt: '2027-11-20T00:00:00.000000000Z',
    });
    return { ...entry, rows: [event, { table: 'Findings' as const, row }] as const };
  });
  await store.commit(batchOf(entries));
}

export const alerting = (over: Partial<Alerting> = {}): Alerting => ({ ...Alerting.parse({}), ...over });

export const episode = (over: Partial<Episode> = {}, of: Finding = finding('e')): Episode => ({
  ...openEpisode(1, of, T0),
  ...over,
});

export const delivery = (over: Partial<Delivery> = {}): Delivery => ({
  episode: { id: episode().id, n: 1 },
  channel: 'ops',
  confirmed: 0,
  wanted: 1,
  ref: undefined,
  sendingSince: undefined,
  attempts: 0,
  tryingSince: undefined,
  dueAt: T0,
  lease: undefined,
  sentAt: undefined,
  heldBy: undefined,
  lastError: undefined,
  failedAt: undefined,
  ...over,
});
