/** The generated tables of docs/scale.md. */
import { code, table } from './markdown.ts';
import { type Inputs, INPUTS, PRICED, STEPS } from './scale/inputs.ts';
import { bindingOf, DEPLOYED, exhaustedAt, LIMITS, SPANNER_ROWS } from './scale/limits.ts';
import {
  cheapestConsumers,
  costOf,
  instanceRate,
  loadOf,
  pullFrom,
  pushConsumers,
  rowsOfEntry,
  rowsPerNode,
  storageOf,
  total,
  trafficGrows,
  unitsOf,
  workerRate,
} from './scale/model.ts';

export const SCALE_PARTS: readonly (readonly [string, () => string])[] = [
  ['scale-inputs', () => inputsTable(INPUTS)],
  ['scale-prices', () => pricesTable(INPUTS)],
  ['scale-load', () => loadTable(INPUTS)],
  ['scale-storage', () => storageTable(INPUTS)],
  ['scale-cost', () => costTable(INPUTS)],
  ['scale-traffic', () => trafficTable(INPUTS)],
  ['scale-limits', () => limitsTable(INPUTS)],
  ['scale-binding', () => bindingTable(INPUTS)],
  ['scale-consumers', () => consumersTable(INPUTS)],
];

/** Three digits, with a comma at thousands. */
export const figure = (value: number): string =>
  value >= 100
    ? Math.round(Number(value.toPrecision(3))).toLocaleString('en-US')
    : String(Number(value.toPrecision(2)));

const percent = (part: number): string => `${figure(part * 100)} %`;
const power = (perDay: number): string => `10^${Math.log10(perDay)}`;

function inputsTable(inputs: Inputs): string {
  return table(
    ['what', 'value', 'where it comes from'],
    [
      ['bytes of an entry', figure(inputs.entryBytes), 'the mix, `npm run bench -- core`'],
      [
        'bytes of a message beside it',
        figure(inputs.messageBytes),
        'attribute, id and time, as Pub/Sub bills them',
      ],
      ['peak, times the mean', figure(inputs.peak), 'assumed'],
      [
        'rows of an entry, index entries included',
        figure(rowsOfEntry(inputs)),
        'the mix with a bundle in force, `npm run bench -- rows`',
      ],
      ['cells of an entry', figure(inputs.cells), 'the same; 8 bytes each beside the values'],
      ['entries that reconcile judges', percent(inputs.judged), 'the same: those that leave open work'],
      [
        'records that reconcile decides',
        `${figure(inputs.judgedPerSecond)}/s`,
        '[bench](bench.md#reconcile), on the embedded store; on Spanner each round waits for its reads and commits as well',
      ],
      [
        'processor time of a pushed entry',
        `${figure(inputs.requestMs)} ms`,
        'measured: HTTP, decode, rows, commit; 0.7 to 1.0 ms against the emulator',
      ],
      [
        'processor time of a pulled entry',
        `${figure(inputs.workerMs)} ms`,
        'measured, `npm run bench -- pull`: Pub/Sub client, decode, rows, commits; 0.25 to 0.35 ms against the emulators',
      ],
      ['a request to its answer', `${figure(inputs.latencyMs)} ms`, 'assumed'],
      ['of a processor', percent(inputs.target), 'planned for'],
      [
        'so an instance, a worker',
        `${figure(instanceRate(inputs))}/s, ${figure(workerRate(inputs))}/s`,
        'the three above',
      ],
      [
        'rows of a node',
        `${figure(inputs.nodeRows)}/s`,
        'Google’s estimate for one region, SSD, full load, batched',
      ],
      [
        'so a node',
        `${figure(rowsPerNode(inputs))}/s`,
        `${percent(inputs.nodeTarget)} of it, halved for reading keys first and for commits over several splits (assumed)`,
      ],
    ],
  );
}

function pricesTable({ prices, topicDays }: Inputs): string {
  return table(
    ['what', `USD, ${PRICED}`],
    [
      ['Pub/Sub, a TiB published, and again delivered', String(prices.pubsubTiB)],
      [`a topic’s retention (${topicDays} days), GiB and month`, String(prices.topicGiB)],
      ['a million requests to functions', prices.requests.toFixed(2)],
      [
        'function, vCPU and GiB, a second of handling',
        `${small(prices.requestCpu)}, ${small(prices.requestGiB)}`,
      ],
      ['worker, vCPU and GiB, a second', `${small(prices.workerCpu)}, ${small(prices.workerGiB)}`],
      ['Spanner, 100 units an hour, Standard', prices.units100.toFixed(2)],
      ['Spanner, GB and month, SSD', prices.spannerGB.toFixed(2)],
      ['Cloud Logging, a GiB into a bucket', prices.loggingGiB.toFixed(2)],
    ],
  );
}

