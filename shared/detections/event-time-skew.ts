import { ACTIONS } from '../model/event.ts';
import type { TrailEvent } from '../model/trail-event.ts';
import { defineDetection } from './detection.ts';
import { evidence } from './evidence.ts';

export const eventTimeSkew = defineDetection({
  id: 'event-time-skew',
  number: 'L13',
  version: 1,
  title: 'Back-dated, future or very late evidence',
  severity: 'medium',
  why: 'Whoever writes an entry may date it: one put into yesterday lies outside of everything that was already looked at.',
  runbook: [
    'Compare `time` with `received`: hours late is a replay or a writer that dates its entries; ahead is a wrong clock.',
    'Look for an outage of `source` that ended at `received`; what comes after one is expected.',
    'Ask who can write to `log`; a service of Google’s dates its own entries.',
  ],
  evidence: ['source', 'log', 'time', 'received', 'seconds', 'limit'],
  maps: {
    attack: ['T1070.006'],
    soc2: ['CC7.2', 'CC2.1'],
    iso27001: ['A.8.17', 'A.8.15'],
  },
  peers: [],
  gaps: [
    'Records that do not pass Cloud Logging have no time of receipt: files of Databricks, approvals, deployments.',
    'A few minutes are not noticed: entries arrive late by themselves.',
  ],
  sources: [
    'bigquery',
    'dataflow',
    'dataproc',
    'iam',
    'istio',
    'kong',
    'kubernetes',
    'logging',
    'platform',
    'pubsub',
    'spanner',
    'storage',
  ],
  on: ACTIONS,
  decide: ({ event }) => {
    const { time, receiveTime, source } = event;
    // Nearly all are received within the minute: nothing is parsed for them.
    if (receiveTime === undefined || receiveTime.startsWith(time.slice(0, MINUTE))) return [];
    const seconds = Math.round((Date.parse(receiveTime) - Date.parse(time)) / 1000);
    const late = lateLimit(event);
    const ahead = seconds < -AHEAD;
    if (!ahead && seconds <= late) return [];
    return [
      {
        key: `${source} ${ahead ? 'ahead' : 'late'}`,
        summary: ahead
          ? `An entry of ${source} is dated ${-seconds} seconds after it was received.`
          : `An entry of ${source} was received ${seconds} seconds after the time it is dated with.`,
        evidence: evidence(
          ['source', source],
          ['log', event.logName],
          ['time', time],
          ['received', receiveTime],
          ['seconds', seconds],
          ['limit', ahead ? AHEAD : late],
        ),
      },
    ];
  },
});

/** `2026-03-02T08:00` */
const MINUTE = 16;
/** Seconds. */
const AHEAD = 120;
const HOUR = 3600;
/** Records of requests are written as they are answered; sign-ins to Workspace take hours. */
const REQUESTS: ReadonlySet<string> = new Set(['istio', 'kong']);
const SIGN_IN = 48 * HOUR;

function lateLimit({ source, action }: TrailEvent): number {
  if (REQUESTS.has(source)) return HOUR / 4;
  return source === 'platform' && action === 'login' ? SIGN_IN : HOUR;
}
