import { describe, expect, it } from 'vitest';
import { matches } from '../../shared/sink-filter/filter.ts';
import { probesOf } from '../../shared/sink-filter/probes.ts';
import { routedBy } from '../../shared/sink-filter/routing.ts';
import { ROUTED_SOURCES } from '../../shared/sink-filter/sources.ts';
import { FILTERS, filterText, OWN_ENTRIES, ownEntriesText, PIPELINE } from './files.ts';
import { NOT_OWN } from './not-own-entries.ts';
import { OWN } from './own-entries.ts';

const takers = (entry: (typeof OWN)[number]['entry']): readonly string[] =>
  [...FILTERS].filter(([, filter]) => matches(filter, entry) === true).map(([source]) => source);

describe('what the pipeline itself causes', () => {
  const taken = OWN.filter(({ takenBy }) => takenBy !== undefined);
  const left = OWN.filter(({ takenBy }) => takenBy === undefined);

  it.each(taken)('comes to $takenBy without the exclusion, and not with it: $name', ({ entry, takenBy }) => {
    expect(takers(entry)).toContain(takenBy);
    expect(matches(OWN_ENTRIES, entry)).toBe(true);
  });

  it.each(left)('is in no filter: $name', ({ entry }) => {
    expect(takers(entry)).toEqual([]);
  });

  it('would come back to nearly every source', () => {
    expect(new Set(OWN.flatMap(({ takenBy }) => takenBy ?? [])).size).toBeGreaterThanOrEqual(8);
  });
});

describe('what only looks like it', () => {
  it.each(NOT_OWN)('is seen: $name', ({ entry, of }) => {
    expect(takers(entry)).toContain(of);
    expect(matches(OWN_ENTRIES, entry)).toBe(false);
  });

  it.each(ROUTED_SOURCES)('is seen: every probe of %s, in the pipeline’s project too', (source) => {
    for (const project of [undefined, PIPELINE]) {
      const probes = probesOf(source, project);
      const sink = { filter: filterText(`${source}.txt`), exclusions: [ownEntriesText()] };
      expect(routedBy(sink, probes)).toEqual({
        passing: probes.map(({ name }) => name),
        lost: [],
        unsure: [],
      });
    }
  });
});

describe('a sink', () => {
  const probes = probesOf('spanner');
  const names = probes.map(({ name }) => name);

  it('that is empty takes everything', () => {
    expect(routedBy({ filter: '', exclusions: [] }, probes).passing).toEqual(names);
  });

  it('by methods loses those that nobody knows', () => {
    const filter = 'protoPayload.methodName=~"^google\\.spanner\\." OR log_id("jobtrail-canary-spanner")';
    expect(routedBy({ filter, exclusions: [] }, probes).lost).toEqual(
      names.filter((name) => !name.startsWith('canary')),
    );
  });

  it.each([
    'protoPayload.requestMetadata:*',
    'protoPayload.requestMetadata.callerIp:"."',
    'protoPayload.authenticationInfo.principalEmail!="nobody@example.com"',
    'insertId=~"."',
    'protoPayload.status:*',
  ])('that excludes by what every entry has loses all: %s', (exclusion) => {
    const { lost } = routedBy({ filter: '', exclusions: [exclusion] }, probes);
    expect(lost).toEqual(expect.arrayContaining(names.filter((name) => !name.startsWith('canary'))));
  });

  it('without canaries loses the canary', () => {
    const filter = 'protoPayload.serviceName="spanner.googleapis.com"';
    expect(routedBy({ filter, exclusions: [] }, probes).lost).toEqual(['canary of spanner']);
  });

  it('loses what an exclusion takes, and what nobody can tell is said', () => {
    const exclusions = [
      'log_id("cloudaudit.googleapis.com/policy")',
      'sample(insertId, 0.5) AND severity=INFO',
    ];
    expect(routedBy({ filter: '', exclusions }, probes)).toEqual({
      passing: [],
      lost: names.filter((name) => name.startsWith('Policy Denied')),
      unsure: names.filter((name) => !name.startsWith('Policy Denied')),
    });
  });

  it('is named where its filter is none', () => {
    expect(() => routedBy({ filter: 'a=', exclusions: [] }, probes)).toThrow(
      'The filter of the sink cannot be read',
    );
    expect(() => routedBy({ filter: '', exclusions: ['a=1', '('] }, probes)).toThrow(
      'Exclusion 2 of the sink',
    );
  });
});
