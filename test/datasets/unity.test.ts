import { describe, expect, it } from 'vitest';
import { databricksPath, unityCatalogObject } from '../../shared/datasets/unity.ts';

describe('objects of Unity Catalog', () => {
  it.each([
    ['main.Sales.orders', 'unitycatalog:main.sales.orders'],
    ['`main`.`sales`.`orders-eu`', 'unitycatalog:main.sales.orders-eu'],
    ['sales.orders', undefined],
    ['a.b.c.d', undefined],
    ['main..orders', undefined],
    ['main.sales.or ders', undefined],
    ['main.sales.a/b', undefined],
    [`${'a'.repeat(2000)}.b.c`, undefined],
  ])('%s is %s', (name, id) => {
    expect(unityCatalogObject(name)).toBe(id);
  });
});

describe('paths', () => {
  it.each([
    ['gs://lake/raw/', 'gs://lake/raw'],
    ['dbfs:/mnt/x', 'dbfs://77/mnt/x'],
    ['/mnt/x/', 'dbfs://77/mnt/x'],
    ['/Volumes/main/sales/landing/x', 'unitycatalog:/Volumes/main/sales/landing/x'],
    ['dbfs:/Volumes/main/sales/landing/x', 'unitycatalog:/Volumes/main/sales/landing/x'],
    ['relative/x', undefined],
  ])('%s is %s', (path, id) => {
    expect(databricksPath(path, '77')).toBe(id);
  });

  it('names no file of a workspace that is not told', () => {
    for (const workspace of [undefined, '0', '../1'])
      expect(databricksPath('/mnt/x', workspace)).toBeUndefined();
  });
});
