/**
 * What a source is. One folder each under shared/sources/, one line in shared/sources/index.ts, samples and golden
 * results under test/sources/<name>/. A source is pure: values in, values out.
 */
import type { LogEntry } from '../../schemas/log-entry.ts';
import type { Attestation, Credential } from '../attest/attestation.ts';
import type { Normalised } from '../model/event.ts';

export const SOURCE_NAMES = [
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
  'observed',
  'canary',
] as const;
export type SourceName = (typeof SOURCE_NAMES)[number];

export interface Source {
  readonly name: SourceName;
  /** Raised whenever the same entry would normalise to something else; stored with every event. */
  readonly version: number;
  /** Methods its references list, for the coverage test and the docs. */
  readonly methods: readonly string[];
  /** True when the entry is of this source: by log name, resource type and service name only. Cheap and total. */
  owns(entry: LogEntry): boolean;
  /**
   * Wraps a record that reached us outside a LogEntry (an Envoy line of an exported file) into one, or returns
   * undefined when it is none of this source's.
   */
  adopt?(record: ForeignRecord): LogEntry | undefined;
  /** What proves the entry's content, for sources whose records carry their own proof; cheap and total. */
  credential?(entry: LogEntry): Credential | undefined;
  /**
   * Never throws on any entry that `owns` accepted; a crash is a bug and is quarantined as `normaliser-crash`.
   * @param attestation what became of the credential, where the entry carries one
   */
  normalise(entry: LogEntry, attestation?: Attestation): Normalised;
}

export type ForeignRecord =
  | { readonly kind: 'text'; readonly line: string }
  | {
      readonly kind: 'json';
      readonly value: Readonly<Record<string, unknown>>;
      /** What `value` was parsed from, where it is at hand: numbers above 2^53 have lost digits in `value`. */
      readonly text?: string;
    };
