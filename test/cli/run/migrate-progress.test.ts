import { expect, it } from 'vitest';
import { createChangeProgress } from '../../../cli/run/migrate-progress.ts';
import type { Change } from '../../../shared/store/spanner/migrate-changes.ts';

const CHANGE: Change = {
  statements: ['CREATE TABLE A (\n  Id INT64,\n) PRIMARY KEY (Id)', 'CREATE INDEX AById ON A (Id)'],
  applied: 1,
  percent: 41,
  throttled: false,
};

it('is told after three seconds, then every ten, and from the beginning for another statement', () => {
  let at = 0;
  const lines: string[] = [];
  const { show } = createChangeProgress(
    (line) => lines.push(line),
    () => at,
  );
  const look = (seconds: number, change: Partial<Change> = {}): void => {
    at = seconds * 1000;
    show({ ...CHANGE, ...change });
  };
  for (const seconds of [0, 1, 2.9, 3, 4, 12.9, 13, 4000]) look(seconds);
  look(4001, { applied: 0, percent: undefined });
  look(4004, { applied: 0, percent: undefined, throttled: true });
  look(4020, { statements: [], applied: 0 });
  look(4023, { statements: [], applied: 0, percent: 7 });
  const index = 'CREATE INDEX AById ON A (Id) (statement 2 of 2): 41 % after';
  expect(lines).toEqual([
    `${index} 3 s\n`,
    `${index} 13 s\n`,
    `${index} 1 h 06 min\n`,
    'CREATE TABLE A (statement 1 of 2): after 3 s, held back until the instance has room\n',
    'a change of the schema: 7 % after 3 s\n',
  ]);
});

it('prints nothing that a statement of somebody else could do to a terminal', () => {
  let at = 0;
  let line = '';
  const { show } = createChangeProgress(
    (text) => (line += text),
    () => at,
  );
  const hostile = { ...CHANGE, statements: ['CREATE TABLE \u001b[2Jx\u202e (Id INT64)'], applied: 0 };
  show(hostile);
  at = 5000;
  show(hostile);
  for (const character of ['\u001b', '\u202e']) expect(line).not.toContain(character);
  expect(line).toContain('41 %');
});
