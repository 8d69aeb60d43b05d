import { describe, expect, it } from 'vitest';
import type { Category } from '../../../cli/day/day.ts';
import type { LogEntry } from '../../../schemas/log-entry.ts';
import { DATE, day, entries } from './told.ts';

describe('time', () => {
  it('never receives before it happened nor publishes before it was received', () => {
    for (const { message, entry } of entries) {
      const [happened = '', received = ''] = [entry.timestamp, entry.receiveTimestamp];
      expect(happened < received).toBe(true);
      expect(Date.parse(received)).toBeLessThanOrEqual(Date.parse(message.publishTime) + 1);
    }
  });

  it('keeps the events inside the day, but for its clusters of the evening before and the canaries after it', () => {
    const midnight = Date.parse(`${DATE}T00:00:00Z`);
    const outside = entries.filter(({ entry }) => entry.timestamp?.slice(0, 10) !== DATE);
    const minutes = (entry: LogEntry): number => (Date.parse(entry.timestamp ?? '') - midnight) / 60_000;
    const before = outside.filter(({ entry }) => minutes(entry) < 0);
    expect(Math.min(...before.map(({ entry }) => minutes(entry)))).toBeGreaterThan(-10);
    expect(before.every(({ entry }) => JSON.stringify(entry).includes('luster'))).toBe(true);
    const after = outside.filter(({ entry }) => minutes(entry) >= 0);
    expect(after.every(({ message }) => ['canary', 'redelivered'].includes(message.category))).toBe(true);
    expect(after.every(({ entry }) => JSON.stringify(entry).includes('jobtrail'))).toBe(true);
    expect(Math.max(...after.map(({ entry }) => minutes(entry)))).toBeLessThan(25.6 * 60);
  });

  it('receives late entries hours after the others', () => {
    const delays = (category: Category): number[] =>
      entries
        .filter(({ message }) => message.category === category)
        .map(({ entry }) => Date.parse(entry.receiveTimestamp ?? '') - Date.parse(entry.timestamp ?? ''));
    expect(Math.min(...delays('late'))).toBeGreaterThan(7_000_000);
    // The one record of the gateway that was forty minutes under way.
    expect(delays('ordinary').filter((delay) => delay > 10_000)).toEqual([40 * 60_000]);
  });

  it('delivers roughly in order of publishing, and not exactly', () => {
    const firsts = day.filter(({ category }) => category !== 'redelivered');
    let behind = 0;
    for (let i = 1; i < firsts.length; i += 1) {
      const step = Date.parse(firsts[i]?.publishTime ?? '') - Date.parse(firsts[i - 1]?.publishTime ?? '');
      expect(step).toBeGreaterThan(-5000);
      if (step < 0) behind += 1;
    }
    expect(behind).toBeGreaterThan(10);
    expect(behind).toBeLessThan(firsts.length / 2);
  });
});

describe('duplicates', () => {
  const originals = day.filter(({ category }) => category !== 'redelivered' && category !== 'second-sink');
  it('redelivers a message whole, under its own id', () => {
    const byId = new Map(originals.map((message) => [message.messageId, message]));
    for (const again of day.filter(({ category }) => category === 'redelivered')) {
      const { category: _, ...rest } = again;
      expect({ ...byId.get(again.messageId), category: undefined }).toEqual({ ...rest, category: undefined });
    }
    expect(byId.size).toBe(originals.length);
  });

  it('publishes an entry by a second sink under another id', () => {
    const ids = new Set(originals.map(({ messageId }) => messageId));
    const texts = new Set(originals.map(({ data }) => data));
    for (const copy of day.filter(({ category }) => category === 'second-sink')) {
      expect(texts.has(copy.data)).toBe(true);
      expect(ids.has(copy.messageId)).toBe(false);
    }
  });
});
