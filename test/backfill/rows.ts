/** Rows of a store in a form in which two runs, at two times, can be compared. */
import { TABLES } from '../../schemas/tables.ts';
import type { Store } from '../../shared/store/store.ts';
import { factLines, type Facts } from '../pipeline/facts.ts';

/** What several records say expires by the time it was said. */
const withoutExpiry = (facts: Facts): Facts => ({
  ...facts,
  Findings: facts.Findings.map((row) => (row['Variant'] === '' ? { ...row, ExpireAt: null } : row)),
});

/** Every fact of ingest, and of findings all but when they were found. */
export const comparable = (facts: Facts): readonly string[] => factLines(withoutExpiry(facts));

/** Verdicts, without when they were said. */
export async function verdictLines(store: Store): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const row of store.scan('Verdicts')) {
    const values = TABLES.Verdicts.columns.map(({ name }) =>
      name === 'DecidedAt' || name === 'ExpireAt' ? 0 : (row[name] ?? null),
    );
    lines.push(JSON.stringify(values));
  }
  return lines;
}

/** That every receipt balances, and that what was stored is what the receipts say was stored. */
export async function balanceOf(
  store: Store,
): Promise<{ readonly balances: boolean; readonly stored: boolean }> {
  const receipts = await Array.fromAsync(store.scan('Receipts'));
  const sum = (column: string): number => receipts.reduce((total, row) => total + Number(row[column]), 0);
  const events = (await Array.fromAsync(store.scan('Events'))).length;
  const quarantine = (await Array.fromAsync(store.scan('Quarantine'))).length;
  return {
    balances: receipts.every(
      (row) =>
        Number(row['Received']) ===
        ['Stored', 'Duplicate', 'Filtered', 'Quarantined'].reduce(
          (total, name) => total + Number(row[name]),
          0,
        ),
    ),
    stored: sum('Stored') >= events && sum('Quarantined') === quarantine,
  };
}
