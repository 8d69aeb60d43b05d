/** Records published by others, each with what it must come to. */
import { describe, expect, it } from 'vitest';
import { LogEntry } from '../../../schemas/log-entry.ts';
import type { Normalised } from '../../../shared/model/event.ts';
import { istio } from '../../../shared/sources/istio/index.ts';
import { isObject } from '../../../shared/sources/fields.ts';
import { haveSamples, sampleLines } from '../../support/samples.ts';

const lines = new Map(sampleLines('istio').map(({ file, lines: all }) => [file, all]));
const ofFile = (name: string): readonly string[] => lines.get(`istio/${name}`) ?? [];

/** What a reader asks first: outcome, method, status, caller, flags. */
function gist(result: Normalised): unknown {
  if (result.kind !== 'event') return result.kind;
  const { outcome, method, status, identity, claims } = result.event;
  const caller = identity.caller?.kind === 'spiffe' ? identity.caller.uri : identity.absent;
  return [outcome, method, status, caller, claims?.['responseFlags']];
}

function adopted(record: Parameters<NonNullable<typeof istio.adopt>>[0]): LogEntry {
  const entry = istio.adopt?.(record);
  if (entry === undefined) throw new Error('not adopted');
  expect(istio.owns(entry)).toBe(true);
  expect(entry.timestamp).toMatch(/^2\d{3}-/);
  return entry;
}

describe.runIf(haveSamples)('published samples', () => {
  it('khi-envoy-text.log', () => {
    expect(
      ofFile('khi-envoy-text.log').map((line) => gist(istio.normalise(adopted({ kind: 'text', line })))),
    ).toEqual([
      ['failed', 'HEAD', 502, 'not-recorded', undefined],
      ['failed', 'GET', 503, 'not-recorded', 'UF'],
      ['allowed', 'GET', 200, 'not-recorded', undefined],
      ['failed', 'POST', 404, 'not-recorded', 'NR'],
      ['failed', 'GET', 503, 'not-recorded', 'UF'],
      ['failed', 'GET', 503, 'not-recorded', 'UH,URX'],
    ]);
  });

  it('elastic-istio-json-access.ndjson', () => {
    const results = ofFile('elastic-istio-json-access.ndjson').map((text) => {
      const value: unknown = JSON.parse(text);
      return isObject(value) ? gist(istio.normalise(adopted({ kind: 'json', value }))) : value;
    });
    expect(results).toEqual([
      ['allowed', 'GET', 200, 'not-recorded', undefined],
      ['allowed', 'GET', 200, 'not-recorded', undefined],
      ['failed', '-', 400, 'not-recorded', 'DPE'],
    ]);
  });

  it('istio-proxy-writelogentries.ndjson, as Logging stores it', () => {
    const results = ofFile('istio-proxy-writelogentries.ndjson').map((text) => {
      const { entries, labels, ...batch } = JSON.parse(text) as {
        entries: [{ labels: object }];
        labels: object;
      };
      const [own] = entries;
      return gist(
        istio.normalise(LogEntry.parse({ ...batch, ...own, labels: { ...labels, ...own.labels } })),
      );
    });
    expect(results).toEqual([
      ['allowed', 'GET', 200, 'source_principal', undefined],
      ['allowed', 'GET', 200, 'source_principal', undefined],
      ['failed', 'GET', 404, 'source_principal', undefined],
    ]);
  });

  it('khi-csm-fragments.ndjson: what no field tells is left open', () => {
    const entries = ofFile('khi-csm-fragments.ndjson').map((text) => LogEntry.parse(JSON.parse(text)));
    expect(entries.every((entry) => istio.owns(entry))).toBe(true);
    expect(entries.map((entry) => gist(istio.normalise(entry)))).toEqual([
      ['failed', '-', undefined, 'not-recorded', 'UH'],
      ['unknown', '-', undefined, 'not-recorded', undefined],
      ['failed', '-', undefined, 'not-recorded', 'UH,URX'],
      ['unknown', '-', undefined, 'not-recorded', undefined],
    ]);
  });
});
