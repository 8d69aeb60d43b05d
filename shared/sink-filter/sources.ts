import type { SourceName } from '../sources/source.ts';

/** Sources whose entries come through a log sink; all others are sent, asked for or notified. */
export const ROUTED_SOURCES = [
  'istio',
  'kong',
  'dataproc',
  'dataflow',
  'bigquery',
  'storage',
  'spanner',
  'pubsub',
  'iam',
  'logging',
  'kubernetes',
  'platform',
] as const satisfies readonly SourceName[];
export type RoutedSource = (typeof ROUTED_SOURCES)[number];

/**
 * Sources whose sinks may take the same entry: policies of IAM are the iam source's, whatever service they are of, and a
 * filter that names no methods cannot tell them apart. Each such entry is kept by one of the two and filtered by the other.
 */
export const SHARING: readonly (readonly [RoutedSource, RoutedSource])[] = [
  ['iam', 'platform'],
  ['iam', 'logging'],
  ['iam', 'kubernetes'],
];
