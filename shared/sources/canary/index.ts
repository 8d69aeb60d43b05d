/**
 * Canaries: entries that Jobtrail itself writes to Cloud Logging, so that their coming back shows that a path carries. They come on
 * the subscription of the source whose path they are on. What becomes of each: docs/sources/canary.md.
 */
import { CANARY, CANARY_LOG, CanaryRecord } from '../../../schemas/canary.ts';
import type { LogEntry } from '../../../schemas/log-entry.ts';
import type { Normalised } from '../../model/event.ts';
import { logId, logProject, own } from '../fields.ts';
import type { Source, SourceName } from '../source.ts';

/** Of any path: for what reads all that was logged. */
export const canary: Source = {
  name: 'canary',
  version: 1,
  methods: [CANARY],
  owns: (entry) => logId(entry)?.startsWith(CANARY_LOG) === true,
  normalise,
};

/** Of one source's paths: one that comes by another's subscription shows nothing. */
export function canariesOf(source: SourceName): Source {
  const log = `${CANARY_LOG}${source}`;
  return { ...canary, owns: (entry) => logId(entry) === log };
}

/** Clients of Cloud Logging write an entry about themselves into the first log that they write to. */
const DIAGNOSTIC = { kind: 'filtered', rule: 'canary-client-diagnostic' } as const;

function normalise(entry: LogEntry): Normalised {
  if (own(entry.jsonPayload, 'logging.googleapis.com/diagnostic') !== undefined) return DIAGNOSTIC;
  const checked = CanaryRecord.safeParse(entry.jsonPayload);
  if (!checked.success) {
    return refused('The entry in the log of a canary is none.');
  }
  const { path, nonce, sentAt, mac } = checked.data;
  if (logId(entry) !== `${CANARY_LOG}${path.split('/', 1)[0]}`) {
    return refused('The canary is of another path than the log that it is in.');
  }
  const project = logProject(entry);
  return {
    kind: 'event',
    event: {
      action: 'telemetry.write',
      outcome: 'allowed',
      method: CANARY,
      identity: { absent: 'not-recorded' },
      via: 'direct',
      // Anybody may write to a log; what it proves is said by its signature, where the key is known.
      provenance: 'tenant',
      ...(project === undefined ? undefined : { project }),
      claims: { path, nonce, sentAt, mac },
    },
  };
}

const refused = (reason: string): Normalised => ({ kind: 'refused', code: 'payload-shape', reason });
