import { describe, expect, it } from 'vitest';
import { parseDeliveryEnvironment } from '../../../functions/databricks/environment.ts';

describe('environment of the Databricks function', () => {
  it('names the buckets that are read', () => {
    const parsed = parseDeliveryEnvironment({ JOBTRAIL_DATABRICKS_BUCKETS: 'acme-dbx-audit, acme.export' });
    expect([...parsed.buckets]).toEqual(['acme-dbx-audit', 'acme.export']);
    expect(parsed.emulator).toBeUndefined();
  });

  it.each([
    {},
    { JOBTRAIL_DATABRICKS_BUCKETS: '' },
    { JOBTRAIL_DATABRICKS_BUCKETS: 'gs://acme' },
    { JOBTRAIL_DATABRICKS_BUCKETS: 'acme,,b' },
  ])('refuses %j and says which variable', (variables) => {
    expect(() => parseDeliveryEnvironment(variables)).toThrow(/JOBTRAIL_DATABRICKS_BUCKETS/);
  });

  it('refuses an emulator that is no URL', () => {
    expect(() =>
      parseDeliveryEnvironment({ JOBTRAIL_DATABRICKS_BUCKETS: 'acme', STORAGE_EMULATOR_HOST: 'file:///etc' }),
    ).toThrow(/STORAGE_EMULATOR_HOST/);
  });
});
