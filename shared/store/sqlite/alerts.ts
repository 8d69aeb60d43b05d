/** What alerts keep, in the embedded store. */
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { type Row, type TableName, TABLES } from '../../../schemas/tables.ts';
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
import type { AlertStore, Delivery, Episode, EpisodeFilter } from '../../alerts/store.ts';
import { silenceOfRow, silenceRow } from '../../alerts/silences.ts';
import type { Finding } from '../../detections/finding.ts';
import { idRange, severityRank, silentWhere, UNCLAIMED_WHERE } from '../alert-sql.ts';
import { inTransaction } from './transaction.ts';
import { columnNames, fromSql, toSql } from './values.ts';

const SILENT_WHERE = silentWhere('?');
const OF_EPISODE = 'WHERE EpisodeId = ? AND Number = ?';

export function createSqliteAlerts(database: DatabaseSync): AlertStore {
  const rows = (table: TableName, rest: string, ...params: SQLInputValue[]): Row[] =>
    database
      .prepare(`SELECT ${columnNames(table).join(', ')} FROM ${table} ${rest}`)
      .all(...params)
      .map((row) => fromSql(TABLES[table], row));
  const put = (table: TableName, row: Row): void => {
    const columns = columnNames(table);
    database
      .prepare(
        `INSERT OR REPLACE INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
      )
      .run(...toSql(TABLES[table].columns, row));
  };

  const episodesOf = (id: string): Episode[] => rows('Episodes', 'WHERE EpisodeId = ?', id).map(episodeOfRow);
  const episodeAt = ({ id, n }: EpisodeRef): Episode | undefined =>
    rows('Episodes', OF_EPISODE, id, n).map(episodeOfRow)[0];
  const deliveriesOf = ({ id, n }: EpisodeRef): Delivery[] =>
    rows('Deliveries', `${OF_EPISODE} ORDER BY Channel`, id, n).map(deliveryOfRow);

  function findingsOf(ids: readonly string[]): readonly Finding[] {
    const found = rows(
      'Findings',
      `WHERE FindingId IN (SELECT value FROM json_each(?)) ORDER BY FindingId, ${severityRank('Severity')}, Variant`,
      JSON.stringify(ids),
    );
    // The last of each id: its highest severity.
    return [...new Map(found.map((row) => [row['FindingId'], findingOfRow(row)])).values()];
  }

  function storedAlerts(findingIds: readonly string[], episodeIds: readonly string[]): StoredAlerts {
    const known = rows(
      'EpisodeFindings',
      'WHERE FindingId IN (SELECT value FROM json_each(?))',
      JSON.stringify(findingIds),
    );
    const episodes = new Map(episodeIds.map((id) => [id, episodesOf(id)]));
    const all = [...episodes.values()].flat();
    const deliveries = new Map(all.map((episode) => [deliveryOwner(episode), deliveriesOf(episode)]));
    return { known: knownOfRows(known), episodes, deliveries };
  }

  function write({ episodes, transitions, findings, deliveries }: ClaimPlan): void {
    for (const episode of episodes) put('Episodes', episodeRow(episode));
    for (const transition of transitions) put('EpisodeTransitions', transitionRow(transition));
    for (const finding of findings) put('EpisodeFindings', membershipRow(finding));
    for (const delivery of deliveries) put('Deliveries', deliveryRow(delivery));
  }

  return {
    findings: async (ids) => findingsOf(ids),
    async unclaimedFindings(since, limit) {
      const found = database
        .prepare(
          `SELECT f.FindingId FROM Findings AS f LEFT JOIN EpisodeFindings AS e ON e.FindingId = f.FindingId
           WHERE f.Shard BETWEEN 0 AND 15 AND f.StoredAt >= ? AND ${UNCLAIMED_WHERE}
           ORDER BY f.StoredAt, f.FindingId LIMIT ?`,
        )
        .all(since, limit);
      const ids = found.map((row) => String(row['FindingId']));
      const byId = new Map(findingsOf(ids).map((finding) => [finding.id, finding]));
      return [...new Set(ids)].flatMap((id) => byId.get(id) ?? []);
    },
    async claim(findings, now, plan) {
      const wanted = claimable(findings);
      if (wanted.length === 0) return [];
      const ids = wanted.map(({ id }) => id);
      const episodeIds = [...new Set(wanted.map(({ rule, key }) => episodeId(rule, key)))];
      return inTransaction(database, () => {
        const made = planClaim(wanted, storedAlerts(ids, episodeIds), now, plan);
        write(made);
        return made.episodes;
      });
    },
    async hold(findings) {
      inTransaction(database, () => {
        for (const finding of findings) {
          const known = rows('EpisodeFindings', 'WHERE FindingId = ?', finding.id);
          if (known.length === 0) put('EpisodeFindings', membershipRow(finding));
        }
      });
    },
    async transition(transition) {
      return inTransaction(database, () => {
        const { id, episode: ref } = transition;
        const known = rows('EpisodeTransitions', `${OF_EPISODE} AND TransitionId = ?`, ref.id, ref.n, id);
        const episodes = episodesOf(ref.id);
        const episode = episodes.find(({ n }) => n === ref.n);
        if (known.length > 0 || episode === undefined) return false;
        const answered = answerEpisode(episode, transition, isLast(episode, episodes));
        if (answered === undefined) return false;
        write({
          episodes: [answered],
          transitions: [{ ...transition, number: answered.changes }],
          findings: [],
          deliveries: deliveriesOf(ref).map((one) => afterAnswer(one, answered, transition.at)),
        });
        return true;
      });
    },
    async episodes(filter) {
      const [where, params] = whereOf(filter);
      return rows(
        'Episodes',
        `${where} ORDER BY OpenedAt DESC, EpisodeId, Number DESC LIMIT ?`,
        ...params,
        filter.limit,
      ).map(episodeOfRow);
    },
    async transitions({ id, n }) {
      return transitionsOfRows(rows('EpisodeTransitions', OF_EPISODE, id, n));
    },
    async findingIdsOf({ id, n }, limit) {
      const found = rows('EpisodeFindings', `${OF_EPISODE} ORDER BY FindingId LIMIT ?`, id, n, limit);
      return found.map((row) => String(row['FindingId']));
    },
    async episodesOf(findingIds) {
      const found = rows(
        'EpisodeFindings',
        'WHERE FindingId IN (SELECT value FROM json_each(?)) ORDER BY FindingId',
        JSON.stringify(findingIds),
      );
      return found.map(holderOfRow);
    },
    async dueChannels(now) {
      const found = database
        .prepare(
          'SELECT DISTINCT Channel FROM Deliveries WHERE DueAt IS NOT NULL AND DueAt <= ? ORDER BY Channel',
        )
        .all(now);
      return found.map((row) => String(row['Channel']));
    },
    async takeDue(channel, now, lease, leaseUntil, limit) {
      return inTransaction(database, () => {
        const due = rows(
          'Deliveries',
          'WHERE Channel = ? AND DueAt IS NOT NULL AND DueAt <= ? ORDER BY DueAt, EpisodeId, Number LIMIT ?',
          channel,
          now,
          limit,
        );
        const taken = due.map((row) => ({ ...deliveryOfRow(row), lease, dueAt: leaseUntil }));
        for (const delivery of taken) put('Deliveries', deliveryRow(delivery));
        return taken;
      });
    },
    async update({ episode: ref, channel }, lease, change) {
      return inTransaction(database, () => {
        const delivery = deliveriesOf(ref).find((one) => one.channel === channel);
        const episode = episodeAt(ref);
        if (delivery === undefined || delivery.lease !== lease || episode === undefined) return undefined;
        const changed = change({ delivery, episode });
        put('Deliveries', deliveryRow(changed));
        return { delivery: changed, episode };
      });
    },
    deliveries: async (ref) => deliveriesOf(ref),
    silences: async (now) =>
      rows('Silences', `AS s WHERE ${SILENT_WHERE} ORDER BY SilenceId`, now).map(silenceOfRow),
    async putSilence(silence) {
      inTransaction(database, () => {
        put('Silences', silenceRow(silence));
        database
          .prepare('UPDATE Deliveries SET DueAt = ?1 WHERE HeldBy = ?2 AND Lease IS NULL AND DueAt > ?1')
          .run(silence.until, silence.id);
      });
    },
  };
}

function whereOf({
  states,
  severities,
  rule,
  ids,
  idPrefix,
}: EpisodeFilter): readonly [string, readonly SQLInputValue[]] {
  const parts: string[] = [];
  const params: SQLInputValue[] = [];
  const among = (column: string, values: readonly string[]): void => {
    parts.push(`${column} IN (SELECT value FROM json_each(?))`);
    params.push(JSON.stringify(values));
  };
  if (states !== undefined) among('State', states);
  if (ids !== undefined) among('EpisodeId', ids);
  if (severities !== undefined) among('Severity', severities);
  if (rule !== undefined) among('Rule', [rule]);
  if (idPrefix !== undefined) {
    parts.push('EpisodeId >= ? AND EpisodeId < ?');
    params.push(...idRange(idPrefix));
  }
  return [parts.length === 0 ? '' : `WHERE ${parts.join(' AND ')}`, params];
}
