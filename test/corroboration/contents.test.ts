/** Two contents under one id: the store keeps both, and whichever came first the finding is the same. */
import { describe, expect, it } from 'vitest';
import { logSequenceGap } from '../../shared/corroboration/rules/log-sequence-gap.ts';
import type { TrailEvent } from '../../shared/model/trail-event.ts';
import { bundleOf } from '../detections/cases.ts';
import { eventOf } from '../policy/support/events.ts';
import { judgeRecorded } from './cases.ts';

const BUNDLE = bundleOf({ config: {}, policies: '' });

const told = (event: TrailEvent) => ({ event, rows: [], beside: {} });
const judge = (...events: readonly TrailEvent[]) => judgeRecorded(logSequenceGap, events.map(told), BUNDLE);

const written = eventOf('job.submit', { method: 'SubmitJob', insertId: 'i-1', logName: 'projects/p/logs/a' });
const rewritten = { ...written, resource: 'projects/p/jobs/other', claims: { callerIp: '198.51.100.7' } };

describe('several contents of one entry', () => {
  it('are a critical finding that tells what differs and neither text', async () => {
    const { findings } = await judge(written, rewritten);
    expect(new Set(findings.map(({ id }) => id)).size).toBe(1);
    expect(findings[0]).toMatchObject({
      rule: 'log-sequence-gap',
      key: `event:${written.id}`,
      severity: 'critical',
      verdict: 'violation',
      evidence: [
        ['sequence', 'i-1'],
        ['contents', '2'],
        ['differs', 'resource, claims'],
        ['source', 'dataproc'],
        ['log', 'projects/p/logs/a'],
      ],
    });
    expect(JSON.stringify(findings)).not.toContain('198.51.100.7');
  });

  it('are the same finding whichever came first', async () => {
    const [one, other] = await Promise.all([judge(written, rewritten), judge(rewritten, written)]);
    expect(other).toEqual(one);
  });

  it('count', async () => {
    const { findings } = await judge(written, rewritten, { ...written, outcome: 'denied' });
    expect(findings[0]?.evidence).toContainEqual(['contents', '3']);
    expect(findings[0]?.evidence).toContainEqual(['differs', 'outcome, resource, claims']);
  });

  it('are none where another entry tells something else', async () => {
    expect((await judge(written, { ...rewritten, id: 'b'.repeat(64) })).findings).toEqual([]);
  });
});
