import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { datasetsInSql } from '../../shared/datasets/sql.ts';

const hive = { dialect: 'hive', cluster: 'c' } as const;
const told = (sql: string, names?: Parameters<typeof datasetsInSql>[1]): readonly string[] =>
  datasetsInSql(sql, names).map(({ op, dataset }) => `${op} ${dataset}`);

describe('datasetsInSql', () => {
  it.each([
    ['SELECT 1 FROM `p-1.d.t` x, `p-1.d.u`', ['read bigquery:p-1.d.t', 'read bigquery:p-1.d.u']],
    ['SELECT 1 FROM my-proj.d.t -- FROM a.b.c', ['read bigquery:my-proj.d.t']],
    ["SELECT 'FROM a.b.c' /* FROM a.b.d */ FROM a.b.e", ['read bigquery:a.b.e']],
    ['WITH x AS (SELECT 1 FROM a.b.c) SELECT 1 FROM x', ['read bigquery:a.b.c']],
    ['INSERT INTO a.b.c (x, y) SELECT 1, 2 FROM a.b.d', ['write bigquery:a.b.c', 'read bigquery:a.b.d']],
    ['SELECT EXTRACT(YEAR FROM a.b.c) FROM a.b.d WHERE x IS DISTINCT FROM a.b.e', ['read bigquery:a.b.d']],
    ['SELECT 1 FROM a.b.fn(1)', []],
    ['SELECT 1 FROM p.d.INFORMATION_SCHEMA.TABLES', []],
    ['UPDATE a.b.c SET x = 1', ['write bigquery:a.b.c']],
    [
      "EXPORT DATA OPTIONS(uri='gs://b/x/*') AS SELECT 1 FROM a.b.c",
      ['write gs://b/x', 'read bigquery:a.b.c'],
    ],
  ])('BigQuery: %s', (sql, uses) => {
    expect(told(sql)).toEqual(uses);
  });

  it.each([
    ['SELECT 1 FROM t JOIN db.u ON t.a = u.a', ['read hive://c/default.t', 'read hive://c/db.u']],
    ['USE sales; SELECT 1 FROM t', ['read hive://c/sales.t']],
    ['SELECT 1 FROM hive.db.t, spark_catalog.db.u', ['read hive://c/db.t', 'read hive://c/db.u']],
    [
      'INSERT OVERWRITE TABLE db.t SELECT 1 FROM db.u LATERAL VIEW explode(a) e AS x, y',
      ['write hive://c/db.t', 'read hive://c/db.u'],
    ],
    [
      "INSERT OVERWRITE LOCAL DIRECTORY 'hdfs://n/x' SELECT 1 FROM db.u",
      ['write hdfs://n/x', 'read hive://c/db.u'],
    ],
    ["CREATE EXTERNAL TABLE IF NOT EXISTS db.t (a INT) LOCATION 'gs://b/t/'", ['use gs://b/t']],
    [
      "CREATE TABLE db.t LOCATION 'gs://b/t' AS SELECT 1 FROM db.u",
      ['write hive://c/db.t', 'write gs://b/t', 'read hive://c/db.u'],
    ],
    ['CREATE TABLE t AS (SELECT 1 FROM db.u)', ['write hive://c/default.t', 'read hive://c/db.u']],
    ['CREATE TEMPORARY VIEW v AS SELECT 1 FROM db.u; SELECT 1 FROM v', ['read hive://c/db.u']],
    ['SELECT 1 FROM parquet.`gs://b/x/*.parquet`', ['read gs://b/x']],
    ["LOAD DATA INPATH 'gs://b/f' INTO TABLE db.t", ['read gs://b/f', 'write hive://c/db.t']],
    [
      'MERGE INTO db.t USING db.u ON x WHEN MATCHED THEN UPDATE SET a = 1',
      ['write hive://c/db.t', 'read hive://c/db.u'],
    ],
    ['DELETE FROM db.t WHERE a IN (SELECT a FROM db.u)', ['write hive://c/db.t', 'read hive://c/db.u']],
    ['SELECT 1 FROM `my-proj.d.t`', ['read bigquery:my-proj.d.t']],
  ])('Hive and Spark: %s', (sql, uses) => {
    expect(told(sql, hive)).toEqual(uses);
  });

  it('calls everything it finds inferred', () => {
    const strengths = datasetsInSql('INSERT INTO a.b.c SELECT 1 FROM a.b.d').map(({ strength }) => strength);
    expect(new Set(strengths)).toEqual(new Set(['inferred']));
  });

  it('is total, on any text and on any mix of its keywords', () => {
    const word = fc.constantFrom(
      ...'SELECT FROM JOIN INTO TABLE CREATE AS WITH ( ) , ; ` \' " . a.b.c t LOCATION --'.split(' '),
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(word).map((words) => words.join(' ')),
    );
    fc.assert(
      fc.property(text, (sql) => {
        const uses = told(sql, hive);
        expect(new Set(uses).size).toBe(uses.length);
      }),
      { numRuns: 1000 },
    );
  });

  it.each(['(', '`', "'", 'FROM ', 'a.', '/*', 'WITH x AS (', ',', '\\', "'\\"])(
    'takes time in proportion to the length: %j repeated',
    (piece) => {
      const start = performance.now();
      datasetsInSql(piece.repeat(200_000), hive);
      // Quadratic work on this many pieces would take minutes.
      expect(performance.now() - start).toBeLessThan(5_000);
    },
  );
});
