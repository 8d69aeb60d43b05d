/** The digests of a run, opened before the first finding is put under them, told from what its findings are in the store in the end. */
import { type Alerting, SEVERITIES, type Severity } from '../../schemas/alerting.ts';
import type { PlanDeliveries } from '../alerts/store.ts';
import type { Store } from '../store/store.ts';
import { begunFinding, createQuietPlan, digestFinding, digestRef, type Found } from './digest.ts';
import type { BackfillState } from './state.ts';

const HELD = `SELECT f.Rule AS Rule, f.Severity AS Severity, COUNT(*) AS Findings, MIN(f.EventTime) AS First,
  MAX(f.EventTime) AS Last, MIN(f.EventId) AS Event
FROM EpisodeFindings AS e JOIN Findings AS f ON f.FindingId = e.FindingId AND f.Severity = e.Severity
WHERE e.EpisodeId = @episode AND e.Number = 1
GROUP BY f.Rule, f.Severity
ORDER BY Rule, Severity`;

export interface OpenOptions {
  readonly store: Store;
  /** Keeps the state. */
  readonly save: (state: BackfillState) => void;
  readonly now: () => string;
  /** Digest of the bundle in force now. */
  readonly bundle: () => string;
}

/**
 * The digests of these environments are there, and the state knows them: a finding that is put under one is never without an alert,
 * and nothing that a digest is to tell of is forgotten.
 */
export async function openDigests(
  { store, save, now, bundle }: OpenOptions,
  state: BackfillState,
  environments: readonly (string | undefined)[],
): Promise<BackfillState> {
  const known = new Set(state.environments);
  const fresh = new Set(environments.filter((environment) => !known.has(environment ?? '')));
  if (fresh.size === 0) return state;
  const { run, startedAt } = state;
  const begun = [...fresh].map((environment) =>
    begunFinding({ run, environment, startedAt, bundle: bundle() }),
  );
  await store.alerts.claim(begun, now(), tellNobody);
  for (const environment of fresh) known.add(environment ?? '');
  const more = { ...state, environments: [...known].toSorted() };
  save(more);
  return more;
}

const tellNobody: PlanDeliveries = () => [];

export interface TellOptions {
  readonly store: Store;
  readonly alerting: Alerting;
  readonly run: string;
  /** The empty text for none. */
  readonly environments: readonly string[];
  /** Digest of the bundle in force now. */
  readonly bundle: string;
  readonly now: () => string;
}

export interface Told {
  readonly environment: string | undefined;
  readonly episode: string;
  readonly findings: number;
}

export async function tellDigests(options: TellOptions): Promise<readonly Told[]> {
  const { store, run, bundle } = options;
  const plan = createQuietPlan(options.alerting);
  const told: Told[] = [];
  for (const name of options.environments) {
    const environment = name === '' ? undefined : name;
    const { id } = digestRef(run, environment);
    const found = await foundIn(store, id);
    const digest = digestFinding({ run, environment, found, bundle });
    if (digest === undefined) continue;
    await store.alerts.claim([digest], options.now(), plan);
    told.push({ environment, episode: id, findings: found.reduce((sum, { count }) => sum + count, 0) });
  }
  return told;
}

async function foundIn(store: Store, episode: string): Promise<readonly Found[]> {
  const { rows } = await store.query(HELD, { episode: { type: 'string', value: episode } });
  return rows.map((row) => ({
    rule: String(row['Rule']),
    severity: severityOf(row['Severity']),
    count: Number(row['Findings']),
    first: String(row['First']),
    last: String(row['Last']),
    event: String(row['Event']),
  }));
}

const severityOf = (text: unknown): Severity => SEVERITIES.find((one) => one === text) ?? 'low';
