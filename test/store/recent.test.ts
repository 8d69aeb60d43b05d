/** What was written of late is not written again, except where it is the first of its kind: on that verdicts hang. */
import { expect, it } from 'vitest';
import { createRecent } from '../../shared/store/recent.ts';
import type { SeenRow } from '../../shared/store/store.ts';

const seen = (bucket: string, first?: { readonly kind: string; readonly time: string }): SeenRow => ({
  table: 'Sightings',
  row: { Family: 'work', Subject: 'job', Bucket: bucket, EventId: 'e' },
  ...(first === undefined ? undefined : { first }),
});

it('knows what was written, by its key', () => {
  const recent = createRecent();
  expect(recent.has(seen('2026-11-18'))).toBe(false);
  recent.add(seen('2026-11-18'));
  expect(recent.has(seen('2026-11-18'))).toBe(true);
  expect(recent.has(seen('2026-11-19'))).toBe(false);
});

it('does not know an earlier one, nor one of another kind', () => {
  const recent = createRecent();
  recent.add(seen('2026-11-18', { kind: 'line', time: '10:00' }));
  expect(recent.has(seen('2026-11-18', { kind: 'line', time: '10:00' }))).toBe(true);
  expect(recent.has(seen('2026-11-18', { kind: 'line', time: '10:01' }))).toBe(true);
  expect(recent.has(seen('2026-11-18', { kind: 'line', time: '09:59' }))).toBe(false);
  expect(recent.has(seen('2026-11-18', { kind: 'list', time: '10:01' }))).toBe(false);
  recent.add(seen('2026-11-18', { kind: 'line', time: '09:59' }));
  expect(recent.has(seen('2026-11-18', { kind: 'line', time: '09:59' }))).toBe(true);
});

it('remembers the first of a batch, in whatever order it is added', () => {
  const recent = createRecent();
  for (const time of ['10:00', '09:59', '10:05']) recent.add(seen('2026-11-18', { kind: 'line', time }));
  expect(recent.has(seen('2026-11-18', { kind: 'line', time: '10:02' }))).toBe(true);
  expect(recent.has(seen('2026-11-18', { kind: 'line', time: '09:58' }))).toBe(false);
});

it('forgets the oldest when it is too much, and never the last ones', () => {
  const recent = createRecent(2);
  for (const day of ['01', '02', '03', '04', '05']) recent.add(seen(`2026-11-${day}`));
  expect(recent.has(seen('2026-11-01'))).toBe(false);
  for (const day of ['03', '04', '05']) expect(recent.has(seen(`2026-11-${day}`))).toBe(true);
});
