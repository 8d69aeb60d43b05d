/** What a store holds after a run, in a form in which two runs, or two stores, can be compared. */
import { expect } from 'vitest';
import { type Row, type TableName, TABLES } from '../../schemas/tables.ts';
import { NO_TIME } from '../../shared/envelope/entry-time.ts';
import { balances, type OutcomeCounts } from '../../shared/pipeline/outcome.ts';
import type { Store } from '../../shared/store/store.ts';

export const FACTS = [
  'Events',
  'Edges',
  'PolicyVersions',
  'Findings',
  'Quarantine',
  'Renditions',
  'Witnesses',
] as const satisfies readonly TableName[];

export type Facts = Readonly<Record<(typeof FACTS)[number], readonly Row[]>>;

export async function factsOf(store: Store): Promise<Facts> {
  const [events, edges, policyVersions, findings, quarantine, renditions, witnesses] = await Promise.all(
    FACTS.map((table) => Array.fromAsync(store.scan(table))),
  );
  return {
    Events: events ?? [],
    Edges: edges ?? [],
    PolicyVersions: policyVersions ?? [],
    Findings: findings ?? [],
    Quarantine: quarantine ?? [],
    Renditions: renditions ?? [],
    Witnesses: witnesses ?? [],
  };
}

/** Depends on when the bytes came first. */
const FIRST_SEEN = new Set(['FirstSeen', 'ExpireAt']);
/** The same, of events that nothing dates: their expiry counts from then. */
const EXPIRY = new Set(['ExpireAt']);
/** When a finding was stored first. */
const STORED_AT = new Set(['StoredAt']);
/** Depends on which form of the entry came first; known only for entries of which more than one form came. */
const FIRST_FORM = new Set(['Digest', 'Raw']);
const NONE: ReadonlySet<string> = new Set();

/**
 * Every row as a line of JSON, in key order. Of the columns outside the row's digest (schemas/tables.ts) the variant and
 * the expiry of events, edges, versions of policies, renditions and witnesses are a function of the entry and are compared too. Left
 * out are: the time a quarantined row was first seen with the expiry counted from it; the expiry of an event that states no
 * time, which is counted from the same; the digest and raw text of an event of which Renditions holds every form;
 * when a finding was stored.
 */
export function factLines(facts: Facts): readonly string[] {
  const inForms = new Set(facts.Renditions.map(eventKey));
  const undated = new Set(facts.Events.filter((row) => row['EventTime'] === NO_TIME).map(eventKey));
  return FACTS.flatMap((table) =>
    facts[table].map((row) => {
      const key = eventKey(row);
      const form =
        table === 'Findings' ? STORED_AT : table === 'Events' && inForms.has(key) ? FIRST_FORM : NONE;
      const left = table === 'Quarantine' ? FIRST_SEEN : undated.has(key) ? form.union(EXPIRY) : form;
      const values = TABLES[table].columns.map(({ name }) => (left.has(name) ? 0 : (row[name] ?? null)));
      return JSON.stringify([table, ...values]);
    }),
  );
}

const eventKey = (row: Row): string => `${String(row['EventId'])} ${String(row['Variant'])}`;

/** Contents beyond the first that are told apart only by the canonical form of their bytes. */
export function renditionConflicts({ Renditions: rows }: Facts): number {
  const contents = new Map<string, Set<unknown>>();
  for (const row of rows) {
    const known = contents.get(eventKey(row)) ?? new Set();
    contents.set(eventKey(row), row['Canonical'] === null ? known : known.add(row['Canonical']));
  }
  return contents.values().reduce((sum, { size }) => sum + Math.max(size - 1, 0), 0);
}

export interface Ledger extends OutcomeCounts {
  readonly receipts: number;
  /** Fact rows the receipts claim to have inserted. */
  readonly rows: number;
}

export async function ledgerOf(store: Store): Promise<Ledger> {
  const receipts = await Array.fromAsync(store.scan('Receipts'));
  const sum = (column: string): number => receipts.reduce((total, row) => total + Number(row[column]), 0);
  return {
    receipts: receipts.length,
    received: sum('Received'),
    stored: sum('Stored'),
    duplicate: sum('Duplicate'),
    filtered: sum('Filtered'),
    quarantined: sum('Quarantined'),
    conflicting: sum('Conflicting'),
    rows: sum('RowCount'),
  };
}

/** The ledger balances in each receipt, and its sums are what the fact tables hold. */
export async function expectLedgerHolds(store: Store, facts: Facts): Promise<Ledger> {
  for await (const row of store.scan('Receipts')) {
    expect(Number(row['Received'])).toBe(
      ['Stored', 'Duplicate', 'Filtered', 'Quarantined'].reduce((sum, name) => sum + Number(row[name]), 0),
    );
  }
  const ledger = await ledgerOf(store);
  const distinct = new Set(facts.Events.map((row) => row['EventId'])).size;
  expect(balances(ledger)).toBe(true);
  expect(ledger.stored).toBe(facts.Events.length + renditionConflicts(facts));
  expect(ledger.conflicting).toBe(facts.Events.length - distinct + renditionConflicts(facts));
  expect(ledger.quarantined).toBe(facts.Quarantine.length);
  expect(ledger.rows).toBe(FACTS.reduce((sum, table) => sum + facts[table].length, 0));
  return ledger;
}
