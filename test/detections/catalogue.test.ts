/** What every detection of the catalogue must have. `UPDATE_VERSIONS=1` writes test/detections/versions.json anew. */
import { globSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DETECTIONS } from '../../shared/detections/index.ts';
import { ACTIONS } from '../../shared/model/event.ts';
import { SOURCES } from '../../shared/sources/index.ts';
import { CALLERS_OWN, duplicates, NUMBERS } from '../support/rule-text.ts';
import { itIsWellTold } from '../support/well-told.ts';
import { casesOf, findingsOf } from './cases.ts';
import { currentVersions, recordedVersions, recordVersions, sourceOf, SOURCES_FOLDER } from './versions.ts';

describe('the catalogue', () => {
  it('lists every file that defines a detection, under the name of its id', () => {
    const files = globSync('*.ts', { cwd: SOURCES_FOLDER }).map((file) => basename(file, '.ts'));
    const defining = files.filter((name) => /=\s*define(?:Change)?Detection\(/.test(sourceOf(name)));
    expect(DETECTIONS.map(({ id }) => id).toSorted()).toEqual(defining.toSorted());
  });

  it('says nothing twice', () => {
    expect(duplicates(DETECTIONS.map(({ id }) => id))).toEqual([]);
    expect(duplicates(DETECTIONS.flatMap(({ number }) => number ?? []))).toEqual([]);
    expect(duplicates(DETECTIONS.map(({ title }) => title.toLowerCase()))).toEqual([]);
    expect(duplicates(DETECTIONS.map(({ why }) => why.toLowerCase()))).toEqual([]);
    expect(duplicates(DETECTIONS.map(({ runbook }) => runbook.join('\n')))).toEqual([]);
  });

  it('has the versions that are recorded: a changed file is a changed detection until somebody says otherwise', () => {
    const current = currentVersions(DETECTIONS);
    const before = recordedVersions();
    const lowered = Object.entries(current).filter(
      ([id, { version }]) => version < (before[id]?.version ?? 0),
    );
    expect(lowered, 'a version is never lowered').toEqual([]);
    if (process.env['UPDATE_VERSIONS'] === '1') recordVersions(current);
    expect(
      current,
      'raise `version` where the same event would be found differently, then UPDATE_VERSIONS=1',
    ).toEqual(recordedVersions());
  });
});

describe.each(DETECTIONS)('$id', (detection) => {
  const { id, number, version, evidence, sources, on } = detection;

  it('has a stable name', () => {
    expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(id.length).toBeLessThanOrEqual(64);
    expect(id.startsWith('own-')).toBe(false);
    expect(version).toBeGreaterThanOrEqual(1);
    const numbered = Object.entries(NUMBERS).find(([, name]) => name === id)?.[0];
    expect(number).toBe(numbered);
  });

  itIsWellTold(detection);

  it('reads actions and sources that there are', () => {
    const names = new Set<string>(SOURCES.map(({ name }) => name));
    expect(on).not.toEqual([]);
    expect(duplicates(on)).toEqual([]);
    expect(on.filter((action) => !ACTIONS.includes(action))).toEqual([]);
    expect(sources).not.toEqual([]);
    expect(sources.filter((name) => !names.has(name))).toEqual([]);
  });

  it('shows each evidence field in one of its cases', () => {
    const shown = new Set(
      casesOf(id)
        .flatMap((one) => findingsOf(detection, one).flatMap((finding) => finding.evidence))
        .map(([label]) => label),
    );
    expect(duplicates(evidence)).toEqual([]);
    expect(evidence.filter((label) => !shown.has(label))).toEqual([]);
  });

  it('does not look at what the caller says of itself', () => {
    expect(sourceOf(id)).not.toMatch(CALLERS_OWN);
  });
});

it('would notice a detection that looks at the user agent', () => {
  expect("textOf(claims, 'callerSuppliedUserAgent')").toMatch(CALLERS_OWN);
  expect('event.claims.userAgent').toMatch(CALLERS_OWN);
  expect('The recipe excludes by user agent, which').not.toMatch(CALLERS_OWN);
});
