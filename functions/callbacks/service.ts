/** Callbacks into transitions of episodes. */
import { transitionId } from '../../shared/alerts/episode.ts';
import type { AlertStore } from '../../shared/alerts/store.ts';
import type { Logger } from '../../shared/observe/log.ts';
import type { Callback } from './callback.ts';

export interface CallbackServiceOptions {
  readonly store: AlertStore;
  /** Time of rows. */
  readonly now: () => string;
  /** Tells `deliver` that messages are to be updated. Never rejects. */
  readonly wake: () => Promise<void>;
  readonly logger: Logger;
}

/** @throws JobtrailError of the store */
export type TakeCallbacks = (callbacks: readonly Callback[]) => Promise<void>;

export function createCallbackService({ store, now, wake, logger }: CallbackServiceOptions): TakeCallbacks {
  async function take({ episode, change, by, at, event }: Callback): Promise<boolean> {
    const received = now();
    const done = await store.transition({
      id: transitionId(episode, change, event),
      episode,
      change,
      // A clock that is ahead must not date an answer after what comes next.
      at: at !== undefined && at < received ? at : received,
      by,
      because: event,
    });
    if (done) return true;
    const about = { episode: episode.id, n: episode.n, change, event };
    const known = await store.episodes({ ids: [episode.id], limit: 1 });
    if (known.length === 0) logger.log('WARNING', 'callback for an alert that is not stored', about);
    else logger.log('INFO', 'callback that changes nothing', about);
    return false;
  }

  return async (callbacks) => {
    let changed = false;
    for (const callback of callbacks) changed = (await take(callback)) || changed;
    if (changed) await wake();
  };
}