const small = (price: number): string => price.toFixed(7).replace(/0+$/, '');

function loadTable(inputs: Inputs): string {
  return table(
    [
      'entries a day',
      'mean/s',
      'peak/s',
      'Pub/Sub, MB/s',
      'instances, all pushed',
      'pulled sources',
      'workers',
      'rows/s',
      'processing units',
    ],
    STEPS.map((perDay) => {
      const load = loadOf(perDay, inputs);
      const pulled = cheapestConsumers(load, inputs).filter(({ consumer }) => consumer === 'pull');
      return [
        power(perDay),
        figure(load.mean),
        figure(load.peak),
        figure(load.megabytes),
        figure(total(pushConsumers(load, inputs), ({ machines }) => machines)),
        figure(pulled.length),
        figure(total(pulled, ({ machines }) => machines)),
        figure(load.rowsPerSecond),
        figure(unitsOf(load, inputs).sold),
      ];
    }),
  );
}

function storageTable(inputs: Inputs): string {
  const day = 1e6;
  const kept = storageOf(day, inputs);
  const all = total(kept, ({ gigabytes }) => gigabytes);
  return table(
    [
      'class',
      'of the entries',
      'bytes an entry',
      'days',
      'GB in the end, for each 10^6 of it a day',
      'of all bytes',
    ],
    kept.map(({ name, bytes, days, gigabytes }) => [
      code(name),
      percent(inputs.classes[name].share),
      figure(bytes),
      String(days),
      figure(gigabytes / inputs.classes[name].share),
      percent(gigabytes / all),
    ]),
  );
}

function costTable(inputs: Inputs): string {
  return table(
    [
      'entries a day',
      'Pub/Sub',
      'topics’ retention',
      'all pushed',
      'cheapest of both',
      'Spanner, units',
      'Spanner, storage',
      'total',
      'Cloud Logging beside',
    ],
    STEPS.map((perDay) => {
      const cost = costOf(loadOf(perDay, inputs), inputs);
      const { pubsub, topics, push, cheapest, units, storage, total: all, logging } = cost;
      return [power(perDay), ...[pubsub, topics, push, cheapest, units, storage, all, logging].map(figure)];
    }),
  );
}

/** Jobs and control plane are those of so many entries a day of the mix. */
const STILL = 1e7;

function trafficTable(inputs: Inputs): string {
  return table(
    ['entries a day', 'rows/s', 'processing units', 'GB in the end', 'Spanner, storage', 'total'],
    STEPS.filter((perDay) => perDay >= STILL).map((perDay) => {
      const grown = trafficGrows(perDay, STILL, inputs);
      const load = loadOf(perDay, grown);
      const { storage, total: all } = costOf(load, grown);
      const gigabytes = total(storageOf(perDay, grown), (kept) => kept.gigabytes);
      return [
        power(perDay),
        ...[load.rowsPerSecond, unitsOf(load, grown).sold, gigabytes, storage, all].map(figure),
      ];
    }),
  );
}

function limitsTable(inputs: Inputs): string {
  return table(
    ['limit', ...STEPS.map(power), 'used up at', 'how it is raised'],
    LIMITS.map((limit) => [
      limit.name,
      ...STEPS.map((perDay) => percent(limit.use(loadOf(perDay, inputs), inputs) / limit.limit)),
      exhaustedAt(limit, inputs).toExponential(1).replace('e+', ' × 10^'),
      limit.raise,
    ]),
  );
}

function bindingTable(inputs: Inputs): string {
  const sized = [SPANNER_ROWS];
  return table(
    ['entries a day', 'first with the defaults', 'first once Spanner is sized', 'then'],
    STEPS.map((perDay) => {
      const first = bindingOf(perDay, inputs);
      const second = bindingOf(perDay, inputs, sized);
      const third = bindingOf(perDay, inputs, [...sized, second.limit.name]);
      return [
        power(perDay),
        ...[first, second, third].map(({ limit, used }) => `${limit.name}: ${percent(used)}`),
      ];
    }),
  );
}

function consumersTable(inputs: Inputs): string {
  return table(
    ['what', 'value'],
    [
      [
        'a worker costs less than a function from',
        `${figure(pullFrom(inputs))} entries a second of its source, on average`,
      ],
      ['one instance of a function takes', `${figure(instanceRate(inputs))}/s`],
      [
        `the default of ${DEPLOYED.maxInstances} instances takes`,
        `${figure(instanceRate(inputs) * DEPLOYED.maxInstances)}/s of one source`,
      ],
      ['one worker takes', `${figure(workerRate(inputs))}/s`],
    ],
  );
}
