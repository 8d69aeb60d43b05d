import { describe, expect, it } from 'vitest';
import type { DayMessage } from '../../../cli/day/day.ts';
import { playDay } from '../../../cli/run/play-day.ts';

const DATE = '2026-11-18';
const message = (id: string, time: string): DayMessage => ({
  subscription: 'dataproc',
  data: id,
  attributes: {},
  messageId: id,
  publishTime: `${time}Z`,
  category: 'ordinary',
});

async function played(messages: readonly DayMessage[]): Promise<readonly string[]> {
  const told: string[] = [];
  await playDay({
    messages,
    date: DATE,
    push: (segment) => {
      told.push(`push ${segment.map(({ messageId }) => messageId).join(' ')}`);
      return Promise.resolve();
    },
    poll: () => {
      told.push('poll');
      return Promise.resolve(7);
    },
    minutes: {
      run: (at) => {
        told.push(at.toISOString().slice(0, 16));
        return Promise.resolve({
          taken: 0,
          verdicts: 0,
          findings: [],
          resolved: 0,
          waiting: new Map(),
          unfinished: false,
          healths: [],
          held: new Map(),
        });
      },
    },
  });
  return told;
}

/** What was done right before the look at an instant. */
const before = (told: readonly string[], at: string): string | undefined => told[told.indexOf(at) - 1];

describe('a day is played', () => {
  it('looks every ten minutes at what was published until then', async () => {
    const told = await played([
      message('eve', '2026-11-17T23:55:00'),
      message('a', `${DATE}T10:00:00`),
      message('b', `${DATE}T10:09:59`),
      message('c', `${DATE}T10:10:01`),
    ]);
    expect(told.slice(0, 2)).toEqual(['push eve', `${DATE}T00:00`]);
    expect(before(told, `${DATE}T10:00`)).toBe('push a');
    expect(before(told, `${DATE}T10:10`)).toBe('push b');
    expect(before(told, `${DATE}T10:20`)).toBe('push c');
    expect(before(told, `${DATE}T10:30`)).toBe(`${DATE}T10:20`);
  });

  it('delivers again what is delivered again when it comes, whatever its time', async () => {
    const told = await played([
      message('a', `${DATE}T10:00:00`),
      message('b', `${DATE}T11:00:00`),
      message('a', `${DATE}T10:00:00`),
    ]);
    expect(before(told, `${DATE}T11:00`)).toBe('push b a');
  });

  it('asks the engines when the day is over, and looks until what is late is there', async () => {
    const told = await played([
      message('late', '2026-11-19T01:29:00'),
      message('later', '2026-11-19T09:00:00'),
    ]);
    expect(before(told, '2026-11-19T00:00')).toBe('poll');
    expect(told.at(-1)).toBe('2026-11-19T01:30');
    expect(told.at(-2)).toBe('push late later');
  });
});
