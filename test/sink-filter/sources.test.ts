import { describe, expect, it } from 'vitest';
import functions from '../../terraform/functions.json' with { type: 'json' };
import { IAM_METHODS } from '../../shared/sources/iam/methods.ts';
import { CLUSTER_METHODS } from '../../shared/sources/kubernetes/clusters.ts';
import { LOGGING_METHODS } from '../../shared/sources/logging/methods.ts';
import { ACCESS_METHODS } from '../../shared/sources/platform/methods/access.ts';
import { COMPUTE_METHODS } from '../../shared/sources/platform/methods/compute.ts';
import { ORGANISATION_METHODS } from '../../shared/sources/platform/methods/organisation.ts';
import { SOFTWARE_METHODS } from '../../shared/sources/platform/methods/software.ts';
import { WORKSPACE_METHODS } from '../../shared/sources/platform/methods/workspace.ts';
import { parseLogEntry } from '../../schemas/log-entry.ts';
import { SOURCES } from '../../shared/sources/index.ts';
import { mustKeep } from '../../shared/detections/must-keep.ts';
import { readQuery } from '../../shared/logging-query/filter.ts';
import { matches, parseFilter } from '../../shared/sink-filter/filter.ts';
import { probesOf, UNKNOWN_METHOD } from '../../shared/sink-filter/probes.ts';
import { ROUTED_SOURCES, SHARING, type RoutedSource } from '../../shared/sink-filter/sources.ts';
import { haveSamples } from '../support/samples.ts';
import { FILTERS, filterFiles, filterText, optionalFiles, OWN_ENTRIES, ownEntriesText } from './files.ts';
import { othersSamples, ownSamples, sourceOf, type RoutedSample } from './samples.ts';

const OWN = ownSamples();
const OTHERS = othersSamples();
const ALL = [...OWN, ...OTHERS];

const takers = (entry: RoutedSample['entry']): readonly RoutedSource[] =>
  ROUTED_SOURCES.filter((source) => {
    const filter = FILTERS.get(source);
    return filter !== undefined && matches(filter, entry) === true;
  });

const short = ({ file, entry }: RoutedSample): string => `${file}: ${JSON.stringify(entry).slice(0, 300)}`;

describe('the filters', () => {
  it('are one for each source that a log sink brings', () => {
    expect(filterFiles().toSorted()).toEqual(ROUTED_SOURCES.map((source) => `${source}.txt`).toSorted());
    const sinks = Object.entries(functions).filter(([, { kind }]) => kind === 'log');
    expect(sinks.map(([name]) => name).toSorted()).toEqual(ROUTED_SOURCES.toSorted());
  });

  it.each([...filterFiles(), ...optionalFiles(), 'own-entries.txt'])(
    '%s is by service, log and resource',
    (file) => {
      const text = file === 'own-entries.txt' ? ownEntriesText() : filterText(file);
      expect(text.length).toBeLessThan(20_000);
      // Copied through consoles and shells as it is.
      expect(text).toMatch(/^[\n\x20-\x7e]*$/);
      expect(text.startsWith('-- ')).toBe(true);
      const words = readQuery(text).tokens.flatMap((token) => (token.kind === 'word' ? [token.text] : []));
      const forbidden = words.filter((word) =>
        /method_?name|severity|^timestamp|^receiveTimestamp|^sample$|^search$/i.test(word),
      );
      expect(forbidden).toEqual([]);
    },
  );
});

