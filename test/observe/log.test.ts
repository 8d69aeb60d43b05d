import { describe, expect, it } from 'vitest';
import { createLogger, traceField } from '../../shared/observe/log.ts';

describe('structured log', () => {
  it('writes one JSON line whatever the values hold', () => {
    const lines: string[] = [];
    createLogger((line) => lines.push(line), { function: 'istio' })
      .with({ trace: 't' })
      .log('WARNING', 'quarantined', { reason: 'a"b\n{"severity":"INFO"}', gone: undefined });
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toContain('\n');
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      severity: 'WARNING',
      message: 'quarantined',
      function: 'istio',
      trace: 't',
      reason: 'a"b\n{"severity":"INFO"}',
    });
  });

  it('bounds a value', () => {
    const lines: string[] = [];
    createLogger((line) => lines.push(line)).log('INFO', 'm', { long: 'x'.repeat(100_000) });
    expect((lines[0] ?? '').length).toBeLessThan(2_200);
  });

  it('takes a trace id only in its grammar', () => {
    const id = '4bf92f3577b34da6a3ce929d0e0e4736';
    expect(traceField('p', `00-${id}-00f067aa0ba902b7-01`, undefined)).toBe(`projects/p/traces/${id}`);
    expect(traceField('p', undefined, `${id}/123;o=1`)).toBe(`projects/p/traces/${id}`);
    expect(traceField('p', '00-../../x-0-0', undefined)).toBeUndefined();
    expect(traceField(undefined, `00-${id}-00f067aa0ba902b7-01`, undefined)).toBeUndefined();
  });
});
