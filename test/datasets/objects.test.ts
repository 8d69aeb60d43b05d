import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { datasetOfObject } from '../../shared/datasets/objects.ts';

describe('datasetOfObject', () => {
  it.each([
    [undefined, 'gs://b'],
    ['a/b.json', 'gs://b/a/b.json'],
    ['a/b/', 'gs://b/a/b'],
    ['orders/part-00000-x.snappy.parquet', 'gs://b/orders'],
    ['orders/dt=2026-05-04/hour=7/part-0', 'gs://b/orders'],
    ['orders/dt=2026-05-04/x.parquet', 'gs://b/orders'],
    ['orders/dt=2026-05-04', 'gs://b/orders'],
    ['orders/_SUCCESS', 'gs://b/orders'],
    ['orders/_temporary/0/_temporary/attempt_1/dt=1/part-0', 'gs://b/orders'],
    ['tables/orders/_delta_log/00000.json', 'gs://b/tables/orders'],
    ['hive/t/000000_0', 'gs://b/hive/t'],
    ['beam/out-00001-of-00010.avro', 'gs://b/beam'],
    ['dt=1/part-0', 'gs://b'],
    ['part-0', 'gs://b/part-0'],
    ['my_temporary/x.csv', 'gs://b/my_temporary/x.csv'],
    ['a{b}*?.csv', 'gs://b/a{b}*?.csv'],
  ])('%j is in %s', (object, dataset) => {
    expect(datasetOfObject('b', object)).toBe(dataset);
  });

  it.each([
    ['', 'x'],
    ['a/b', 'x'],
    ['b', 'line\nfeed'],
    ['b', 'x'.repeat(2000)],
  ])('is none of %j %j', (bucket, object) => {
    expect(datasetOfObject(bucket, object)).toBeUndefined();
  });

  it('is the object or a prefix of it at a slash, whatever the object is called', () => {
    const piece = fc.constantFrom(
      'part-0',
      'dt=1',
      '_temporary',
      '_SUCCESS',
      '_',
      '=',
      'a',
      '',
      'x-00000-of-00001',
    );
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 8 }), (pieces) => {
        const object = pieces.join('/');
        const dataset = datasetOfObject('b', object) ?? 'none';
        const path = dataset.slice('gs://b'.length).replace(/^\//, '');
        expect(dataset.startsWith('gs://b')).toBe(true);
        expect(object === path || path === '' || object.startsWith(`${path}/`)).toBe(true);
      }),
    );
  });
});
