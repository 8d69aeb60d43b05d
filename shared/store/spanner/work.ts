/** What reconcile reads and writes, in Cloud Spanner. Everything by key range; one transaction for what is settled. */
import { type Row, type TableName, TABLES } from '../../../schemas/tables.ts';
import { bucketEnd, workOfRow, workRow, type WorkItem, type WorkStore, withoutOvertaken } from '../work.ts';
import type { Connection } from './connection.ts';
import { type KeyRange, prefix, readRanges } from './read.ts';
import { readWrite, type Scope } from './transaction.ts';
import { columnNames } from './values.ts';

const SHARDS = Array.from({ length: 16 }, (_, shard) => String(shard));
/** Key ranges of one read: a request has a limit of 10 MB, and the emulator walks them one after the other. */
const RANGES = 2_000;
const SLIM_EVENT = columnNames('Events').filter((name) => name !== 'Raw');

export function createSpannerWork(connection: Connection): WorkStore {
  async function read(
    table: TableName,
    ranges: readonly KeyRange[],
    columns = columnNames(table),
  ): Promise<Row[]> {
    const found: Row[] = [];
    for (let at = 0; at < ranges.length; at += RANGES)
      found.push(...(await readRanges(connection, table, columns, ranges.slice(at, at + RANGES))));
    return found;
  }
  /** By an index on one column, then the rows by their keys. */
  async function byIndex(table: TableName, index: string, values: readonly string[]): Promise<Row[]> {
    const ranges = [...new Set(values)].map((value) => prefix(value));
    const key: string[] = [...TABLES[table].key];
    const keys = ranges.length === 0 ? [] : await readRanges(connection, table, key, ranges, { index });
    return read(
      table,
      keys.map((row) => prefix(...key.map((column) => String(row[column])))),
    );
  }
  const dueRange = (queue: string, shard: string, until: string): KeyRange => ({
    startClosed: [queue, shard],
    endClosed: [queue, shard, until],
  });

  return {
    async due(queue, until, limit) {
      const perShard = await Promise.all(
        SHARDS.map((shard) =>
          readRanges(connection, 'OpenWork', columnNames('OpenWork'), [dueRange(queue, shard, until)], {
            limit,
          }),
        ),
      );
      return perShard.flat().map(workOfRow).sort(byDueAt).slice(0, limit);
    },
    async queues() {
      const names: string[] = [];
      let range: KeyRange = { startClosed: [], endClosed: [] };
      // One row for each queue: the first.
      for (;;) {
        const [first] = await readRanges(connection, 'OpenWork', ['Queue'], [range], { limit: 1 });
        if (first === undefined) return names;
        const queue = String(first['Queue']);
        names.push(queue);
        range = { startOpen: [queue], endClosed: [] };
      }
    },
    async countDue(queue, until, limit) {
      const rows = await Promise.all(
        SHARDS.map((shard) =>
          readRanges(connection, 'OpenWork', ['WorkId'], [dueRange(queue, shard, until)], { limit }),
        ),
      );
      return Math.min(rows.flat().length, limit);
    },
    events: (ids) =>
      read(
        'Events',
        [...new Set(ids)].map((id) => prefix(id)),
        SLIM_EVENT,
      ),
    witnesses: (ranges) =>
      read(
        'Witnesses',
        ranges.map(({ family, subject, from, until }) => ({
          startClosed: [family, subject, from],
          endClosed: [family, subject, until],
        })),
      ),
    sightings: (ranges) =>
      read(
        'Sightings',
        ranges.map(({ family, subject, from, until }) => ({
          startClosed: [family, subject, from],
          endClosed: [family, subject, bucketEnd(until)],
        })),
      ),
    versions: (policies) =>
      read(
        'PolicyVersions',
        policies.map(({ plane, policy }) => prefix(plane, policy)),
      ),
    verdicts: (anchorIds) =>
      read(
        'Verdicts',
        [...new Set(anchorIds)].map((id) => prefix(id)),
      ),
    verdictsOfFindings: (findingIds) => byIndex('Verdicts', 'VerdictsByFinding', findingIds),
    verdictsOfJobs: (jobIds) => byIndex('Verdicts', 'VerdictsByJob', jobIds),
    settle: (batch) =>
      readWrite(connection, 'jobtrail-settle', async (scope) => {
        const now = await verdictsNow(scope, batch.verdicts);
        const { verdicts, findings, done, open } = withoutOvertaken(batch, now);
        const there = await findingsThere(scope, findings);
        const made = findings.filter((row) => !there.has(String(row['FindingId'])));
        scope.upsert('Verdicts', verdicts);
        scope.upsert('Findings', made);
        scope.remove('OpenWork', done.map(keyOfWork));
        scope.upsert('OpenWork', open.map(workRow));
        return made.map((row) => String(row['FindingId']));
      }),
    paths: () => read('Paths', [{ startClosed: [], endClosed: [] }]),
    async putPaths(rows) {
      if (rows.length === 0) return;
      await readWrite(connection, 'jobtrail-paths', async (scope) => scope.upsert('Paths', rows));
    },
    async arrivals(since, limit) {
      const perShard = await Promise.all(
        SHARDS.map((shard) =>
          readRanges(
            connection,
            'Arrivals',
            columnNames('Arrivals'),
            [{ startClosed: [shard, since], endClosed: [shard] }],
            { limit },
          ),
        ),
      );
      return perShard.flat();
    },
  };
}

function keyOfWork(item: WorkItem): string[] {
  const row = workRow(item);
  return TABLES.OpenWork.key.map((column) => String(row[column]));
}

const prefixesOf = (rows: readonly Row[], column: string): KeyRange[] =>
  [...new Set(rows.map((row) => String(row[column])))].map((id) => prefix(id));

const verdictsNow = (scope: Scope, verdicts: readonly Row[]): Promise<readonly Row[]> =>
  scope.read('Verdicts', ['AnchorId', 'Rule', 'About', 'Facts', 'DecidedAt'], {
    ranges: prefixesOf(verdicts, 'AnchorId'),
  });

async function findingsThere(scope: Scope, findings: readonly Row[]): Promise<ReadonlySet<string>> {
  const rows = await scope.read('Findings', ['FindingId'], { ranges: prefixesOf(findings, 'FindingId') });
  return new Set(rows.map((row) => String(row['FindingId'])));
}

const byDueAt = (a: WorkItem, b: WorkItem): number =>
  a.dueAt === b.dueAt ? (a.id < b.id ? -1 : 1) : a.dueAt < b.dueAt ? -1 : 1;
