/**
 * What a commit inserts and what becomes of each entry, given what is stored: one pure function for both stores.
 * Rows are keyed by content, so the plan only ever adds; every row it makes is a function of entries, never of order.
 */
import type { Row } from '../../schemas/tables.ts';
import { canonicalDigest, canonicalJson } from '../envelope/canonical.ts';
import type { OutcomeCounts } from '../pipeline/outcome.ts';
import type { CommitBatch, EntryFate, EntryRows, SeenRow, TableRow } from './store.ts';

/** What the key read tells of a stored event. */
export interface StoredContent {
  readonly digest: string;
  /** Whose normaliser made the row's columns, and which version of it. */
  readonly source: string;
  readonly normaliser: number;
}

/** Event id → variant → its content. */
export type StoredEvents = ReadonlyMap<string, ReadonlyMap<string, StoredContent>>;

/** A stored event that came again in another byte form: read only then. */
export interface StoredForm {
  readonly digest: string;
  readonly raw: string | null;
  readonly expireAt: string;
  /** Digest → canonical digest of the forms that Renditions holds. */
  readonly renditions: ReadonlyMap<string, string | null>;
}

export interface EventKey {
  readonly eventId: string;
  readonly variant: string;
}

export interface Stored {
  readonly events: StoredEvents;
  readonly quarantine: ReadonlySet<string>;
  /** By formKey(); holds every key that unsettledForms() named. */
  readonly forms: ReadonlyMap<string, StoredForm>;
}

export interface CommitPlan {
  readonly fates: readonly EntryFate[];
  readonly counts: OutcomeCounts;
  readonly inserts: readonly TableRow[];
  /** Operational rows of entries that are new. */
  readonly work: readonly TableRow[];
  readonly sightings: readonly SeenRow[];
}

export const formKey = ({ eventId, variant }: EventKey): string => `${eventId}/${variant}`;

const text = (row: Readonly<Record<string, unknown>>, column: string): string => {
  const value = row[column];
  return typeof value === 'string' ? value : '';
};

/** Of a row of Events, or of what a store read of one: Digest, Source, Normaliser. */
export const contentOf = (row: Readonly<Record<string, unknown>>): StoredContent => ({
  digest: text(row, 'Digest'),
  source: text(row, 'Source'),
  normaliser: Number(row['Normaliser'] ?? 0),
});

/** Fills in what was left for the commit. */
export function completeRows(entries: readonly EntryRows[]): void {
  for (const { rows, complete } of entries) {
    if (complete === undefined || rows[0].row['Variant'] !== '') continue;
    const { variant, raw } = complete();
    for (const { row } of rows) set(row, 'Variant', variant);
    set(rows[0].row, 'Raw', raw);
  }
}

/** Rows are read-only for everybody else. */
function set(row: { [column: string]: Row[string] }, column: string, value: Row[string]): void {
  row[column] = value;
}

const eventKey = (row: Row): EventKey => ({ eventId: text(row, 'EventId'), variant: text(row, 'Variant') });

/** Ids whose stored rows a commit of these entries must see, each once. */
export function keysOf(entries: readonly EntryRows[]): {
  readonly events: Set<string>;
  readonly quarantine: Set<string>;
} {
  const events = new Set<string>();
  const quarantine = new Set<string>();
  for (const { kind, rows } of entries) {
    if (kind === 'event') events.add(text(rows[0].row, 'EventId'));
    else quarantine.add(text(rows[0].row, 'QuarantineId'));
  }
  return { events, quarantine };
}

/** Stored events that one of the entries repeats in other bytes. */
export function unsettledForms(entries: readonly EntryRows[], events: StoredEvents): readonly EventKey[] {
  const keys = new Map<string, EventKey>();
  if (events.size === 0) return [];
  for (const { kind, rows } of entries) {
    if (kind !== 'event') continue;
    const key = eventKey(rows[0].row);
    const digest = events.get(key.eventId)?.get(key.variant)?.digest;
    if (digest !== undefined && digest !== text(rows[0].row, 'Digest')) keys.set(formKey(key), key);
  }
  return [...keys.values()];
}

/** One event as met so far: in the store, or earlier in the batch. */
interface Met extends StoredContent {
  /** The row of the first form when it is of this batch. */
  readonly row: Row | undefined;
  /** Forms with a row in Renditions, stored or planned; undefined until a second form is met. */
  forms: Map<string, string | null> | undefined;
}

