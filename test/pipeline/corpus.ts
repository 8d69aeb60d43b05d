/**
 * Entries as a pipeline meets them: ordinary ones of the day, its broken, hostile, unowned and unheard-of ones, the same
 * entries in other byte forms, and other contents under known ids.
 */
import { DAY, type Delivery } from './deliveries.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

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

/** Keys in the opposite order at every level, tabs between the tokens: another printer's form of the same content. */
export function reprinted({ subscription, data }: Delivery): Delivery {
  return { subscription, data: JSON.stringify(reversed(JSON.parse(data)), null, '\t') };
}

function reversed(value: Json): Json {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, item]) => [key, reversed(item)]),
  );
}

const spaced = (delivery: Delivery): Delivery => changed(delivery, () => undefined, 2);

/** A column of the row tells this one from the first. */
const receivedLater = (delivery: Delivery): Delivery =>
  changed(delivery, (entry) => (entry['receiveTimestamp'] = '2026-11-18T23:59:59.999999999Z'));

/** No column records it: only the canonical form of the raw text tells. */
const relabelled = (delivery: Delivery): Delivery =>
  changed(delivery, (entry) => (entry['labels'] = { note: 'written by somebody else' }));

const known = [...submissions, ...proxied];

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

export const CORPUS: readonly Delivery[] = unique([
  ...known,
  ...plain,
  ...strange,
  ...astray,
  ...OTHER_FORMS,
  ...CONFLICTS,
  // The other content too comes in more than one form.
  ...CONFLICTS.map(reprinted),
]);

function unique(deliveries: readonly Delivery[]): Delivery[] {
  return [
    ...new Map(
      deliveries.map(({ subscription, data }) => [`${subscription} ${data}`, { subscription, data }]),
    ).values(),
  ];
}
