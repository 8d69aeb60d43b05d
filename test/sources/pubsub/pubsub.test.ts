import { describe, expect, it } from 'vitest';
import type { LogEntry } from '../../../schemas/log-entry.ts';
import type { AuditEventDraft } from '../../../shared/model/event.ts';
import { pubsub } from '../../../shared/sources/pubsub/index.ts';
import { constructedEntries, eventOf, throwsNothing } from '../../support/constructed.ts';

const all = constructedEntries('pubsub');
const SUBSCRIPTION = 'projects/p/subscriptions/s';

function call(
  name: string,
  request: Readonly<Record<string, unknown>>,
  more: object = {},
): AuditEventDraft | undefined {
  const entry: LogEntry = {
    timestamp: '2026-05-04T09:00:00.123456789Z',
    protoPayload: {
      serviceName: 'pubsub.googleapis.com',
      methodName: `google.pubsub.v1.Subscriber.${name}`,
      resourceName: SUBSCRIPTION,
      request,
      ...more,
    },
  };
  return eventOf(pubsub, entry);
}

describe('coverage', () => {
  it.each(pubsub.methods)('%s has a constructed sample', (method) => {
    expect(all.some((entry) => entry.protoPayload?.methodName === method)).toBe(true);
  });
});

describe('Seek', () => {
  it.each([
    [{ time: '2026-05-04T08:59:59Z' }, 'data.read'],
    [{ time: '2026-05-04T09:00:01Z' }, 'data.delete'],
    [{ time: '2099-01-01T00:00:00Z' }, 'data.delete'],
    [{ time: 'tomorrow' }, 'data.read'],
    [{ snapshot: 'projects/p/snapshots/x' }, 'data.read'],
    [{}, 'data.read'],
  ])('%j is %s', (request, action) => {
    expect(call('Seek', request)?.action).toBe(action);
  });
});

describe('who gets the messages', () => {
  it.each([
    ['push_config', 'data.share'],
    ['pushConfig.pushEndpoint', 'data.share'],
    [{ paths: ['ack_deadline_seconds', 'bigquery_config'] }, 'data.share'],
    ['ack_deadline_seconds', 'schema.change'],
    [undefined, 'schema.change'],
  ])('an update of %j is %s', (updateMask, action) => {
    expect(call('UpdateSubscription', { updateMask, subscription: {} })?.action).toBe(action);
  });

  it('is told by the host alone of an endpoint', () => {
    expect(JSON.stringify(all)).toContain('s3cr3t');
    const shown = JSON.stringify(all.map((entry) => pubsub.normalise(entry)));
    expect(shown).not.toContain('s3cr3t');
    expect(shown).toContain('receiver.stranger.example');
  });

  it('is not told where the call was refused', () => {
    expect(call('DeleteSubscription', {}, { status: { code: 7 } })).not.toHaveProperty('datasets');
  });
});

describe('hostile input', () => {
  it('never throws, whatever stands where a field is read', () => {
    expect(() => throwsNothing(pubsub, all)).not.toThrow();
  });
});
