/** What alerts keep, in Cloud Spanner. What each alert costs goes by key; SQL is for the sweep and for people. */
import type { Row, TableName } from '../../../schemas/tables.ts';
import {
  claimable,
  type ClaimPlan,
  deliveryOwner,
  planClaim,
  type StoredAlerts,
} from '../../alerts/claim.ts';
import { answerEpisode, episodeId, isLast } from '../../alerts/episode.ts';
import { findingOfRow } from '../../alerts/finding-row.ts';
import type { EpisodeRef } from '../../alerts/notice.ts';
import { afterAnswer } from '../../alerts/plan.ts';
import {
  deliveryOfRow,
  deliveryRow,
  episodeOfRow,
  episodeRow,
  holderOfRow,
  knownOfRows,
  membershipRow,
  transitionRow,
  transitionsOfRows,
} from '../../alerts/rows.ts';
import { compareSeverity } from '../../alerts/severity.ts';
import type { AlertStore, Delivery, Episode } from '../../alerts/store.ts';
import { silenceOfRow, silenceRow } from '../../alerts/silences.ts';
import type { Finding } from '../../detections/finding.ts';
import { idRange, silentWhere, UNCLAIMED_WHERE } from '../alert-sql.ts';
import type { QueryParams } from '../store.ts';
import type { Connection } from './connection.ts';
import { type KeyRange, prefix, readRanges, runQuery } from './read.ts';
import { readWrite, type Scope } from './transaction.ts';
import { columnNames } from './values.ts';

type Reader = (table: TableName, ranges: KeyRange[]) => Promise<readonly Row[]>;

