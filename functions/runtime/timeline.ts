/**
 * Which bundle is in force when, as the store says it. Read at start and every minute; an event that is later than what
 * was read can vouch for waits for another reading. A push says five minutes ahead from when it holds, so that every
 * instance has read it before an event can ask for it.
 */
import { parseBundle, type Bundle } from '../../shared/config/bundle.ts';
import { readTexts, writeTexts } from '../../shared/config/bundle-texts.ts';
import { createTimeline, PUSH_AHEAD_MS, type Timeline } from '../../shared/config/timeline.ts';
import { JobtrailError } from '../../shared/errors.ts';
import type { BundleStore } from '../../shared/store/bundles.ts';
import { timestampOf } from '../../shared/store/timestamp.ts';

const REFRESH_MS = 60_000;
/** A reading that young is not repeated for an event that is dated into the future. */
const FRESH_MS = 1_000;

export interface TimelineSource {
  /** The same object always; answers from the last reading. */
  readonly timeline: Timeline;
  /**
   * Undefined at once where the timeline may be asked for this event time; else settles when it may.
   * @param time RFC 3339, UTC, nine fraction digits, `Z`
   * @throws JobtrailError, in the promise, when the store cannot be read
   */
  readonly ready: (time: string) => Promise<void> | undefined;
}

export interface TimelineSourceOptions {
  readonly store: BundleStore;
  /** In force before anything was pushed: the function's own files. */
  readonly before: Bundle;
  /** Milliseconds. */
  readonly now: () => number;
  /** Told of a reading that failed while the last one still holds. */
  readonly onError: (error: unknown) => void;
}

export function createTimelineSource({ store, before, now, onError }: TimelineSourceOptions): TimelineSource {
  const bundles = new Map<string, Bundle>([[before.digest, before]]);
  let current = createTimeline(before, []);
  /** When the last reading that succeeded began, and up to which event time it holds. */
  let readAt = Number.NEGATIVE_INFINITY;
  let until = '';
  let kept = false;
  let reading: Promise<void> | undefined;

  async function read(): Promise<void> {
    const began = now();
    if (!kept) {
      await store.keep(
        { digest: before.digest, texts: writeTexts(before.texts) },
        timestampOf(new Date(began)),
      );
      kept = true;
    }
    const pushed = await store.inForce();
    const inForce = [];
    for (const { from, digest } of pushed) inForce.push({ from, bundle: await bundleOf(digest) });
    current = createTimeline(before, inForce);
    readAt = began;
    until = timestampOf(new Date(began + PUSH_AHEAD_MS));
  }

  async function bundleOf(digest: string): Promise<Bundle> {
    const known = bundles.get(digest);
    if (known !== undefined) return known;
    const texts = await store.texts(digest);
    if (texts === undefined) throw lost(digest);
    const bundle = parseBundle(readTexts(texts));
    if (bundle.digest !== digest) throw lost(digest);
    bundles.set(digest, bundle);
    return bundle;
  }

  const readOnce = (): Promise<void> =>
    (reading ??= read().finally(() => {
      reading = undefined;
    }));

  return {
    timeline: { at: (time) => current.at(time) },
    ready(time) {
      const age = now() - readAt;
      const holds = time < until || age < FRESH_MS;
      if (!holds) return readOnce();
      if (age >= REFRESH_MS) readOnce().catch(onError);
      return undefined;
    },
  };
}

const lost = (digest: string): JobtrailError =>
  new JobtrailError(
    'store-schema',
    `The bundle ${digest} is in force, and its texts are not in the store as they were pushed.`,
    'Restore the row of Bundles with this digest; until then events are delivered again.',
  );
