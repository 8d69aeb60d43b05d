import { describe, expect, it } from 'vitest';
import { LogEntry } from '../../../schemas/log-entry.ts';
import { logging } from '../../../shared/sources/logging/index.ts';
import { constructed, eventOf, eventsOf } from '../../support/audit-samples.ts';
import { throwsNothing } from '../../support/constructed.ts';
import { sampleLines } from '../../support/samples.ts';

const all = constructed('logging');
const call = (method: string, payload: Record<string, unknown> = {}): LogEntry =>
  LogEntry.parse({
    logName: 'projects/p/logs/cloudaudit.googleapis.com%2Factivity',
    protoPayload: {
      serviceName: 'logging.googleapis.com',
      methodName: `google.logging.v2.ConfigServiceV2.${method}`,
      ...payload,
    },
  });

describe('a sink', () => {
  it('is told as it is after the change, where the response has it', () => {
    const event = eventOf(
      logging,
      call('UpdateSink', {
        request: { sinkName: 'projects/p/sinks/s', sink: { filter: 'narrow' }, updateMask: 'filter' },
        response: { name: 's', filter: 'narrow', destination: 'd', disabled: true },
      }),
    );
    expect(event).toMatchObject({
      action: 'log.change',
      claims: { sink: 's', filter: 'narrow', destination: 'd', disabled: true, updateMask: 'filter' },
    });
  });

  it('tells every exclusion with its filter, and that one samples', () => {
    const exclusions = [
      { name: 'a', filter: 'sample(insertId, 0.5)' },
      { name: 'b', filter: 'x', disabled: true },
    ];
    const { claims } = eventOf(logging, call('CreateSink', { request: { sink: { name: 's', exclusions } } }));
    expect(claims).toMatchObject({ exclusions: 2, sampled: true });
    expect(JSON.parse(String(claims?.['exclusionFilters']))).toEqual([
      ['a', 'sample(insertId, 0.5)'],
      ['b', 'x', 'disabled'],
    ]);
  });

  it('that has no exclusions left tells so', () => {
    const { claims } = eventOf(
      logging,
      call('UpdateSink', { request: { sink: { name: 's', exclusions: [] } } }),
    );
    expect(claims?.['exclusions']).toBe(0);
  });
});

describe('volume', () => {
  const write = (status?: unknown): LogEntry =>
    call('x', { methodName: 'google.logging.v2.LoggingServiceV2.WriteLogEntries', status });

  it('leaves out entries about the writing of entries, and keeps a refused one', () => {
    expect(logging.normalise(write())).toEqual({ kind: 'filtered', rule: 'logging-write' });
    expect(eventOf(logging, write({ code: 7 })).outcome).toBe('denied');
  });
});

describe('constructed samples', () => {
  it('are marked, and hold every method but deliberate gaps', () => {
    expect(all.every((entry) => entry.labels?.['jobtrail.example/constructed'] === 'true')).toBe(true);
    const refused = eventsOf(logging).filter(({ outcome }) => outcome !== 'allowed');
    expect(new Set(refused.map(({ action }) => action))).toEqual(
      new Set(['log.change', 'data.read', 'data.share', 'metadata.read', 'telemetry.write']),
    );
  });

  it('count a method that no table knows', () => {
    expect(logging.normalise(call('ReverseSink'))).toMatchObject({
      unknownMethod: 'google.logging.v2.ConfigServiceV2.ReverseSink',
      event: { action: 'unclassified' },
    });
  });
});

describe('any entry', () => {
  it('never throws, whatever stands where a field is read', () => {
    expect(() => throwsNothing(logging, all)).not.toThrow();
  });
});

describe('entries by others', () => {
  const owned = sampleLines('logging-config')
    .flatMap(({ lines }) => lines.map((line) => LogEntry.parse(JSON.parse(line))))
    .filter((entry) => logging.owns(entry));

  it.skipIf(owned.length === 0)('are changes of sinks and exclusions, and one list', () => {
    expect(owned.map((entry) => eventOf(logging, entry).action)).toEqual([
      'log.change',
      'log.change',
      'log.change',
      'log.change',
      'metadata.read',
    ]);
    expect(eventOf(logging, owned[2] ?? call('x')).claims).toMatchObject({
      sink: 'log-sink',
      exclusionFilters: `[["excludek8s","protoPayload.serviceName = 'k8s.io"]]`,
    });
  });
});
