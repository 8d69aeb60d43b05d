/**
 * Methods of Cloud Logging: what is logged, where it goes, how long it stays, and who read it.
 * Sources: google/logging/v2/{logging_config,logging,logging_metrics}.proto,
 * https://docs.cloud.google.com/logging/docs/audit-logging.
 */
import type { ServiceMethods } from '../../audit/methods.ts';

export type LoggingReader =
  | 'sink'
  | 'exclusion'
  | 'bucket'
  | 'view'
  | 'settings'
  | 'log'
  | 'metric'
  | 'copy'
  | 'query'
  | 'write';

export const LOGGING_METHODS: readonly ServiceMethods<LoggingReader>[] = [
  {
    services: ['logging.googleapis.com'],
    by: 'rpc',
    lines: [
      ['CreateSink UpdateSink DeleteSink', 'log.change', 'sink'],
      ['CreateExclusion UpdateExclusion DeleteExclusion', 'log.change', 'exclusion'],
      [
        'CreateBucket CreateBucketAsync UpdateBucket UpdateBucketAsync DeleteBucket UndeleteBucket',
        'log.change',
        'bucket',
      ],
      ['CreateView UpdateView DeleteView', 'log.change', 'view'],
      // A link shows a bucket's logs as a BigQuery dataset.
      ['CreateLink DeleteLink', 'log.change', 'view'],
      ['CreateLogScope UpdateLogScope DeleteLogScope', 'log.change', 'view'],
      ['UpdateSettings UpdateCmekSettings', 'log.change', 'settings'],
      ['CreateLogMetric UpdateLogMetric DeleteLogMetric', 'log.change', 'metric'],
      // Stored entries themselves.
      ['DeleteLog', 'log.change', 'log'],
      ['CopyLogEntries', 'data.share', 'copy'],
      ['ListLogEntries TailLogEntries QueryLogEntries ReadLogEntriesLegacy', 'data.read', 'query'],
      ['WriteLogEntries', 'telemetry.write', 'write'],
    ],
  },
];
