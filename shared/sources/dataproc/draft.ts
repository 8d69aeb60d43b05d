/** What the parts of this source share while an event is put together. */
import type { LogEntry } from '../../../schemas/log-entry.ts';
import type { AuditEventDraft, Normalised } from '../../model/event.ts';
import { resourceLabel } from '../fields.ts';

export type Draft = { -readonly [K in keyof AuditEventDraft]: AuditEventDraft[K] };
export type Claims = Record<string, string | number | boolean>;

const MAX_CLAIM = 256;

/** Text that others chose, cut to what a reader needs to recognise it. */
export function short(text: string): string {
  return text.length > MAX_CLAIM ? `${text.slice(0, MAX_CLAIM)}…` : text;
}

/** Sets a claim when there is a value. */
export function claim(claims: Claims, key: string, value: string | number | boolean | undefined): void {
  if (value !== undefined) claims[key] = typeof value === 'string' ? short(value) : value;
}

export const filtered = (rule: string): Normalised => ({ kind: 'filtered', rule });
export const event = (draft: AuditEventDraft): Normalised => ({ kind: 'event', event: draft });

/** Batches and sessions are filed under a location, everything else under a region. */
export function regionLabel(entry: LogEntry): string | undefined {
  return resourceLabel(entry, 'region') ?? resourceLabel(entry, 'location');
}
