/**
 * What is told of the organisation: log entries and records as their writers make them, before they are under way. Which story
 * each belongs to is ground truth and is never part of its text.
 */
import type { Random } from './random.ts';

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | Json;
export interface Json {
  readonly [key: string]: JsonValue;
}

export const SECOND = 1000;
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** A way of records from their writer to the pipeline: a source, for mesh and gateway also the cluster and the reporter. */
export type Path = string;

export interface Told {
  /** When it happened by the clock of its writer: epoch milliseconds. */
  readonly at: number;
  readonly path: Path;
  /** JSON. Of a log entry without `receiveTimestamp`, which Cloud Logging adds on the way. */
  readonly text: string;
  /** Logging puts a log entry around it; a record is published by its writer as it is. */
  readonly form: 'entry' | 'record';
  /** Arrives this much after it happened; drawn where absent. */
  readonly lateMs?: number;
}

export interface EntryDraft {
  readonly at: number;
  readonly path: Path;
  readonly logName: string;
  readonly resource: Json;
  /** `protoPayload`, `jsonPayload`, `textPayload` or `httpRequest`. */
  readonly payload: Json;
  readonly severity?: string;
  readonly labels?: Json;
  readonly operation?: Json;
  readonly trace?: string;
  readonly split?: Json;
  readonly insertId?: string;
  readonly lateMs?: number;
}

/** RFC 3339 with nine fraction digits; the last six are drawn. */
export const nanoTime = (ms: number, random: Random): string =>
  `${new Date(Math.floor(ms)).toISOString().slice(0, -1)}${String(random.int(0, 999_999)).padStart(6, '0')}Z`;

/** As a log sink exports it (google.logging.v2.LogEntry in proto3 JSON). */
export function entry(random: Random, draft: EntryDraft): Told {
  const { at, path, payload, lateMs } = draft;
  return {
    at,
    path,
    form: 'entry',
    text: JSON.stringify({
      ...payload,
      insertId: draft.insertId ?? random.base36(12),
      resource: draft.resource,
      timestamp: nanoTime(at, random),
      severity: draft.severity,
      labels: draft.labels,
      logName: draft.logName,
      operation: draft.operation,
      trace: draft.trace,
      split: draft.split,
    }),
    ...(lateMs === undefined ? {} : { lateMs }),
  };
}

/** `projects/P/logs/LOG_ID`, the slash of the log id encoded. */
export const logNameOf = (project: string, id: string): string =>
  `projects/${project}/logs/${id.replace('/', '%2F')}`;
