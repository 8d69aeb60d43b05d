/** Messages that are no entry of anything, made from ones that were: cut, retyped, emptied, nested, garbled. */
import type { Subscription } from './entry.ts';
import { clock } from './scene.ts';

interface Wreck {
  readonly at: number;
  readonly to: Subscription;
  readonly data: string;
  readonly attributes?: Readonly<Record<string, string>>;
}

/** A message of the day that holds a text. */
export type Sample = (subscription: Subscription, text: string) => string;

type Case = readonly [
  time: string,
  to: Subscription,
  data: string,
  attributes?: Readonly<Record<string, string>>,
];

function ofLogEntries(sample: Sample): readonly Case[] {
  const batch = sample('dataproc', 'CreateBatch');
  const job = sample('dataproc', 'SubmitJob');
  const message = sample('dataflow', 'job-message');
  const access = sample('istio', 'server-accesslog');
  return [
    ['03:02:11', 'dataproc', batch.slice(0, Math.floor(batch.length * 0.6))],
    ['06:45:20', 'istio', '\u0000\u0001\ufffd\ufffdJ\ufffd garbage, not base64 and not JSON'],
    ['07:20:00', 'dataflow', ''],
    ['09:09:09', 'dataproc', '"a sentence where an entry should be"'],
    ['10:30:30', 'istio', '42'],
    ['12:00:00', 'dataproc', job.replace(/"protoPayload":\{/, '"protoPayload":"lost","was":{')],
    ['13:37:00', 'dataproc', job.replace(/"timestamp":"[^"]*"/, '"timestamp":1790000000')],
    [
      '15:15:15',
      'dataflow',
      message.replace(/"(timestamp|receiveTimestamp)":"[^"]*",?/g, '').replace(',}', '}'),
    ],
    ['16:40:00', 'istio', access.replace(/"timestamp":"[^"]*"/, '"timestamp":"yesterday, about noon"')],
    ['19:25:41', 'dataproc', 'null'],
    ['21:05:05', 'istio', `${'{"a":'.repeat(3000)}1${'}'.repeat(3000)}`],
    ['22:22:22', 'dataflow', '{"insertId":"only-this"}'],
  ];
}

/** Each source has ways of its own to be broken. */
function ofOthers(sample: Sample): readonly Case[] {
  const request = sample('kong', 'upstream_uri');
  const record = /"jsonPayload":(\{.*\}),"insertId"/.exec(request)?.[1] ?? '';
  const run = sample('openlineage', 'COMPLETE');
  return [
    // The container runtime cuts lines at 16 KB: what is left is text that begins like a record.
    [
      '11:11:11',
      'kong',
      request.replace(`"jsonPayload":${record}`, `"textPayload":${JSON.stringify(record.slice(0, 900))}`),
    ],
    ['11:41:00', 'kong', request.replace(/"status":200/, '"status":"fine"')],
    ['12:12:12', 'openlineage', run.slice(0, 200)],
    ['12:13:14', 'openlineage', run.replaceAll('"namespace":', '"nameSpace":')],
    ['14:14:14', 'storage', sample('storage', 'objects.create').replace(/"methodName":"[^"]*",/, '')],
    ['17:17:17', 'bigquery', sample('bigquery', 'jobChange').replace(/"timestamp":"[^"]*",/, '')],
    // Somebody else publishes to the topic of the notifications, and names a bucket of his own.
    ['18:18:18', 'databricks', '{"hello":"world"}', { origin: 'a test of the topic' }],
    [
      '18:19:20',
      'databricks',
      '{}',
      { eventType: 'OBJECT_FINALIZE', bucketId: 'ivo-tmp', objectId: 'audit/auditlogs_forged.json' },
    ],
  ];
}

export const wrecks = (sample: Sample): readonly Wreck[] =>
  [...ofLogEntries(sample), ...ofOthers(sample)].map(([time, to, data, attributes]) => ({
    at: clock(time),
    to,
    data,
    ...(attributes === undefined ? {} : { attributes }),
  }));
