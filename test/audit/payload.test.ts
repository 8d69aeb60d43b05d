import { describe, expect, it } from 'vitest';
import {
  auditOutcome,
  callerIp,
  currentLocation,
  lastSegment,
  operationOf,
  segmentAfter,
} from '../../shared/audit/payload.ts';
import { LogEntry } from '../../schemas/log-entry.ts';

describe('auditOutcome', () => {
  it.each([
    [{}, { outcome: 'allowed' }],
    [{ status: {} }, { outcome: 'allowed' }],
    [{ status: { code: 0 } }, { outcome: 'allowed', status: 0 }],
    [{ status: { message: 'fine' } }, { outcome: 'allowed' }],
    [{ status: { code: 7 } }, { outcome: 'denied', status: 7 }],
    [{ status: { code: 16 } }, { outcome: 'denied', status: 16 }],
    [{ status: { code: 5 } }, { outcome: 'failed', status: 5 }],
    [{ authorizationInfo: [{ permission: 'x' }] }, { outcome: 'allowed' }],
  ])('%j is %j', (payload, outcome) => {
    expect(auditOutcome(payload)).toEqual(outcome);
  });
});

describe('operationOf', () => {
  it.each([
    [{ id: 'o', first: true }, 'first'],
    [{ id: 'o', last: true }, 'last'],
    [{ id: 'o', first: true, last: true }, 'only'],
    [{ id: 'o' }, 'only'],
  ])('%j is the %s entry', (operation, phase) => {
    expect(operationOf({ operation })).toEqual({ id: 'o', phase });
  });

  it.each([{}, { operation: {} }, { operation: { id: '' } }])('%j belongs to none', (entry) => {
    expect(operationOf(entry)).toBeUndefined();
  });
});

describe('names', () => {
  it('takes segments by their collection', () => {
    const name = 'projects/p/regions/r/jobs/j';
    expect(segmentAfter(name, 'jobs')).toBe('j');
    expect(segmentAfter(name, 'projects')).toBe('p');
    expect(segmentAfter(name, 'obs')).toBeUndefined();
    expect(segmentAfter('projects/p/regions/r/jobs/', 'jobs')).toBeUndefined();
    expect(segmentAfter(undefined, 'jobs')).toBeUndefined();
    expect(lastSegment('a.b.C', '.')).toBe('C');
    expect(lastSegment('a/')).toBeUndefined();
  });

  it('reads fields of the wrong type as absent', () => {
    const entry = LogEntry.parse({
      protoPayload: { requestMetadata: '...', resourceLocation: { currentLocations: 'x' } },
    });
    expect(callerIp(entry.protoPayload ?? {})).toBeUndefined();
    expect(currentLocation(entry.protoPayload ?? {})).toBeUndefined();
  });
});
