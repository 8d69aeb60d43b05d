import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bigqueryTable, datasetOfUri } from '../../shared/datasets/uri.ts';

describe('datasetOfUri', () => {
  it.each([
    ['gs://bucket', 'gs://bucket'],
    ['gs://bucket/', 'gs://bucket'],
    ['gs://bucket/a/b.csv', 'gs://bucket/a/b.csv'],
    ['gs://bucket/a/dt=2026-*/part-?.parquet', 'gs://bucket/a'],
    ['gs://bucket/${PATH}/x', 'gs://bucket'],
    ['gs://bucket/o#1700000000000000', 'gs://bucket/o'],
    ['s3a://bucket/key', 's3://bucket/key'],
    ['s3n://KEY:SECRET@bucket/key', 's3://bucket/key'],
    ['abfss://c@acct.dfs.core.windows.net/p/', 'abfss://c@acct.dfs.core.windows.net/p'],
    ['hdfs://nn:8020/data', 'hdfs://nn:8020/data'],
    ['bq://p.d.t', 'bigquery:p.d.t'],
    ['bigquery://p/d/t', 'bigquery:p.d.t'],
    ['projects/p/datasets/d/tables/t', 'bigquery:p.d.t'],
    ['//bigquery.googleapis.com/projects/p/datasets/d/tables/t', 'bigquery:p.d.t'],
    ['projects/p/topics/t', 'pubsub:topic:p:t'],
    ['projects/p/subscriptions/s', 'pubsub:subscription:p:s'],
    ['projects/p/instances/i/databases/d', 'spanner://p:i/d'],
    ['projects/p/instances/i/tables/t', 'bigtable://p:i/t'],
    ['spanner://p:i/d', 'spanner://p:i/d'],
    ['kafka://b1:9092,b2:9092/topic', 'kafka://b1:9092,b2:9092/topic'],
    ['jdbc:postgresql://u:p@db:5432/sales?password=x', 'jdbc:postgresql://db:5432/sales'],
    ['jdbc:sqlserver://db:1433;databaseName=sales;password=x', 'jdbc:sqlserver://db:1433'],
    ['jdbc:oracle:thin:scott/tiger@//db:1521/svc', 'jdbc:oracle://db:1521/svc'],
    ['jdbc:oracle:thin:@db:1521:SID', 'jdbc:oracle://db:1521:SID'],
    ['jdbc:oracle:thin:u/p@w@db:1521:SID', 'jdbc:oracle://db:1521:SID'],
  ])('%s is %s', (text, id) => {
    expect(datasetOfUri(text)).toBe(id);
  });

  it.each([
    '',
    'gs://',
    'gs://${BUCKET}/x',
    'gs:/bucket/x',
    'https://storage.example.com/x?sig=y',
    'gs://bucket/a\nb',
    's3a://KEY:SE/CRET@bucket/key',
    'jdbc:mysql://u:p/w@db/x',
    'jdbc:mysql://u:p@w@db/x',
    'jdbc:oracle:thin:u/p@w/x@db:1521:SID',
    'bq://only.two',
    'projects/p',
    `gs://bucket/${'x'.repeat(5000)}`,
  ])('%s names no dataset', (text) => {
    expect(datasetOfUri(text)).toBeUndefined();
  });

  it('takes no part of a password along, wherever it stands', () => {
    const secret = fc.string({ minLength: 4, maxLength: 12 }).map((text) => `S3${text}`);
    fc.assert(
      fc.property(
        secret,
        fc.constantFrom('jdbc:mysql://u:$@h:1/d', 'jdbc:x1://h/d?password=$', 's3a://k:$@b/o'),
        (s, form) => {
          const whole = form.replace('$', () => s);
          const parts = s.split(/[@/?;#:]/).filter((part) => part.startsWith('S3') && part.length > 3);
          const id = datasetOfUri(whole) ?? '';
          for (const part of parts) expect(id).not.toContain(part);
        },
      ),
    );
  });

  it('is total, bounded, and its ids are stable', () => {
    const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), fc.webUrl());
    fc.assert(
      fc.property(
        fc.constantFrom('', 'gs://', 's3a://', 'jdbc:x:', 'hdfs://', 'bq:', 'projects/'),
        text,
        (head, tail) => {
          const id = datasetOfUri(head + tail);
          if (id === undefined) return;
          expect(id.length).toBeLessThanOrEqual(1024);
          expect(datasetOfUri(id) ?? id).toBe(id);
        },
      ),
    );
  });
});

describe('bigqueryTable', () => {
  it.each([
    ['p.d.t', 'bigquery:p.d.t'],
    ['`p.d.t`', 'bigquery:p.d.t'],
    ['[p:d.t]', 'bigquery:p.d.t'],
    ['example.com:p.d.t', 'bigquery:example.com:p.d.t'],
    ['p.d.t$20260101', 'bigquery:p.d.t'],
    ['p.d.t@-3600000', 'bigquery:p.d.t'],
    ['p.d.events_*', 'bigquery:p.d.events_*'],
  ])('%s is %s', (text, id) => {
    expect(bigqueryTable(text)).toBe(id);
  });

  it('completes two parts with the project of the request only', () => {
    expect(bigqueryTable('d.t')).toBeUndefined();
    expect(bigqueryTable('d.t', 'p')).toBe('bigquery:p.d.t');
  });
});
