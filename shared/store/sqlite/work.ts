/** What reconcile reads and writes, in the embedded store. */
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { type Row, type TableName, TABLES } from '../../../schemas/tables.ts';
import { bucketEnd, workOfRow, workRow, type WorkStore, withoutOvertaken } from '../work.ts';
import { inTransaction } from './transaction.ts';
import { columnNames, fromSql, toSql } from './values.ts';

const SHARDS = Array.from({ length: 16 }, (_, shard) => shard);
const ALL_SHARDS = JSON.stringify(SHARDS);

export function createSqliteWork(database: DatabaseSync): WorkStore {
  const selects = new Map<string, ReturnType<DatabaseSync['prepare']>>();
  const prepared = (sql: string): ReturnType<DatabaseSync['prepare']> => {
    const known = selects.get(sql) ?? database.prepare(sql);
    selects.set(sql, known);
    return known;
  };
  function rows(table: TableName, rest: string, ...params: SQLInputValue[]): Row[] {
    return prepared(`SELECT ${columnNames(table).join(', ')} FROM ${table} ${rest}`)
      .all(...params)
      .map((row) => fromSql(TABLES[table], row));
  }
  function write(verb: string, table: TableName, row: Row): number {
    const columns = columnNames(table);
    const sql = `${verb} INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;
    return Number(prepared(sql).run(...toSql(TABLES[table].columns, row)).changes);
  }
  const among = (table: TableName, column: string, values: readonly string[]): Row[] =>
    values.length === 0
      ? []
      : rows(
          table,
          `WHERE ${column} IN (SELECT value FROM json_each(?)) ORDER BY ${TABLES[table].key.join(', ')}`,
          JSON.stringify([...new Set(values)]),
        );

  /** One question for all shards: mostly nothing is due. */
  const isDue = (queue: string, until: string): boolean =>
    prepared(
      'SELECT 1 FROM json_each(?) AS s CROSS JOIN OpenWork AS w ON w.Queue = ? AND w.Shard = s.value AND w.DueAt <= ? LIMIT 1',
    ).get(ALL_SHARDS, queue, until) !== undefined;

  return {
    async due(queue, until, limit) {
      if (!isDue(queue, until)) return [];
      const found = SHARDS.flatMap((shard) =>
        rows(
          'OpenWork',
          'WHERE Queue = ? AND Shard = ? AND DueAt <= ? ORDER BY DueAt, WorkId LIMIT ?',
          queue,
          shard,
          until,
          limit,
        ),
      );
      return found.map(workOfRow).sort(byDueAt).slice(0, limit);
    },
    async queues() {
      // One seek for each queue: DISTINCT would walk the whole table.
      const names: string[] = [];
      const next = prepared('SELECT Queue FROM OpenWork WHERE Queue > ? ORDER BY Queue LIMIT 1');
      const first = prepared("SELECT Queue FROM OpenWork WHERE Queue = '' LIMIT 1").get();
      if (first !== undefined) names.push('');
      for (let row = next.get(''); row !== undefined; row = next.get(String(row['Queue'])))
        names.push(String(row['Queue']));
      return names;
    },
    async countDue(queue, until, limit) {
      if (!isDue(queue, until)) return 0;
      let count = 0;
      for (const shard of SHARDS) {
        const row = prepared(
          'SELECT COUNT(*) AS n FROM (SELECT 1 FROM OpenWork WHERE Queue = ? AND Shard = ? AND DueAt <= ? LIMIT ?)',
        ).get(queue, shard, until, limit);
        count += Number(row?.['n'] ?? 0);
      }
      return Math.min(count, limit);
    },
    async events(ids) {
      const columns = columnNames('Events').filter((name) => name !== 'Raw');
      if (ids.length === 0) return [];
      return prepared(
        `SELECT ${columns.map((name) => `e.${name}`).join(', ')} FROM json_each(?) AS id CROSS JOIN Events AS e ON e.EventId = id.value`,
      )
        .all(JSON.stringify([...new Set(ids)]))
        .map((row) => fromSql(TABLES.Events, row));
    },
    witnesses: async (ranges) =>
      ranges.flatMap(({ family, subject, from, until }) =>
        rows(
          'Witnesses',
          'WHERE Family = ? AND Subject = ? AND EventTime BETWEEN ? AND ? ORDER BY EventTime, EventId, Variant',
          family,
          subject,
          from,
          until,
        ),
      ),
    sightings: async (ranges) =>
      ranges.flatMap(({ family, subject, from, until }) =>
        rows(
          'Sightings',
          'WHERE Family = ? AND Subject = ? AND Bucket BETWEEN ? AND ? ORDER BY Bucket',
          family,
          subject,
          from,
          bucketEnd(until),
        ),
      ),
    versions: async (policies) =>
      policies.flatMap(({ plane, policy }) =>
        rows(
          'PolicyVersions',
          'WHERE Plane = ? AND Policy = ? ORDER BY EventTime DESC, EventId, Variant',
          plane,
          policy,
        ),
      ),
    verdicts: async (anchorIds) => among('Verdicts', 'AnchorId', anchorIds),
    verdictsOfFindings: async (findingIds) => among('Verdicts', 'FindingId', findingIds),
    verdictsOfJobs: async (jobIds) => among('Verdicts', 'JobId', jobIds),
    async settle(batch) {
      return inTransaction(database, () => {
        const anchors = batch.verdicts.map((row) => String(row['AnchorId']));
        const { verdicts, findings, done, open } = withoutOvertaken(
          batch,
          among('Verdicts', 'AnchorId', anchors),
        );
        for (const row of verdicts) write('INSERT OR REPLACE', 'Verdicts', row);
        // One that ingest made of its entry alone is there under the variant of its event.
        const made = findings.filter((row) => {
          const there = prepared('SELECT 1 FROM Findings WHERE FindingId = ? LIMIT 1').get(
            String(row['FindingId']),
          );
          return there === undefined && write('INSERT OR IGNORE', 'Findings', row) > 0;
        });
        const remove = prepared(
          'DELETE FROM OpenWork WHERE Queue = ? AND Shard = ? AND DueAt = ? AND WorkId = ?',
        );
        for (const item of done) {
          const { Queue: queue, Shard: shard, DueAt: dueAt, WorkId: id } = workRow(item);
          remove.run(String(queue), Number(shard), String(dueAt), String(id));
        }
        for (const item of open) write('INSERT OR REPLACE', 'OpenWork', workRow(item));
        return made.map((row) => String(row['FindingId']));
      });
    },
    paths: async () => rows('Paths', 'ORDER BY Path'),
    async putPaths(all) {
      inTransaction(database, () => {
        for (const row of all) write('INSERT OR REPLACE', 'Paths', row);
      });
    },
    arrivals: async (since, limit) =>
      SHARDS.flatMap((shard) =>
        rows(
          'Arrivals',
          'WHERE Shard = ? AND CommitTime >= ? ORDER BY CommitTime, ReceiptId LIMIT ?',
          shard,
          since,
          limit,
        ),
      ),
  };
}

const byDueAt = (a: { dueAt: string; id: string }, b: { dueAt: string; id: string }): number =>
  a.dueAt === b.dueAt ? (a.id < b.id ? -1 : 1) : a.dueAt < b.dueAt ? -1 : 1;
