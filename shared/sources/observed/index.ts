/**
 * What the APIs of the engines and Cloud Monitoring list when they are asked: jobs that exist whether or not any log tells
 * of them, and counts of what was exported. Polled by functions/observed. What becomes of each: docs/sources/observed.md.
 */
import type { LogEntry } from '../../../schemas/log-entry.ts';
import { OBSERVED, ObservedRecord } from '../../../schemas/observed.ts';
import { sha256 } from '../../envelope/event-id.ts';
import { compact } from '../../envelope/json-text.ts';
import type { Normalised } from '../../model/event.ts';
import { str } from '../fields.ts';
import type { ForeignRecord, Source } from '../source.ts';
import { JOB_METHODS, jobEvent } from './job.ts';
import { METRIC_METHOD, metricEvent } from './metric.ts';

const LOG_NAME = 'jobtrail/observed';

/**
 * What the record says is its id, and its time is when the state began: asked again, an API that answers the same makes
 * the same entry.
 */
function adopt(record: ForeignRecord): LogEntry | undefined {
  if (record.kind !== 'json' || str(record.value, 'type') !== OBSERVED) return undefined;
  const timestamp = str(record.value, 'time');
  return {
    logName: LOG_NAME,
    resource: { type: 'observed' },
    ...(timestamp === undefined ? undefined : { timestamp }),
    insertId: sha256(compact(record.text ?? JSON.stringify(record.value))).slice(0, 32),
    jsonPayload: record.value,
  };
}

function normalise(entry: LogEntry): Normalised {
  const checked = ObservedRecord.safeParse(entry.jsonPayload);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    const wrong = issue?.code === 'unrecognized_keys' ? issue.keys : issue?.path;
    return {
      kind: 'refused',
      code: 'payload-shape',
      reason: `What the API listed does not make a record ${OBSERVED}: \`${shown(wrong)}\` is missing, unknown or of another form.`,
    };
  }
  const { data } = checked;
  return { kind: 'event', event: data.kind === 'job' ? jobEvent(data) : metricEvent(data) };
}

const MAX_SHOWN = 100;
const shown = (path: readonly PropertyKey[] = []): string => path.map(String).join('.').slice(0, MAX_SHOWN);

export const observed: Source = {
  name: 'observed',
  version: 1,
  methods: [...Object.values(JOB_METHODS), METRIC_METHOD],
  owns: (entry) => entry.logName === LOG_NAME,
  adopt,
  normalise,
};
