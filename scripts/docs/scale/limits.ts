/** What ends first as the rate grows: settings of the deployment, quotas of Google Cloud, and what is Jobtrail's own. */
import { type Inputs, INPUTS } from './inputs.ts';
import { type Load, loadOf, pushConsumers, rowsPerNode } from './model.ts';

export interface Limit {
  readonly name: string;
  /** How it is raised. */
  readonly raise: string;
  readonly limit: number;
  readonly use: (load: Load, inputs: Inputs) => number;
}

/** Defaults of terraform/, which test/docs/scale.test.ts reads there. */
export const DEPLOYED = { processingUnits: 100, maxInstances: 20 } as const;

/** MB/s of a project in one region, by the size of the region as Pub/Sub's quota page has it. */
export const REGION_MB = {
  large: { publish: 4000, push: 440, pull: 4000 },
  medium: { publish: 800, push: 140, pull: 800 },
  small: { publish: 200, push: 40, pull: 400 },
} as const;

export const SPANNER_ROWS = 'Spanner, rows/s on the default processing units';
export const RECONCILE = 'records that reconcile judges';

export const LIMITS: readonly Limit[] = [
  {
    name: SPANNER_ROWS,
    raise: '`spanner.processing_units`, as in the table above',
    limit: DEPLOYED.processingUnits,
    use: ({ rowsPerSecond }, inputs) => (rowsPerSecond / rowsPerNode(inputs)) * 1000,
  },
  {
    name: 'instances of the busiest function',
    raise: '`max_instances` of the source; then `consumer = "pull"`',
    limit: DEPLOYED.maxInstances,
    use: (load, inputs) => Math.max(...pushConsumers(load, inputs).map(({ machines }) => machines)),
  },
  {
    name: RECONCILE,
    raise: 'not by a setting: one round at a time',
    limit: INPUTS.judgedPerSecond,
    use: ({ judgedPerSecond }) => judgedPerSecond,
  },
  {
    name: 'Pub/Sub push, small region',
    raise: 'ask for quota; `consumer = "pull"` has its own',
    limit: REGION_MB.small.push,
    use: ({ megabytes }) => megabytes,
  },
  {
    name: 'Pub/Sub push, large region',
    raise: 'the same',
    limit: REGION_MB.large.push,
    use: ({ megabytes }) => megabytes,
  },
  {
    name: 'Pub/Sub publish, small region',
    raise: 'ask for quota; another region',
    limit: REGION_MB.small.publish,
    use: ({ megabytes }) => megabytes,
  },
  {
    name: 'Pub/Sub publish and StreamingPull, large region',
    raise: 'ask for quota',
    limit: REGION_MB.large.publish,
    use: ({ megabytes }) => megabytes,
  },
];

/** The limit that is used most at a step; those of `but` are taken as raised. */
export function bindingOf(
  perDay: number,
  inputs: Inputs,
  but: readonly string[] = [],
): { readonly limit: Limit; readonly used: number } {
  const load = loadOf(perDay, inputs);
  const [first] = LIMITS.filter(({ name }) => !but.includes(name))
    .map((limit) => ({ limit, used: limit.use(load, inputs) / limit.limit }))
    .toSorted((a, b) => b.used - a.used);
  if (first === undefined) throw new RangeError('no limit is left');
  return first;
}

/** Entries a day from which on a limit is used up, to three digits. */
export function exhaustedAt(limit: Limit, inputs: Inputs): number {
  let [low, high] = [1e3, 1e13];
  for (let halved = 0; halved < 80; halved += 1) {
    const middle = Math.sqrt(low * high);
    if (limit.use(loadOf(middle, inputs), inputs) > limit.limit) high = middle;
    else low = middle;
  }
  return Number(low.toPrecision(3));
}
