import { expect, it } from 'vitest';
import { alertsText } from '../../../cli/run/alerts-text.ts';
import type { Notice } from '../../../shared/alerts/notice.ts';

const notice = (id: string, over: Partial<Notice> = {}): Notice => ({
  episode: { id, n: 1 },
  state: 'open',
  change: 'open',
  severity: 'high',
  rule: 'a-rule',
  key: id,
  title: `Title of ${id}`,
  summary: `Summary of ${id}`,
  who: undefined,
  forWhom: [],
  environment: 'prod',
  job: undefined,
  evidence: [],
  eventIds: ['0123456789abcdef0123'],
  why: 'because it matters',
  runbook: [],
  runbookUrl: '',
  occurrences: 1,
  firstSeen: '2026-11-18T10:00:00.000000000Z',
  lastSeen: '2026-11-18T10:00:00.000000000Z',
  by: undefined,
  ...over,
});

it('tells an alert once, as it ended, with why it is resolved', () => {
  const text = alertsText(
    [
      notice('open'),
      notice('late', { severity: 'critical' }),
      notice('late', { severity: 'critical', change: 'resolve', state: 'resolved' }),
    ],
    new Map([['late/1', 'late evidence, 33 min after it was due: seen at the gateway']]),
  );
  expect(text).toBe(`
The alerts: 2 (1 critical, 1 high; 1 of them resolved by the engine)
!  HIGH Title of open
     Summary of open
     why: because it matters
     10:00:00 UTC, prod; rule a-rule, entry 0123456789abcdef
ok RESOLVED Title of late
     Summary of late
     resolved: late evidence, 33 min after it was due: seen at the gateway
     10:00:00 UTC, prod; rule a-rule, entry 0123456789abcdef
`);
});

it('shows ten that are open and four that are resolved, and counts the rest', () => {
  const open = Array.from({ length: 12 }, (_, i) => notice(`open ${i}`));
  const resolved = Array.from({ length: 6 }, (_, i) =>
    notice(`resolved ${i}`, { change: 'resolve', state: 'resolved' }),
  );
  const text = alertsText([...open, ...resolved], new Map());
  expect(text.match(/HIGH/g)).toHaveLength(10);
  expect(text.match(/RESOLVED/g)).toHaveLength(4);
  expect(text).toContain('… and 4 more: npx jobtrail alerts list');
});

it('shows no control characters of what a caller wrote, and no entry where there is none', () => {
  const text = alertsText([notice('x', { summary: 'a\u001b[2Jb\u202e', eventIds: [''] })], new Map());
  expect(text).not.toContain('\u001b');
  expect(text).not.toContain('\u202e');
  expect(text).not.toContain('entry');
});
