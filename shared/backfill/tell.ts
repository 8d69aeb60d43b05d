/** The digests of a run, opened before the first finding is put under them, told from what its findings are in the store in the end. */
import { type Alerting, SEVERITIES, type Severity } from '../../schemas/alerting.ts';
import { ENGINE, transitionId } from '../alerts/episode.ts';
import type { EpisodeRef } from '../alerts/notice.ts';
import type { PlanDeliveries } from '../alerts/store.ts';
import { latestVerdicts } from '../reconcile/verdict-rows.ts';
import type { Store } from '../store/store.ts';
import { begunFinding, createQuietPlan, digestFinding, digestRef, type Found } from './digest.ts';
import type { KeptState } from './state.ts';

const HELD = `SELECT f.FindingId AS Id, f.Rule AS Rule, f.Severity AS Severity, f.EventTime AS Time, f.EventId AS Event
FROM EpisodeFindings AS e JOIN Findings AS f ON f.FindingId = e.FindingId AND f.Severity = e.Severity
WHERE e.EpisodeId = @episode AND e.Number = 1
ORDER BY Rule, Severity, Time, Id`;
/** Findings whose verdicts are read at once. */
const AT_ONCE = 1000;

export interface OpenOptions {
  readonly store: Store;
  readonly kept: KeptState;
  readonly now: () => string;
  /** Digest of the bundle in force now. */
  readonly bundle: () => string;
}

/**
 * The digests of these environments are there, and the state knows them: a finding that is put under one is never without an alert,
 * and nothing that a digest is to tell of is forgotten.
 */
export async function openDigests(
  { store, kept, now, bundle }: OpenOptions,
  environments: readonly (string | undefined)[],
): Promise<void> {
  const state = kept.now();
  const known = new Set(state.environments);
  const fresh = new Set(environments.filter((environment) => !known.has(environment ?? '')));
  if (fresh.size === 0) return;
  const { run, startedAt } = state;
  const begun = [...fresh].map((environment) =>
    begunFinding({ run, environment, startedAt, bundle: bundle() }),
  );
  await store.alerts.claim(begun, now(), tellNobody);
  for (const environment of fresh) known.add(environment ?? '');
  kept.save({ ...state, environments: [...known].toSorted() });
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
    if (digest === undefined) {
      await closeEmpty(store, digestRef(run, environment), options.now());
      continue;
    }
    await store.alerts.claim([digest], options.now(), plan);
    told.push({ environment, episode: id, findings: found.reduce((sum, { count }) => sum + count, 0) });
  }
  return told;
}

/** All that it held was taken back by what was read later. */
async function closeEmpty(store: Store, episode: EpisodeRef, now: string): Promise<void> {
  const because = 'nothing of what was found stands';
  const id = transitionId(episode, 'resolve', because);
  await store.alerts.transition({ id, episode, change: 'resolve', at: now, by: ENGINE, because });
}

/** What the digest holds and what stands of it: of what a rule over several records said, that which it said last. */
async function foundIn(store: Store, episode: string): Promise<readonly Found[]> {
  const { rows } = await store.query(HELD, { episode: { type: 'string', value: episode } });
  const gone = await takenBack(store, [...new Set(rows.map((row) => String(row['Id'])))]);
  const standing = rows.filter((row) => !gone.has(String(row['Id'])));
  const groups = Map.groupBy(standing, (row) => JSON.stringify([row['Rule'], row['Severity']]));
  return [...groups.values()].flatMap((group) => {
    const [first, last] = [group[0], group.at(-1)];
    if (first === undefined || last === undefined) return [];
    return [
      {
        rule: String(first['Rule']),
        severity: severityOf(first['Severity']),
        count: group.length,
        first: String(first['Time']),
        last: String(last['Time']),
        event: String(first['Event']),
      },
    ];
  });
}

async function takenBack(store: Store, findings: readonly string[]): Promise<ReadonlySet<string>> {
  const gone = new Set<string>();
  for (let at = 0; at < findings.length; at += AT_ONCE) {
    const said = await store.work.verdictsOfFindings(findings.slice(at, at + AT_ONCE));
    const anchors = [...new Set(said.map((row) => String(row['AnchorId'])))];
    const latest = latestVerdicts(await store.work.verdicts(anchors)).values();
    const standing = new Set(
      [...latest].filter((row) => row['Verdict'] === 'violated').map((row) => row['FindingId']),
    );
    for (const { FindingId: id } of said) if (!standing.has(id)) gone.add(String(id));
  }
  return gone;
}

const severityOf = (text: unknown): Severity => SEVERITIES.find((one) => one === text) ?? 'low';
