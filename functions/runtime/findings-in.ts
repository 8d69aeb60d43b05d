/** Ids of the findings that a delivery brought and that nobody had stored before. */
import type { Fate } from '../../shared/pipeline/commit.ts';
import type { Prepared } from '../../shared/pipeline/prepare.ts';

const NONE: readonly string[] = [];

export function findingsIn(prepared: readonly Prepared[], fates: readonly Fate[]): readonly string[] {
  let found: string[] | undefined;
  for (const [index, item] of prepared.entries()) {
    // They are the last of an entry's rows.
    if (item.kind !== 'rows' || item.entry.rows.at(-1)?.table !== 'Findings') continue;
    const fate = fates[index];
    if (fate !== 'stored' && fate !== 'conflicting') continue;
    for (const { table, row } of item.entry.rows) {
      if (table === 'Findings') (found ??= []).push(String(row['FindingId']));
    }
  }
  return found ?? NONE;
}
