/**
 * Entries of emulated attacks (Stratus Red Team) and of the tests of a public rule set (Panther), replayed through every
 * detection with a plain configuration: which of them raise, and what stands for those that do not.
 */
import { stringify } from 'yaml';
import { parseBundle } from '../../shared/config/bundle.ts';
import { createDetect } from '../../shared/detections/detect.ts';
import type { Finding } from '../../shared/detections/finding.ts';
import { DETECTIONS } from '../../shared/detections/index.ts';
import { messageOf } from '../../shared/errors.ts';
import { createEventsOf } from '../../shared/pipeline/events-of.ts';
import { SOURCES } from '../../shared/sources/index.ts';
import { isObject } from '../../shared/sources/fields.ts';
import { sampleLines } from '../support/samples.ts';

/** What an organisation declares on its first day: its projects, people, buckets and the way to its jobs. No policies. */
const PLAIN = {
  version: 1,
  environments: {
    prod: [
      'gcp-project1',
      'test-project',
      'test-project-123456',
      'victim-project',
      'my-project-id',
      'prod-project',
    ],
    lab: ['western-verve-123456', 'western-verve-225918', 'some-project', 'example-project', 'gcpproject'],
  },
  organisation: {
    projects: ['test-project1'],
    buckets: ['source-bucket', 'prod-bucket', 'test-bucket', 'backup-bucket', 'my-bucket'],
    domains: ['company.com', 'company.io', 'example.com', 'domain.tld'],
    ids: ['645568414902'],
  },
  egress: { addresses: ['203.0.113.0/24'] },
  externalLocations: ['gs://lake/*'],
};

export interface Replayed {
  /** `folder/file:line`. */
  readonly id: string;
  readonly what: string;
  /** Ids of the detections that raise, `?` behind those that cannot tell. */
  readonly raised: readonly string[];
  /** Detections that failed on it. */
  readonly failed: readonly string[];
  /** Why there is no event where there is none. */
  readonly noEvent: string | undefined;
}

export function replayed(): readonly Replayed[] {
  const bundle = parseBundle({
    config: { name: 'jobtrail.yaml', text: stringify(PLAIN) },
    policies: [],
    rules: [],
  });
  const eventsOf = createEventsOf(SOURCES, bundle);
  const detect = createDetect(DETECTIONS);
  const replay = (id: string, line: string): Replayed => {
    const entry = asDelivered(JSON.parse(line));
    const what = methodOf(entry);
    try {
      const findings = eventsOf(entry).flatMap((event) =>
        detect({ event, decision: undefined, declared: bundle.facts }),
      );
      const isCrash = ({ key }: Finding): boolean => key.startsWith('crash:');
      const raised = findings
        .filter((finding) => !isCrash(finding))
        .map(({ rule, verdict }) => (verdict === 'violation' ? rule : `${rule}?`));
      return {
        id,
        what,
        raised: [...new Set(raised)].toSorted(),
        failed: findings.filter(isCrash).map(({ rule }) => rule),
        noEvent: undefined,
      };
    } catch (error) {
      return { id, what, raised: [], failed: [], noEvent: messageOf(error) };
    }
  };
  return FOLDERS.flatMap((folder) =>
    sampleLines(folder)
      .filter(({ file }) => /\/(?:panther-|stratus-)/.test(file))
      .flatMap(({ file, lines }) => lines.map((line, index) => replay(`${file}:${index + 1}`, line))),
  );
}

const FOLDERS = ['audit-generic', 'bigquery', 'databricks', 'gcs', 'iam', 'k8s', 'logging-config', 'other'];

/** Keys that the platform which kept the samples had lower-cased, as a sink writes them. */
const KEYS: ReadonlyMap<string, string> = new Map(
  [
    'protoPayload jsonPayload httpRequest insertId logName receiveTimestamp spanId sourceLocation',
    'serviceName methodName resourceName authenticationInfo authorizationInfo requestMetadata principalEmail',
  ]
    .join(' ')
    .split(' ')
    .map((key) => [key.toLowerCase(), key]),
);
const TYPES: ReadonlySet<string> = new Set(['at_sign_type', 'at_type']);
/** `2023-03-09 16:41:30.524`: UTC. */
const SPACED = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d{1,9})?)$/;

/** The entry as it was delivered; the platform's own `p_…` fields were none of it. */
function asDelivered(value: unknown): Record<string, unknown> {
  const restored = restore(value);
  return isObject(restored) ? restored : {};
}

function restore(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(restore);
  if (typeof value === 'string') return value.replace(SPACED, '$1T$2Z');
  if (!isObject(value)) return value;
  const found: Record<string, unknown> = {};
  for (const [key, one] of Object.entries(value)) {
    if (key.startsWith('p_')) continue;
    found[TYPES.has(key) ? '@type' : (KEYS.get(key) ?? key)] = restore(one);
  }
  return found;
}

function methodOf(entry: Readonly<Record<string, unknown>>): string {
  const payload = entry['protoPayload'];
  if (isObject(payload)) return textIn(payload, 'methodName');
  const { actionName } = entry;
  return typeof actionName === 'string' ? `${textIn(entry, 'serviceName')}.${actionName}` : '-';
}

function textIn(from: Readonly<Record<string, unknown>>, key: string): string {
  const value = from[key];
  return typeof value === 'string' ? value : '-';
}

/** As a table of Markdown: entry, method, detections or the reason for none. */
export function tableOf(rows: readonly Replayed[], reasonOf: (row: Replayed) => string | undefined): string {
  const lines = rows.map((row) => {
    const told =
      row.raised.length > 0 ? row.raised.join(', ') : (reasonOf(row) ?? row.noEvent ?? 'nothing raises');
    return `| ${row.id} | ${row.what} | ${told} |`;
  });
  return ['| entry | method | raises |', '| --- | --- | --- |', ...lines].join('\n');
}