export function createSpannerAlerts(connection: Connection): AlertStore {
  const transact = <T>(tag: string, body: (scope: Scope, read: Reader) => Promise<T>): Promise<T> =>
    readWrite(connection, tag, (scope) => body(scope, readerOf(scope)));
  const read: Reader = (table, ranges) => readRanges(connection, table, columnNames(table), ranges);

  async function findings(ids: readonly string[]): Promise<readonly Finding[]> {
    const rows = await read(
      'Findings',
      ids.map((id) => prefix(id)),
    );
    const best = new Map<string, Finding>();
    for (const finding of rows.map(findingOfRow)) {
      const other = best.get(finding.id);
      if (other === undefined || compareSeverity(finding.severity, other.severity) >= 0)
        best.set(finding.id, finding);
    }
    return [...best.values()];
  }

  return {
    findings,
    async unclaimedFindings(since, limit) {
      const { rows } = await runQuery(connection, UNCLAIMED, {
        since: { type: 'timestamp', value: since },
        limit: { type: 'int64', value: limit },
      });
      const ids = rows.map((row) => String(row['FindingId']));
      const byId = new Map((await findings(ids)).map((finding) => [finding.id, finding]));
      return [...new Set(ids)].flatMap((id) => byId.get(id) ?? []);
    },
    async claim(given, now, plan) {
      const wanted = claimable(given);
      if (wanted.length === 0) return [];
      const ids = wanted.map(({ id }) => id);
      const episodeIds = [...new Set(wanted.map(({ rule, key }) => episodeId(rule, key)))];
      return transact('jobtrail-claim', async (scope, reader) => {
        const made = planClaim(wanted, await storedAlerts(reader, ids, episodeIds), now, plan);
        write(scope, made);
        return made.episodes;
      });
    },
    async hold(held) {
      if (held.length === 0) return;
      await transact('jobtrail-hold', async (scope, reader) => {
        const known = knownOfRows(
          await reader(
            'EpisodeFindings',
            held.map(({ id }) => prefix(id)),
          ),
        );
        const fresh = new Map(held.filter(({ id }) => !known.has(id)).map((one) => [one.id, one]));
        if (fresh.size === 0) return;
        scope.insert('EpisodeFindings', [...fresh.values()].map(membershipRow));
      });
    },
    async transition(transition) {
      let sent = false;
      return transact('jobtrail-transition', async (scope, reader) => {
        const { id, episode: ref } = transition;
        const known = await reader('EpisodeTransitions', [prefix(ref.id, String(ref.n), id)]);
        // Known because of this call's own commit, whose answer was lost.
        if (known.length > 0) return sent;
        const episodes = (await reader('Episodes', [prefix(ref.id)])).map(episodeOfRow);
        const episode = episodes.find(({ n }) => n === ref.n);
        if (episode === undefined) return false;
        const answered = answerEpisode(episode, transition, isLast(episode, episodes));
        if (answered === undefined) return false;
        const deliveries = await deliveriesOf(reader, ref);
        write(scope, {
          episodes: [answered],
          transitions: [{ ...transition, number: answered.changes }],
          findings: [],
          deliveries: deliveries.map((one) => afterAnswer(one, answered, transition.at)),
        });
        sent = true;
        return true;
      });
    },
    async episodes(filter) {
      const conditions: string[] = [];
      const params: Record<string, QueryParams[string]> = { limit: { type: 'int64', value: filter.limit } };
      const among = (column: string, values: readonly string[] | undefined): void => {
        if (values === undefined) return;
        const names = values.map((value, i) => {
          params[`${column}${i}`] = { type: 'string', value };
          return `@${column}${i}`;
        });
        conditions.push(names.length === 0 ? 'FALSE' : `${column} IN (${names.join(', ')})`);
      };
      among('State', filter.states);
      among('EpisodeId', filter.ids);
      among('Severity', filter.severities);
      among('Rule', filter.rule === undefined ? undefined : [filter.rule]);
      if (filter.idPrefix !== undefined) {
        const [from, before] = idRange(filter.idPrefix);
        conditions.push('EpisodeId >= @from AND EpisodeId < @before');
        params['from'] = { type: 'string', value: from };
        params['before'] = { type: 'string', value: before };
      }
      const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
      const sql = `SELECT ${columnNames('Episodes').join(', ')} FROM Episodes ${where}
        ORDER BY OpenedAt DESC, EpisodeId, Number DESC LIMIT @limit`;
      return (await runQuery(connection, sql, params)).rows.map(episodeOfRow);
    },
    transitions: async ({ id, n }) =>
      transitionsOfRows(await read('EpisodeTransitions', [prefix(id, String(n))])),
    async findingIdsOf({ id, n }, limit) {
      const rows = await readRanges(connection, 'EpisodeFindings', ['FindingId'], [prefix(id, String(n))], {
        index: 'EpisodeFindingsByEpisode',
        limit,
      });
      return rows.map((row) => String(row['FindingId']));
    },
    async episodesOf(findingIds) {
      const rows = await read(
        'EpisodeFindings',
        [...new Set(findingIds)].map((id) => prefix(id)),
      );
      return rows.map(holderOfRow);
    },
    async dueChannels(now) {
      const channels: string[] = [];
      let range: KeyRange = { startClosed: [], endClosed: [] };
      // One row for each channel: the one that is due first.
      for (;;) {
        const [first] = await readRanges(connection, 'Deliveries', ['Channel', 'DueAt'], [range], {
          index: 'DeliveriesDue',
          limit: 1,
        });
        if (first === undefined) return channels;
        const channel = String(first['Channel']);
        if (String(first['DueAt']) <= now) channels.push(channel);
        range = { startOpen: [channel], endClosed: [] };
      }
    },
    async takeDue(channel, now, lease, leaseUntil, limit) {
      const due = await readRanges(
        connection,
        'Deliveries',
        ['EpisodeId', 'Number', 'Channel'],
        [{ startClosed: [channel], endClosed: [channel, now] }],
        { index: 'DeliveriesDue', limit },
      );
      if (due.length === 0) return [];
      const keys = due.map((row) => prefix(String(row['EpisodeId']), String(row['Number']), channel));
      return transact('jobtrail-take', async (scope, reader) => {
        const rows = (await reader('Deliveries', keys)).map(deliveryOfRow);
        const taken = rows
          // Those that nobody was faster with, or that this call took itself with a commit whose answer was lost.
          .filter(({ dueAt, lease: holder }) => holder === lease || (dueAt !== undefined && dueAt <= now))
          .sort(byDueAt)
          .map((delivery) => ({ ...delivery, lease, dueAt: leaseUntil }));
        scope.upsert('Deliveries', taken.map(deliveryRow));
        return taken;
      });
    },
    update: ({ episode: ref, channel }, lease, change) =>
      transact('jobtrail-deliver', async (scope, reader) => {
        const [row] = await reader('Deliveries', [prefix(ref.id, String(ref.n), channel)]);
        const episode = await episodeAt(reader, ref);
        if (row === undefined || episode === undefined) return undefined;
        const delivery = deliveryOfRow(row);
        if (delivery.lease !== lease) return undefined;
        const changed = change({ delivery, episode });
        scope.upsert('Deliveries', [deliveryRow(changed)]);
        return { delivery: changed, episode };
      }),
    deliveries: (ref) => deliveriesOf(read, ref),
    async silences(now) {
      const { rows } = await runQuery(connection, SILENCES, { now: { type: 'timestamp', value: now } });
      return rows.map(silenceOfRow);
    },
    putSilence: (silence) =>
      transact('jobtrail-silence', async (scope, reader) => {
        // It is there after this call's own commit whose answer was lost. Nobody may write over who silenced what, and why.
        const known = await reader('Silences', [prefix(silence.id, silence.createdAt)]);
        if (known.length === 0) scope.insert('Silences', [silenceRow(silence)]);
        const held = await scope.query(HELD, {
          silence: { type: 'string', value: silence.id },
          until: { type: 'timestamp', value: silence.until },
        });
        scope.upsert(
          'Deliveries',
          held.map((row) => deliveryRow({ ...deliveryOfRow(row), dueAt: silence.until })),
        );
      }),
  };
}

