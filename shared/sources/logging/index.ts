/**
 * Cloud Logging as the object of change: routing, retention and deletion of logs, and reads of them. What services log
 * at all is decided in IAM policies, which are the iam source's. Formats: docs/sources/logging.md.
 */
import { auditSource } from '../../audit/source.ts';
import type { Source } from '../source.ts';
import { LOGGING_METHODS } from './methods.ts';
import { readBucket, readExclusion, readMetric, readSettings, readSink, readView } from './routing.ts';
import { isSinkError, SINK_ERROR, sinkErrorEvent } from './sink-error.ts';
import { readCopy, readLog, readQuery } from './stored.ts';

const audit = auditSource({
  name: 'logging',
  version: 1,
  tables: LOGGING_METHODS,
  readers: {
    sink: readSink,
    exclusion: readExclusion,
    bucket: readBucket,
    view: readView,
    settings: readSettings,
    metric: readMetric,
    log: readLog,
    copy: readCopy,
    query: readQuery,
    write: () => undefined,
  },
  // Every entry that any application writes would otherwise come back as one about itself.
  leavesOut: ({ draft }) =>
    draft.action === 'telemetry.write' && draft.outcome === 'allowed' ? 'logging-write' : undefined,
});

export const logging: Source = {
  ...audit,
  methods: [...audit.methods, SINK_ERROR],
  owns: (entry) => audit.owns(entry) || isSinkError(entry),
  normalise: (entry) => (isSinkError(entry) ? sinkErrorEvent(entry) : audit.normalise(entry)),
};
