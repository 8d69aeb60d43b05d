import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { createLogChannel } from '../../../shared/alerts/log/index.ts';
import { renderEntry } from '../../../shared/alerts/log/message.ts';
import { arbitraryNotice } from '../arbitrary.ts';
import { ACKNOWLEDGED, ENORMOUS, HOSTILE, OPEN, RESOLVED } from '../notices.ts';

describe('log', () => {
  it('writes one line, whatever is in it', async () => {
    const lines: string[] = [];
    const channel = createLogChannel({ name: 'log', write: (line) => void lines.push(line) });
    for (const notice of [OPEN, HOSTILE, ENORMOUS]) {
      expect(await channel.send(notice, undefined)).toEqual({ kind: 'sent', ref: undefined });
    }
    expect(lines).toHaveLength(3);
    for (const line of lines) {
      expect(line).not.toMatch(/[\n\r]/);
      // Cloud Logging takes 256 KB an entry.
      expect(Buffer.byteLength(line)).toBeLessThan(250_000);
    }
  });

  it('lets no value become a field that Cloud Logging reads', () => {
    fc.assert(
      fc.property(arbitraryNotice, (notice) => {
        const entry = renderEntry(notice, false);
        expect(Object.keys(entry)).toEqual(['severity', 'message', 'logging.googleapis.com/labels', 'alert']);
        expect(entry['message']).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      }),
    );
  });

  it('has the severity of the alert until it is resolved', () => {
    const severities = [OPEN, ACKNOWLEDGED, RESOLVED, HOSTILE, { ...OPEN, severity: 'low' } as const];
    expect(severities.map((notice) => renderEntry(notice, false)['severity'])).toEqual([
      'ERROR',
      'ERROR',
      'NOTICE',
      'CRITICAL',
      'NOTICE',
    ]);
  });

  it('renders', async () => {
    const text = JSON.stringify(
      [OPEN, HOSTILE].map((notice) => renderEntry(notice, false)),
      null,
      2,
    );
    await expect(text).toMatchFileSnapshot('messages.golden.json');
  });

  it('is tried again where the line cannot be written', async () => {
    const channel = createLogChannel({
      name: 'log',
      write: () => {
        throw new Error('EPIPE');
      },
    });
    expect(await channel.send(OPEN, undefined)).toMatchObject({ kind: 'retry' });
  });
});
