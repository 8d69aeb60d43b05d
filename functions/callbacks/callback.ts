/** What a service says that somebody did with an alert. */
import type { EpisodeRef } from '../../shared/alerts/notice.ts';
import { fit } from '../../shared/alerts/text.ts';

export interface Callback {
  readonly episode: EpisodeRef;
  readonly change: 'acknowledge' | 'resolve' | 'reopen';
  /** Principal id as the service proves it, with the name that it shows. */
  readonly by: string;
  /** RFC 3339 with nine fraction digits, by the clock of the service; undefined where it does not say. */
  readonly at: string | undefined;
  /** The same for every sending of it. */
  readonly event: string;
}

/** What a request of a service comes to; a reason where it asks for nothing that concerns an alert. */
export type Read =
  | { readonly kind: 'callbacks'; readonly callbacks: readonly Callback[] }
  | { readonly kind: 'ignored'; readonly reason: string };

export const ignored = (reason: string): Read => ({ kind: 'ignored', reason });

/** The name is for the reader: whoever has it chose it. */
export function personOf(id: string, name: string | undefined): string {
  return name === undefined || name === '' ? id : `${id} (${fit(name, 200)})`;
}
