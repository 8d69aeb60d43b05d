/** A backfill in a test: an embedded store, the company's declarations, an input of given portions, a clock that is wound by hand. */
import type { BackfillOptions } from '../../shared/backfill/run.ts';
import type { Input } from '../../shared/backfill/input.ts';
import { keepState, newState, type BackfillState } from '../../shared/backfill/state.ts';
import { DETECTIONS } from '../../shared/detections/index.ts';
import type { Decoded } from '../../shared/envelope/envelope.ts';
import { createPreparer } from '../../shared/pipeline/prepare.ts';
import { adoptFor, entriesOf } from '../../shared/redrive/reread.ts';
import { SOURCES } from '../../shared/sources/index.ts';
import type { Store } from '../../shared/store/store.ts';
import { COMPANY } from '../pipeline/deliveries.ts';
import { woundClock } from '../redrive/redrives.ts';

export const STARTED = '2026-12-01T00:00:00.000000000Z';
export const RUN = 'run-1';
export const PREPARER = createPreparer({ sources: SOURCES, loaded: COMPANY, detections: DETECTIONS });

export const decode = (text: string): readonly Decoded[] => entriesOf(Buffer.from(text), adoptFor(''));

/** One portion for each list of texts; goes on behind the one of its cursor. */
export function inputOf(portions: readonly (readonly string[])[]): Input {
  return {
    async *read(from) {
      const begun = from?.kind === 'file' ? from.entries : 0;
      for (const [at, texts] of portions.entries()) {
        if (at < begun) continue;
        const cursor = { kind: 'file', name: 'x', version: '1', entries: at + 1, whole: false } as const;
        yield { entries: texts.flatMap(decode), cursor, part: (at + 1) / portions.length };
      }
    },
  };
}

export interface Backfilling extends BackfillOptions {
  /** Every state that was kept, in order. */
  readonly saved: readonly BackfillState[];
}

export const FIRST = newState('a'.repeat(64), RUN, STARTED);

export function backfilling(
  store: Store,
  input: Input,
  { first = FIRST, ...over }: Partial<BackfillOptions> & { readonly first?: BackfillState } = {},
): Backfilling {
  const saved: BackfillState[] = [];
  return {
    input,
    store,
    preparer: PREPARER,
    ready: () => undefined,
    now: () => STARTED,
    bundle: () => COMPANY.digest,
    clock: woundClock(),
    kept: keepState(first, (state) => void saved.push(state)),
    saved,
    ...over,
  };
}