/** Each shard from `since` on, not the whole index. */
const UNCLAIMED = `SELECT f.FindingId AS FindingId
  FROM UNNEST(GENERATE_ARRAY(0, 15)) AS shard
  JOIN Findings@{FORCE_INDEX=FindingsByStoredAt} AS f ON f.Shard = shard AND f.StoredAt >= @since
  LEFT JOIN EpisodeFindings AS e ON e.FindingId = f.FindingId
  WHERE ${UNCLAIMED_WHERE}
  ORDER BY f.StoredAt, f.FindingId LIMIT @limit`;

const SILENCES = `SELECT ${columnNames('Silences').join(', ')} FROM Silences AS s
  WHERE ${silentWhere('@now')} ORDER BY SilenceId`;

/** What a silence holds back for longer than until `@until`. */
const HELD = `SELECT ${columnNames('Deliveries').join(', ')} FROM Deliveries
  WHERE HeldBy = @silence AND Lease IS NULL AND DueAt > @until`;

const byDueAt = (a: Delivery, b: Delivery): number => ((a.dueAt ?? '') < (b.dueAt ?? '') ? -1 : 1);

const readerOf =
  (scope: Scope): Reader =>
  (table, ranges) =>
    scope.read(table, columnNames(table), { ranges });

async function storedAlerts(
  reader: Reader,
  findingIds: readonly string[],
  episodeIds: readonly string[],
): Promise<StoredAlerts> {
  const ranges = episodeIds.map((id) => prefix(id));
  const [known, episodeRows, deliveryRows] = await Promise.all([
    reader(
      'EpisodeFindings',
      findingIds.map((id) => prefix(id)),
    ),
    reader('Episodes', ranges),
    reader('Deliveries', ranges),
  ]);
  return {
    known: knownOfRows(known),
    episodes: Map.groupBy(episodeRows.map(episodeOfRow), ({ id }) => id),
    deliveries: Map.groupBy(deliveryRows.map(deliveryOfRow), ({ episode }) => deliveryOwner(episode)),
  };
}

async function episodeAt(reader: Reader, { id, n }: EpisodeRef): Promise<Episode | undefined> {
  const rows = await reader('Episodes', [prefix(id, String(n))]);
  return rows.map(episodeOfRow)[0];
}

async function deliveriesOf(reader: Reader, { id, n }: EpisodeRef): Promise<readonly Delivery[]> {
  return (await reader('Deliveries', [prefix(id, String(n))])).map(deliveryOfRow);
}

function write(scope: Scope, { episodes, transitions, findings, deliveries }: ClaimPlan): void {
  scope.upsert('Episodes', episodes.map(episodeRow));
  scope.upsert('EpisodeTransitions', transitions.map(transitionRow));
  scope.upsert('EpisodeFindings', findings.map(membershipRow));
  scope.upsert('Deliveries', deliveries.map(deliveryRow));
}
