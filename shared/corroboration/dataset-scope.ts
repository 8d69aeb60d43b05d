/** Whether a dataset is one that was named, or a part of it: by whole segments, and none that climbs. */

/** `gs://lake/raw` has `gs://lake/raw/x`; `bigquery:p.d` has `bigquery:p.d.t`. */
export function coversDataset(named: string, touched: string): boolean {
  if (named === touched) return true;
  const separator = named.includes('://') ? '/' : '.';
  const whole = named.endsWith(separator) ? named.slice(0, -1) : named;
  if (touched.split('/').includes('..')) return false;
  if (touched === whole) return true;
  if (touched.startsWith(`${whole}${separator}`)) return true;
  // A database of Spanner or Hive, and its tables.
  const [scheme] = named.split(':', 1);
  return (scheme === 'spanner' || scheme === 'hive') && touched.startsWith(`${whole}.`);
}
