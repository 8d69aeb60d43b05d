/** A notice as the body of a webhook, and the id it is signed under. */
import { alertOf } from '../alert.ts';
import type { Notice } from '../notice.ts';

export function renderBody(notice: Notice, resent: boolean): { readonly id: string; readonly body: string } {
  const alert = alertOf(notice, resent);
  return { id: alert.id, body: JSON.stringify(alert) };
}
