/** Messages to deliver, decoded as the functions decode them, and a store that fails around its commits. */
import { companyConfig } from '../../cli/day/config.ts';
import { generateDay } from '../../cli/day/day.ts';
import { COMPANY_POLICIES } from '../../cli/day/declared/policies.ts';
import { parseBundle } from '../../shared/config/bundle.ts';
import { DETECTIONS } from '../../shared/detections/index.ts';
import { decodeEntry } from '../../shared/envelope/entry.ts';
import type { Decoded } from '../../shared/envelope/envelope.ts';
import { ordinals } from '../../shared/envelope/event-id.ts';
import { JobtrailError } from '../../shared/errors.ts';
import { createPreparer, type Preparer } from '../../shared/pipeline/prepare.ts';
import { canariesOf } from '../../shared/sources/canary/index.ts';
import { SOURCES } from '../../shared/sources/index.ts';
import type { Source } from '../../shared/sources/source.ts';
import type { Store } from '../../shared/store/store.ts';

export interface Delivery {
  readonly subscription: string;
  readonly data: string;
}

/** The day, with the lines of each file in the place of its notification. */
export const DAY = generateDay({ date: '2026-11-18', seed: 7 }).flatMap(({ file, ...message }) =>
  file === undefined
    ? [message]
    : file.text
        .split('\n')
        .filter((line) => line !== '')
        .map((data) => ({ ...message, data })),
);
export const COMPANY = parseBundle({
  config: { name: 'jobtrail.yaml', text: JSON.stringify(companyConfig) },
  policies: [...COMPANY_POLICIES].map(([name, text]) => ({ name, text })),
  rules: [],
});

export function sourceNamed(name: string): Source {
  const source = SOURCES.find((candidate) => candidate.name === name);
  if (source === undefined) throw new Error(`no source ${name}`);
  return source;
}

/** One message, one counter of ordinals: as a function decodes it. */
export function decodeDelivery({ subscription, data }: Delivery): readonly Decoded[] {
  const source = sourceNamed(subscription);
  return decodeEntry(Buffer.from(data), {
    ordinalOf: ordinals(),
    adopt: (record) => source.adopt?.(record),
  });
}

/** As deployed, one preparer for each subscription's function. */
export const PREPARERS: ReadonlyMap<string, Preparer> = new Map(
  SOURCES.map((source) => [
    source.name,
    createPreparer({
      sources: [source],
      beside: [canariesOf(source.name)],
      loaded: COMPANY,
      detections: DETECTIONS,
    }),
  ]),
);

export function preparerOf({ subscription }: Delivery): Preparer {
  const preparer = PREPARERS.get(subscription);
  if (preparer === undefined) throw new Error(`no preparer for ${subscription}`);
  return preparer;
}

/** A store with the message lost before its commit, aborted in it, or committed and the answer lost. */
export type Fault = 'none' | 'unavailable' | 'aborted' | 'answer-lost';

export interface FaultyStore {
  readonly store: Store;
  /** Entries in commits that took place, whatever the caller was told. */
  readonly committed: () => { readonly entries: number; readonly filtered: number };
}

/** One fault for each commit, in order; none when they have run out. */
export function faultyStore(inner: Store, faults: readonly Fault[]): FaultyStore {
  let call = 0;
  let entries = 0;
  let filtered = 0;
  const unavailable = (): JobtrailError => new JobtrailError('store-unavailable', 'no answer', 'wait');
  return {
    committed: () => ({ entries, filtered }),
    store: {
      ...inner,
      async commit(batch) {
        const fault = faults[call] ?? 'none';
        call += 1;
        if (fault === 'unavailable') throw unavailable();
        if (fault === 'aborted') throw new JobtrailError('store-aborted', 'another was faster', 'again');
        const result = await inner.commit(batch);
        const left = Object.values(batch.filteredBy).reduce((sum, n) => sum + n, 0);
        entries += batch.entries.length + left;
        filtered += left;
        if (fault === 'answer-lost') throw unavailable();
        return result;
      },
    },
  };
}
