/**
 * Alerts whose findings hold no longer are resolved, by the engine and with the reason. An episode is resolved when none of its
 * findings stands: what a rule said last of an anchor is what stands.
 */
import { ENGINE, isLast, transitionId } from '../alerts/episode.ts';
import { later } from '../alerts/times.ts';
import type { EpisodeRef } from '../alerts/notice.ts';
import type { Episode } from '../alerts/store.ts';
import type { Store } from '../store/store.ts';
import { latestVerdicts, type Retracted } from './verdict-rows.ts';

/** Findings of one episode that are looked at: with more of them it stays open for a person. */
const MAX_FINDINGS = 2_000;
const MAX_EPISODES = 10_000;

/** @returns how many episodes were resolved */
export async function retract(store: Store, retracted: readonly Retracted[], now: string): Promise<number> {
  if (retracted.length === 0) return 0;
  const because = new Map(retracted.map((one) => [one.findingId, one]));
  const episodes = await store.alerts.episodesOf([...because.keys()]);
  let resolved = 0;
  for (const { finding, episode } of episodes) {
    if (await resolveIfNoneStands(store, episode, because.get(finding), now)) resolved += 1;
  }
  return resolved;
}

/**
 * The net under `retract`: open alerts of these rules whose findings were taken back before they were alerts, or by a round that
 * was cut off.
 */
export async function sweepRetracted(store: Store, rules: ReadonlySet<string>, now: string): Promise<number> {
  const open = await store.alerts.episodes({ states: ['open', 'acknowledged'], limit: MAX_EPISODES });
  let resolved = 0;
  for (const episode of open) {
    if (rules.has(episode.rule) && (await resolveIfNoneStands(store, episode, undefined, now))) resolved += 1;
  }
  return resolved;
}

/**
 * Alerts that the engine resolved and whose finding stands again, the very same: nobody would be told of it otherwise, since a
 * finding opens an alert once. Where another episode came after its own, that one tells.
 */
export async function reinstate(store: Store, findingIds: readonly string[], now: string): Promise<void> {
  if (findingIds.length === 0) return;
  const held = await store.alerts.episodesOf(findingIds);
  if (held.length === 0) return;
  const ids = [...new Set(held.map(({ episode }) => episode.id))];
  const all = await store.alerts.episodes({ ids, limit: MAX_EPISODES });
  for (const [id, ofAlert] of Map.groupBy(all, (one) => one.id)) {
    const last = lastOf(ofAlert);
    if (last === undefined || !isEndedByEngine(last)) continue;
    const ended = new Set(ofAlert.filter(isEndedByEngine).map(({ n }) => n));
    const finding = held.find(({ episode }) => episode.id === id && ended.has(episode.n))?.finding;
    if (finding === undefined) continue;
    const { n, resolved, changes } = last;
    await store.alerts.transition({
      id: transitionId({ id, n }, 'reopen', `${finding} ${changes}`),
      episode: { id, n },
      change: 'reopen',
      at: resolved === undefined || now > resolved.at ? now : later(resolved.at, 1),
      by: ENGINE,
      because: 'what took it back does not hold any more',
    });
  }
}

const lastOf = (episodes: readonly Episode[]): Episode | undefined =>
  episodes.find((one) => isLast(one, episodes));

const isEndedByEngine = ({ state, resolved }: Episode): boolean =>
  state === 'resolved' && resolved?.by === ENGINE;

async function resolveIfNoneStands(
  store: Store,
  { id, n }: EpisodeRef,
  why: Retracted | undefined,
  now: string,
): Promise<boolean> {
  const all = await store.alerts.episodes({ ids: [id], limit: MAX_EPISODES });
  const episode = all.find((one) => one.n === n);
  if (episode === undefined || episode.state === 'resolved') return false;
  // What was held by one that the engine ended before it may stand again, and then this one tells of it (reinstate).
  const holders = [episode, ...all.filter((one) => one.n < n && isEndedByEngine(one))];
  const ids: string[] = [];
  for (const holder of holders) ids.push(...(await store.alerts.findingIdsOf(holder, MAX_FINDINGS)));
  if (ids.length === 0 || ids.length >= MAX_FINDINGS) return false;
  const gone = await retractions(store, ids);
  if (gone === undefined) return false;
  const rests = why ?? gone;
  return store.alerts.transition({
    // The same verdict may end it again, after it stood again in between.
    id: transitionId({ id, n }, 'resolve', `${rests.verdictId} ${episode.changes}`),
    episode: { id, n },
    change: 'resolve',
    at: now,
    by: ENGINE,
    because: rests.because,
  });
}

/** Undefined while one of them stands; else what took the last of them back. */
async function retractions(
  store: Store,
  findingIds: readonly string[],
): Promise<Pick<Retracted, 'verdictId' | 'because'> | undefined> {
  const findings = await store.alerts.findings(findingIds);
  const own = await store.work.verdictsOfFindings(findingIds);
  const anchors = new Set([
    ...own.map((row) => String(row['AnchorId'])),
    ...findings.flatMap(({ events }) => events.slice(0, 1)),
  ]);
  const latest = [...latestVerdicts(await store.work.verdicts([...anchors])).values()];
  const standing = new Set(
    latest.filter((row) => row['Verdict'] === 'violated').map((row) => row['FindingId']),
  );
  let last: Pick<Retracted, 'verdictId' | 'because'> | undefined;
  for (const finding of findings) {
    if (standing.has(finding.id)) return undefined;
    const made = own.filter((row) => row['FindingId'] === finding.id);
    // What ingest found of one entry stands unless a verdict over this entry says otherwise.
    const said = latest.find((row) =>
      made.length > 0
        ? made.some(
            (one) =>
              one['AnchorId'] === row['AnchorId'] &&
              one['Rule'] === row['Rule'] &&
              one['About'] === row['About'],
          )
        : row['AnchorId'] === finding.events[0] &&
          row['Rule'] === finding.rule &&
          row['Verdict'] === 'satisfied' &&
          (row['About'] === finding.key || row['About'] === ''),
    );
    if (said === undefined) return undefined;
    last = { verdictId: String(said['VerdictId']), because: String(said['Reason'] ?? 'it holds no longer') };
  }
  return last;
}