export function planCommit(batch: CommitBatch, stored: Stored): CommitPlan {
  const met = new Map<string, Map<string, Met>>();
  const quarantined = new Set<string>();
  const inserts: TableRow[] = [];
  const work: TableRow[] = [];
  const sightings: SeenRow[] = [];

  function variantsOf(eventId: string): Map<string, Met> {
    let variants = met.get(eventId);
    if (variants === undefined) {
      variants = new Map();
      for (const [variant, content] of stored.events.get(eventId) ?? []) {
        variants.set(variant, { ...content, row: undefined, forms: undefined });
      }
      met.set(eventId, variants);
    }
    return variants;
  }

  function fateOfEvent(entry: EntryRows): EntryFate {
    const { rows } = entry;
    const row = rows[0].row;
    const key = eventKey(row);
    const variants = variantsOf(key.eventId);
    const known = variants.get(key.variant);
    if (known === undefined) {
      const before = metBefore(key, variants, row);
      if (before !== undefined) return before;
      const fate = variants.size === 0 ? 'stored' : 'conflicting';
      variants.set(key.variant, { ...contentOf(row), row, forms: undefined });
      inserts.push(...rows);
      if (entry.work !== undefined) work.push(...entry.work);
      if (entry.sightings !== undefined) sightings.push(...entry.sightings);
      return fate;
    }
    return known.digest === text(row, 'Digest') ? 'duplicate' : fateOfForm(key, known, row);
  }

  /**
   * The variant is a digest of recorded columns, and another version of a normaliser records other ones. The same bytes
   * are the same content all the same; of other bytes no more can be said than that they came. Other bytes that another source
   * reads are another content: a forged entry that came first must not make the true one a duplicate.
   */
  function metBefore(key: EventKey, variants: ReadonlyMap<string, Met>, row: Row): EntryFate | undefined {
    const { digest, source, normaliser } = contentOf(row);
    for (const [variant, known] of variants) {
      if (known.source === source ? known.normaliser === normaliser : known.digest !== digest) continue;
      if (known.digest !== digest) addForm({ eventId: key.eventId, variant }, known.forms ?? new Map(), row);
      return 'duplicate';
    }
    return undefined;
  }

  /** The same recorded columns from other bytes: the canonical forms tell whether the content is another. */
  function fateOfForm(key: EventKey, known: Met, row: Row): EntryFate {
    known.forms ??= firstForms(key, known);
    const digest = text(row, 'Digest');
    if (known.forms.has(digest)) return 'duplicate';
    const canonicals = new Set(known.forms.values());
    canonicals.delete(null);
    const canonical = addForm(key, known.forms, row);
    return canonical === null || canonicals.size === 0 || canonicals.has(canonical)
      ? 'duplicate'
      : 'conflicting';
  }

  function firstForms(key: EventKey, known: Met): Map<string, string | null> {
    const form = stored.forms.get(formKey(key));
    const forms = new Map(form?.renditions);
    if (forms.has(known.digest)) return forms;
    addForm(key, forms, known.row ?? { Digest: known.digest, Raw: form?.raw, ExpireAt: form?.expireAt });
    return forms;
  }

  function addForm(
    { eventId, variant }: EventKey,
    forms: Map<string, string | null>,
    row: Row,
  ): string | null {
    const digest = text(row, 'Digest');
    const raw = row['Raw'];
    const canonical = typeof raw === 'string' ? canonicalOf(raw) : null;
    forms.set(digest, canonical);
    const basis = canonical === null ? 'columns' : 'canonical-form';
    inserts.push({
      table: 'Renditions',
      row: {
        EventId: eventId,
        Variant: variant,
        Digest: digest,
        Canonical: canonical,
        Basis: basis,
        Raw: raw,
        ExpireAt: row['ExpireAt'],
      },
    });
    return canonical;
  }

  function fateOfQuarantine({ rows }: EntryRows): EntryFate {
    const id = text(rows[0].row, 'QuarantineId');
    if (quarantined.has(id) || stored.quarantine.has(id)) return 'duplicate';
    quarantined.add(id);
    inserts.push(...rows);
    return 'quarantined';
  }

  const fates = batch.entries.map((entry) =>
    entry.kind === 'event' ? fateOfEvent(entry) : fateOfQuarantine(entry),
  );
  return { fates, counts: count(fates, batch.filteredBy), inserts, work, sightings };
}

/** Null for a raw text that is no JSON, as one cut at the configured limit: nothing can be said of its form. */
function canonicalOf(raw: string): string | null {
  return canonicalJson(raw) === undefined ? null : canonicalDigest(raw);
}

function count(fates: readonly EntryFate[], filteredBy: CommitBatch['filteredBy']): OutcomeCounts {
  const by: Record<EntryFate, number> = { stored: 0, duplicate: 0, conflicting: 0, quarantined: 0 };
  for (const fate of fates) by[fate] += 1;
  const filtered = Object.values(filteredBy).reduce((sum, n) => sum + n, 0);
  return {
    received: fates.length + filtered,
    stored: by.stored + by.conflicting,
    duplicate: by.duplicate,
    filtered,
    quarantined: by.quarantined,
    conflicting: by.conflicting,
  };
}
