/** What `explain` tells, as a value and as text. */
import type { Row } from '../../schemas/tables.ts';
import { printable, renderTable, type TableRow } from '../table.ts';

export interface Explanation {
  readonly kind: 'job' | 'principal' | 'dataset' | 'event';
  readonly id: string;
  /** In the order they are told. */
  readonly facts: readonly (readonly [label: string, value: string])[];
  readonly sections: readonly Section[];
}

export interface Section {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly TableRow[];
  /** Rows left out after these. */
  readonly more?: number;
}

/** Rows told of one section; the rest is counted. */
export const MOST_ROWS = 50;

export function section(title: string, columns: readonly string[], rows: readonly TableRow[]): Section {
  const shown = rows.slice(0, MOST_ROWS);
  return rows.length > shown.length
    ? { title, columns, rows: shown, more: rows.length - shown.length }
    : { title, columns, rows: shown };
}

export function renderExplanation(explanation: Explanation): string {
  const width = explanation.facts.reduce((widest, [label]) => Math.max(widest, label.length), 0);
  const lines = [
    `${explanation.kind} ${printable(explanation.id)}`,
    ...explanation.facts.map(([label, value]) => `  ${label.padEnd(width)}  ${printable(value)}`),
  ];
  for (const { title, columns, rows, more } of explanation.sections) {
    if (rows.length === 0) continue;
    lines.push('', title, renderTable({ columns, rows }).trimEnd());
    if (more !== undefined) lines.push(`… and ${more} more`);
  }
  return `${lines.join('\n')}\n`;
}

/** A row's value as text; absent as nothing. */
export const text = (value: unknown): string =>
  typeof value === 'string' ? value : Array.isArray(value) ? value.join(' → ') : '';

export const second = (value: unknown): string => text(value).slice(0, 19).replace('T', ' ');

/** The other evidence of an event; nothing where it has none. */
export function claimsOf(row: Row): Readonly<Record<string, unknown>> {
  const claims = row['Claims'];
  if (typeof claims !== 'string') return {};
  const parsed: unknown = JSON.parse(claims);
  return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
}

/** Whoever acted, with those it acted for: "acting for, as recorded by …" and never guessed. */
export function whoOf(row: Readonly<Record<string, unknown>>): string {
  const actor = text(row['Actor']);
  if (actor === '') return `nobody named (${text(row['ActorAbsent']) || 'not recorded'})`;
  const chain = Array.isArray(row['ActingFor']) ? row['ActingFor'] : [];
  const by = Array.isArray(row['ActingForBy']) ? row['ActingForBy'] : [];
  const links = chain.map(
    (id, index) => `${String(id)} (as recorded by ${String(by[index] ?? 'the entry')})`,
  );
  const as = text(row['ActorAs']);
  return [
    actor,
    ...(as === '' ? [] : [`proven as ${as}, joined by ${text(row['Bindings'])}`]),
    ...(links.length === 0 ? [] : [`acting for ${links.join(', ')}`]),
  ].join('; ');
}
