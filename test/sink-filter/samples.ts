/** Every sample that is an entry of Cloud Logging, with the source that reads it. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseLogEntry, type LogEntry } from '../../schemas/log-entry.ts';
import { serviceOf } from '../../shared/audit/service.ts';
import { canariesOf } from '../../shared/sources/canary/index.ts';
import { isObject, type Json } from '../../shared/sources/fields.ts';
import { SOURCES } from '../../shared/sources/index.ts';
import { ROUTED_SOURCES, type RoutedSource } from '../../shared/sink-filter/sources.ts';
import { constructedLines } from '../support/constructed.ts';
import { sampleLines } from '../support/samples.ts';

export interface RoutedSample {
  readonly file: string;
  readonly source: RoutedSource;
  readonly entry: Json;
  /** The same, checked. */
  readonly parsed: LogEntry;
  /** Whoever published it left out of which log or service it is, which Cloud Logging never does. */
  readonly completed: boolean;
}

/** Lines of this repository, and of others where they are at hand. */
export function ownSamples(): readonly RoutedSample[] {
  return folders('../sources').flatMap((folder) =>
    constructedLines(folder).flatMap((line) => routedSample(`test/sources/${folder}`, line)),
  );
}

export function othersSamples(): readonly RoutedSample[] {
  return FOLDERS_OF_OTHERS.flatMap((folder) =>
    sampleLines(folder).flatMap(({ file, lines }) => lines.flatMap((line) => routedSample(file, line))),
  );
}

const FOLDERS_OF_OTHERS =
  'audit-generic bigquery dataflow dataproc gcs iam istio k8s kong logging-config other spanner'.split(' ');

const folders = (path: string): readonly string[] =>
  readdirSync(join(import.meta.dirname, path), { withFileTypes: true }).flatMap((one) =>
    one.isDirectory() ? [one.name] : [],
  );

/** None for what is no entry of Cloud Logging, and for what comes another way than through a sink. */
function routedSample(file: string, line: string): readonly RoutedSample[] {
  const value = parsedOr(line);
  const checked = parseLogEntry(value);
  if (!isObject(value) || !checked.success) return [];
  const completed = wholeOf(value, checked.data);
  if (completed === undefined) return [];
  const parsed = parseLogEntry(completed);
  const source = parsed.success ? sourceOf(parsed.data) : undefined;
  return source === undefined || !parsed.success
    ? []
    : [{ file, source, entry: completed, parsed: parsed.data, completed: completed !== value }];
}

/**
 * As Cloud Logging would have written it, where its publisher left out the log, or the service together with the resource that
 * tells it. An entry that is whole stays as it is, without a service where it came without one.
 */
function wholeOf(value: Json, entry: LogEntry): Json | undefined {
  const { logName, protoPayload, resource } = entry;
  if (protoPayload === undefined) return logName === undefined ? undefined : value;
  const told = protoPayload.serviceName ?? resource?.labels?.['service'];
  const general = resource?.type === undefined || resource.type === 'audited_resource';
  if (logName !== undefined && (told !== undefined || !general)) return value;
  return {
    ...value,
    logName: logName ?? 'projects/sample/logs/cloudaudit.googleapis.com%2Factivity',
    protoPayload: { ...protoPayload, serviceName: serviceOf(entry) },
  };
}

/** The canaries of a source come with its entries. */
export function sourceOf(entry: LogEntry): RoutedSource | undefined {
  const name = SOURCES.find((source) => source.owns(entry))?.name;
  return ROUTED_SOURCES.find(
    (source) => source === name || (name === 'canary' && canariesOf(source).owns(entry)),
  );
}

function parsedOr(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // A line of text: it came in a file and not through a sink.
    return undefined;
  }
}
