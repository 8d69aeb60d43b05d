/**
 * Walks every detection through its cases. `UPDATE_GOLDEN=1` writes anew what findings tell; read the difference, since
 * people are woken by these words.
 */
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DETECTIONS } from '../../shared/detections/index.ts';
import { casesOf, expectedOf, findingsOf, goldenOf, judged, writeGolden } from './cases.ts';

describe.each(DETECTIONS)('$id', (detection) => {
  const cases = casesOf(detection.id);
  if (process.env['UPDATE_GOLDEN'] === '1') writeGolden(detection, cases);
  const golden = goldenOf(detection.id);

  it('has at least two cases that fire and two near misses that stay quiet', () => {
    expect(cases.filter(({ kind }) => kind === 'fires').length).toBeGreaterThanOrEqual(2);
    expect(cases.filter(({ kind }) => kind === 'quiet').length).toBeGreaterThanOrEqual(2);
    expect(Object.keys(golden)).toEqual(cases.filter(({ kind }) => kind === 'fires').map(({ name }) => name));
  });

  it.each(cases)('$name: $note', (one) => {
    const findings = findingsOf(detection, one);
    expect(judged(findings)).toEqual(expectedOf(detection, one, golden));
    expect(one.found.length > 0).toBe(one.kind === 'fires');
    for (const finding of findings) {
      for (const [label] of finding.evidence) expect(detection.evidence).toContain(label);
    }
  });
});

it('has no cases of a detection that is none', () => {
  const folders = readdirSync(import.meta.dirname, { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  // Own rules have their cases in their own files; what detections share is asked directly.
  const ids = new Set([...DETECTIONS.map(({ id }) => id), 'own', 'shared']);
  expect(folders.map(({ name }) => name).filter((name) => !ids.has(name))).toEqual([]);
});
