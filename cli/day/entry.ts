/**
 * What is told of the day, before it is under way. A log entry gets its time stamps and its insert id when it is sent;
 * `entryJson` writes it as a log sink publishes it (google.logging.v2.LogEntry in proto3 JSON: defaults left out, int64 as
 * text). A record has no log entry around it: its writer publishes it as it is, or puts it into a file.
 */
import type { Random } from './random.ts';

type JsonValue = string | number | boolean | null | readonly JsonValue[] | Json;
export interface Json {
  readonly [key: string]: JsonValue;
}

/** The sources whose logs the day has. */
export const SUBSCRIPTIONS = [
  'istio',
  'kong',
  'dataproc',
  'dataflow',
  'databricks',
  'bigquery',
  'storage',
  'spanner',
  'pubsub',
  'iam',
  'logging',
  'kubernetes',
  'platform',
  'openlineage',
  'approvals',
  'deployments',
] as const;
export type Subscription = (typeof SUBSCRIPTIONS)[number];

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

export interface Draft {
  /** Milliseconds since the day's midnight, UTC. */
  readonly at: number;
  readonly to: Subscription;
  readonly logName: string;
  readonly resource: Json;
  /** `protoPayload`, `jsonPayload`, `textPayload` or `httpRequest`. */
  readonly payload: Json;
  readonly severity?: string;
  readonly labels?: Json;
  readonly operation?: Json;
  readonly trace?: string;
  readonly spanId?: string;
  /** How long the entry was under way until Logging received it; drawn when absent. */
  readonly lateByMs?: number;
}

/** What reaches a source as its writer made it, with its own time in it. */
export interface RecordDraft {
  readonly at: number;
  readonly to: Subscription;
  /** JSON, as its writer printed it. */
  readonly text: string;
  /** The file it is a line of; without one it is a message of its own. */
  readonly file?: string;
  readonly lateByMs?: number;
}

export type Told = Draft | RecordDraft;

/** What every entry has of its own. */
interface EntryStamp {
  readonly insertId: string;
  readonly timestamp: string;
  readonly receiveTimestamp: string;
}

/** RFC 3339 with nine fraction digits; `ms` is epoch milliseconds, the rest is drawn. */
export function nanoTime(ms: number, random: Random): string {
  return `${new Date(Math.floor(ms)).toISOString().slice(0, -1)}${random.digits(6)}Z`;
}

export function entryJson(draft: Draft, stamp: EntryStamp): string {
  return JSON.stringify({
    ...draft.payload,
    insertId: stamp.insertId,
    resource: draft.resource,
    timestamp: stamp.timestamp,
    severity: draft.severity,
    labels: draft.labels,
    logName: draft.logName,
    operation: draft.operation,
    trace: draft.trace,
    spanId: draft.spanId,
    traceSampled: draft.spanId === undefined ? undefined : true,
    receiveTimestamp: stamp.receiveTimestamp,
  });
}

/** `projects/P/logs/LOG_ID`, the slash of the log id encoded. */
export const logNameOf = (project: string, id: string): string =>
  `projects/${project}/logs/${id.replace('/', '%2F')}`;
