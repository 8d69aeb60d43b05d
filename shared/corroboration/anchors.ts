/** What is recorded as what rules are asked about. */
import { hash } from 'node:crypto';
import type { Sighting } from './facts.ts';
import { memo } from './memo.ts';
import type { Anchor } from './rule.ts';

/** A sighting as an anchor: its time is the beginning of its bucket, its id says which bucket. */
export const anchorOfSighting = memo((sighting: Sighting): Anchor => {
  const { family, subject, bucket } = sighting;
  return {
    kind: 'sighting',
    id: hash('sha256', JSON.stringify([family, subject, bucket]), 'hex'),
    time: startOf(bucket),
    sighting,
  };
});

/** `2026-11-18` → midnight; `2026-11-18T10:2|…` → 10:20. */
function startOf(bucket: string): string {
  const time = bucket.split('|', 1)[0] ?? '';
  return time.length <= 10 ? `${time}T00:00:00.000000000Z` : `${time}0:00.000000000Z`;
}