describe('a sample', () => {
  it('of every source is there, in this repository alone', () => {
    for (const source of ROUTED_SOURCES)
      expect(OWN.filter((one) => one.source === source).length, source).toBeGreaterThanOrEqual(10);
    expect(OWN.length).toBeGreaterThan(800);
    expect(OWN.filter(({ completed }) => completed)).toEqual([]);
  });

  it.runIf(haveSamples)('of others is read where it is at hand', () => {
    expect(OTHERS.length).toBeGreaterThan(200);
  });

  it('passes the filter of its source', () => {
    expect(ALL.filter(({ entry, source }) => !takers(entry).includes(source)).map(short)).toEqual([]);
  });

  it('with a method that nobody knows passes it too', () => {
    const audited = ALL.filter(({ parsed }) => parsed.protoPayload?.serviceName !== undefined);
    expect(audited.length).toBeGreaterThan(500);
    const lost = audited.filter(({ entry, parsed, source }) => {
      const changed = { ...entry, protoPayload: { ...parsed.protoPayload, methodName: UNKNOWN_METHOD } };
      return !takers(changed).includes(source);
    });
    expect(lost.map(short)).toEqual([]);
  });

  it('is taken by no exclusion that every sink has', () => {
    expect(ALL.filter(({ entry }) => matches(OWN_ENTRIES, entry) !== false).map(short)).toEqual([]);
  });

  it('is decided by every filter', () => {
    const undecided = ALL.filter(({ entry }) =>
      [...FILTERS.values()].some((filter) => matches(filter, entry) === undefined),
    );
    expect(undecided.map(short)).toEqual([]);
  });

  it('passes one filter, or two that are declared to share, of which one keeps it', () => {
    const shared = new Set<string>();
    for (const sample of ALL) {
      const by = takers(sample.entry);
      if (by.length === 1) continue;
      expect(by.length, short(sample)).toBe(2);
      expect(
        SHARING.map((pair) => pair.toSorted()),
        short(sample),
      ).toContainEqual(by.toSorted());
      const owning = SOURCES.filter(
        (source) => by.some((one) => one === source.name) && source.owns(sample.parsed),
      );
      expect(owning.map(({ name }) => name)).toEqual([sample.source]);
      shared.add(by.toSorted().join(' '));
    }
    // Each pair that is declared does share.
    expect([...shared].toSorted()).toEqual(SHARING.map((pair) => pair.toSorted().join(' ')).toSorted());
  });
});

describe('an entry that must be kept', () => {
  // The rule that watches sinks holds changes against these: what Terraform deploys must not lose them either.
  it.each(mustKeep())('passes a filter and no exclusion: $name', ({ entry }) => {
    expect(takers(entry).length).toBeGreaterThan(0);
    expect(matches(OWN_ENTRIES, entry)).toBe(false);
  });
});

describe('an audit entry that names no service', () => {
  it.each([
    ['platform', { type: 'gce_instance' }],
    ['platform', { type: 'cloud_run_revision' }],
    ['kubernetes', { type: 'k8s_cluster' }],
    ['iam', { type: 'service_account' }],
    ['iam', { type: 'audited_resource', labels: { service: 'sts.googleapis.com' } }],
    ['logging', { type: 'logging_sink' }],
  ] as const)('comes to %s by its resource: %o', (source, resource) => {
    const entry = {
      logName: 'projects/p/logs/cloudaudit.googleapis.com%2Fdata_access',
      resource,
      protoPayload: { methodName: UNKNOWN_METHOD },
    };
    expect(takers(entry)).toEqual([source]);
    expect(sourceOf(entry)).toBe(source);
  });
});

/** By a rule of its source, or told again by a newer entry. */
function isLeftOut({ source, parsed }: RoutedSample): boolean {
  const result = SOURCES.find(({ name }) => name === source)?.normalise(parsed);
  if (result?.kind === 'event') return result.event.claims?.['generation'] === 'AuditData';
  return result?.kind === 'filtered';
}

describe('an exclusion that saves cost', () => {
  it.each(optionalFiles())('%s takes only what its source leaves out, or has twice', (file) => {
    const exclusion = parseFilter(filterText(file), file);
    const taken = ALL.filter(({ entry }) => matches(exclusion, entry) === true);
    expect(taken.length).toBeGreaterThan(3);
    expect(taken.filter((sample) => !isLeftOut(sample)).map(short)).toEqual([]);
  });
});

describe('a probe', () => {
  it.each(ROUTED_SOURCES)('of %s is read by its source', (source) => {
    for (const { name, entry } of probesOf(source)) {
      const parsed = parseLogEntry(entry);
      if (!parsed.success) throw new Error(`${name} is no log entry`);
      expect(sourceOf(parsed.data), name).toBe(source);
    }
  });

  it('is there for every service that the tables name', () => {
    const tables: readonly (readonly [RoutedSource, readonly { readonly services: readonly string[] }[]])[] =
      [
        ['iam', IAM_METHODS],
        ['kubernetes', CLUSTER_METHODS],
        ['logging', LOGGING_METHODS],
        [
          'platform',
          [
            ...ACCESS_METHODS,
            ...COMPUTE_METHODS,
            ...ORGANISATION_METHODS,
            ...SOFTWARE_METHODS,
            ...WORKSPACE_METHODS,
          ],
        ],
      ];
    for (const [source, lines] of tables) {
      const names = probesOf(source).map(({ name }) => name);
      for (const service of lines.flatMap(({ services }) => services))
        expect(names.filter((name) => name.endsWith(service)).length, service).toBeGreaterThanOrEqual(3);
    }
  });
});
