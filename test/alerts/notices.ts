/** Notices to send and render in tests. */
import type { Notice } from '../../shared/alerts/notice.ts';

export const EPISODE = {
  id: '3f5a1c0d9b8e7f6a5b4c3d2e1f0a9b8c7d6e5f4a3b2c1d0e9f8a7b6c5d4e3f2a',
  n: 1,
} as const;

export const OPEN: Notice = {
  episode: EPISODE,
  state: 'open',
  change: 'open',
  severity: 'high',
  rule: 'static-credential-on-job-path',
  key: 'key-7 sa:etl@acme-prod.iam.gserviceaccount.com',
  title: 'Long-lived credential used to start a job or read its data',
  summary:
    'etl@acme-prod.iam.gserviceaccount.com started a job (acme-prod/europe-west1) with a key, not with `workload` identity.',
  who: 'sa:etl@acme-prod.iam.gserviceaccount.com',
  forWhom: ['user:alice@acme.example', 'agent:retrain_bot'],
  environment: 'prod',
  job: 'dataproc:acme-prod/europe-west1/job/retrain-42',
  evidence: [
    ['key', 'projects/acme-prod/serviceAccounts/etl/keys/7'],
    ['callerIp', '203.0.113.9'],
  ],
  eventIds: ['aa'.repeat(32), 'bb'.repeat(32)],
  why: 'A key that never expires can be copied and used from anywhere.',
  runbook: ['Look who has the key: `key` names it.', 'Disable the key.'],
  runbookUrl:
    'https://github.com/jobtrail/jobtrail/blob/main/docs/detections.md#static-credential-on-job-path',
  occurrences: 1,
  firstSeen: '2026-03-04T05:06:07.123456789Z',
  lastSeen: '2026-03-04T05:06:07.123456789Z',
  by: undefined,
};

export const MERGE: Notice = {
  ...OPEN,
  change: 'merge',
  occurrences: 17,
  lastSeen: '2026-03-04T05:09:00.000000001Z',
};

export const ACKNOWLEDGED: Notice = {
  ...MERGE,
  state: 'acknowledged',
  change: 'acknowledge',
  by: 'user:bob@acme.example',
};

export const RESOLVED: Notice = { ...ACKNOWLEDGED, state: 'resolved', change: 'resolve' };

const EVIL =
  '<!channel> <@U0123> <https://evil.example|click> @here @everyone #general *b* _i_ ~s~ `c` ```x``` ' +
  'https://evil.example/x www.evil.example mail@evil.example :skull: &lt;!here&gt; > quote\n> *line*\r\n' +
  '\u202Eesrever\u200B\u0000\u001b[2J\ud83d \u{1f468}\u200d\u{1f469}\u200d\u{1f467} \u{e0041} ``` \\';

/** Every text is what an attacker would like to be shown. */
export const HOSTILE: Notice = {
  ...OPEN,
  severity: 'critical',
  rule: EVIL,
  key: EVIL,
  title: EVIL,
  summary: EVIL,
  who: EVIL,
  forWhom: [EVIL, EVIL],
  environment: EVIL,
  job: EVIL,
  evidence: [[EVIL, EVIL]],
  eventIds: [EVIL],
  why: EVIL,
  runbook: [EVIL],
  runbookUrl: 'javascript:alert(1)',
};

/** Far over every limit. */
export const ENORMOUS: Notice = {
  ...OPEN,
  occurrences: 10_000,
  key: 'k'.repeat(100_000),
  title: '&'.repeat(50_000),
  summary: 'ein_wort '.repeat(20_000),
  who: '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}'.repeat(5000),
  forWhom: Array.from({ length: 5000 }, (_, index) => `user:${index}@acme.example`),
  job: `a${'\u0301'.repeat(50_000)}`,
  environment: '<'.repeat(10_000),
  evidence: Array.from({ length: 2000 }, (_, index) => [`label ${index}`, '"\\'.repeat(2000)] as const),
  eventIds: Array.from({ length: 10_000 }, (_, index) => index.toString(16).padStart(64, '0')),
  why: '`'.repeat(10_000),
  runbook: Array.from({ length: 500 }, () => '漢'.repeat(5000)),
  runbookUrl: `https://acme.example/${'x'.repeat(5000)}`,
};
