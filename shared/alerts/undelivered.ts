/**
 * What could not be delivered is itself an alert, on the other channels. It is found by the deliverer and not in events, so
 * it has no row in Findings; its episode holds it whole. An alert about a failed channel that fails in turn makes none.
 */
import { hash } from 'node:crypto';
import type { Finding } from '../detections/finding.ts';
import { deliveryOwner } from './claim.ts';
import type { Episode } from './store.ts';

export const UNDELIVERED = 'alert-undelivered';

export const UNDELIVERED_TEXT = {
  why: 'A channel that takes no alerts is silence that looks like peace.',
  runbook: [
    'Read `reason`: a refused secret, a deleted conversation or an address that is gone are mended in jobtrail.yaml or its secret.',
    'Look at the alert that was not told: `jobtrail alerts show EPISODE`.',
    'The channel is tried again with the next occurrence, an hour after it failed at the earliest.',
  ],
} as const;

/** Undefined for an episode that is itself about a failed channel. */
export function undeliveredFinding(
  episode: Episode,
  channel: string,
  reason: string,
  now: string,
): Finding | undefined {
  if (episode.rule === UNDELIVERED) return undefined;
  const { finding } = episode;
  return {
    // One for each episode and channel: a try that is repeated finds the same.
    id: hash('sha256', JSON.stringify([UNDELIVERED, channel, deliveryOwner(episode)]), 'hex'),
    rule: UNDELIVERED,
    version: 1,
    key: channel,
    severity: 'high',
    verdict: 'violation',
    title: 'An alert could not be delivered',
    summary: `The channel ${channel} did not take an alert of ${episode.rule}, and it is not tried again.`,
    evidence: [
      ['channel', channel],
      ['reason', reason],
      ['rule', episode.rule],
      ['key', episode.key],
      ['severity', episode.severity],
      ['episode', deliveryOwner(episode)],
    ],
    events: finding.events,
    time: now,
    actor: undefined,
    actingFor: [],
    job: finding.job,
    environment: finding.environment,
    bundle: finding.bundle,
  };
}
