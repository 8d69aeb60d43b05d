/**
 * Entries as a pipeline meets them, of all sources: ordinary ones of the day, its broken, hostile, unowned and unheard-of
 * ones, samples of every source, cut, doubled and spoiled ones too, the same entries in other byte forms, and other contents
 * under known ids.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SOURCES } from '../../shared/sources/index.ts';
import { sampleFiles } from '../support/source-samples.ts';
import { DAY, type Delivery } from './deliveries.ts';
import { cut, doubled, hasOwnId, type Json, reprinted, spoiled } from './spoil.ts';

/** Every so many of the day's ordinary messages. */
const STRIDE = 29;

const plain = DAY.filter(({ category }) => category === 'ordinary' || category === 'late').filter(
  (_message, index) => index % STRIDE === 0,
);
const strange = DAY.filter(({ category }) =>
  ['broken', 'hostile', 'unowned', 'unknown-method'].includes(category),
);
const submissions = DAY.filter(
  ({ category, data }) =>
    category === 'ordinary' &&
    data.includes('"methodName":"google.cloud.dataproc.v1.JobController.SubmitJob'),
).slice(0, 4);
const proxied = plain.filter(({ subscription }) => subscription === 'istio').slice(0, 3);

function changed(
  delivery: Delivery,
  change: (entry: { [key: string]: Json }) => void,
  indent?: number,
): Delivery {
  const entry: Json = JSON.parse(delivery.data);
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) throw new Error('not an entry');
  change(entry);
  return { subscription: delivery.subscription, data: JSON.stringify(entry, null, indent) };
}

const spaced = (delivery: Delivery): Delivery => changed(delivery, () => undefined, 2);

/** A column of the row tells this one from the first. */
const receivedLater = (delivery: Delivery): Delivery =>
  changed(delivery, (entry) => (entry['receiveTimestamp'] = '2026-11-18T23:59:59.999999999Z'));

/** No column records it: only the canonical form of the raw text tells. */
const relabelled = (delivery: Delivery): Delivery =>
  changed(delivery, (entry) => (entry['labels'] = { note: 'written by somebody else' }));

const known = [...submissions, ...proxied];

export const ALL_SAMPLES: readonly Delivery[] = SOURCES.flatMap(({ name }) =>
  sampleFiles(name)
    .flatMap((file) => readFileSync(join(import.meta.dirname, '../sources', name, file), 'utf8').split('\n'))
    .filter((line) => line !== '')
    .map((data) => ({ subscription: name, data })),
);

/** Samples of each source that are taken, evenly spread over its files. */
const SAMPLES = 5;

const samples: readonly Delivery[] = SOURCES.flatMap(({ name }) => {
  const all = ALL_SAMPLES.filter(({ subscription }) => subscription === name);
  const step = Math.max(1, Math.floor(all.length / SAMPLES));
  return all.filter((_sample, index) => index % step === 0).slice(0, SAMPLES);
});

/** Of each source's samples: one cut, one sent twice in one message, one with another's form, two spoiled. */
const misshapen: readonly Delivery[] = SOURCES.flatMap(({ name }, seed) => {
  const [first, second, third] = samples.filter(({ subscription }) => subscription === name);
  if (first === undefined || second === undefined || third === undefined)
    throw new Error(`samples of ${name}`);
  return [cut(first), doubled(second), spoiled(second, 7 * seed + 3), spoiled(third, 11 * seed + 5)];
});

const OTHER_FORMS: readonly Delivery[] = [...known.map(reprinted), ...known.map(spaced)];

/** Another content under a known id, each. */
export const CONFLICTS: readonly Delivery[] = [
  ...known.slice(2).map(receivedLater),
  ...submissions.slice(0, 2).map(relabelled),
];

/** The same bytes sent to two functions. */
const astray: readonly Delivery[] = ['42', 'no log entry'].flatMap((data) => [
  { subscription: 'istio', data },
  { subscription: 'dataproc', data },
]);

/** Of the day alone: its only conflicts are those made above. */
export const DAYS_CORPUS: readonly Delivery[] = unique([
  ...known,
  ...plain,
  ...strange,
  ...astray,
  ...OTHER_FORMS,
  ...CONFLICTS,
  // The other content too comes in more than one form.
  ...CONFLICTS.map(reprinted),
]);

export const CORPUS: readonly Delivery[] = unique([
  ...DAYS_CORPUS,
  ...samples,
  ...misshapen,
  ...samples.filter((sample, index) => index % 3 === 0 && hasOwnId(sample)).map(reprinted),
]);

function unique(deliveries: readonly Delivery[]): Delivery[] {
  return [
    ...new Map(
      deliveries.map(({ subscription, data }) => [`${subscription} ${data}`, { subscription, data }]),
    ).values(),
  ];
}
