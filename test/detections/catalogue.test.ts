/** What every detection of the catalogue must have. `UPDATE_VERSIONS=1` writes test/detections/versions.json anew. */
import { globSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isRevoked } from '../../scripts/docs/attack.ts';
import { SEVERITIES } from '../../schemas/alerting.ts';
import { DETECTIONS } from '../../shared/detections/index.ts';
import { ACTIONS } from '../../shared/model/event.ts';
import { SOURCES } from '../../shared/sources/index.ts';
import { savedQueries } from '../../shared/store/queries.ts';
import { casesOf, findingsOf } from './cases.ts';
import { currentVersions, recordedVersions, recordVersions, sourceOf, SOURCES_FOLDER } from './versions.ts';

/** The numbered detections, as the catalogue names them. */
const CATALOGUE: Readonly<Record<string, string>> = {
  U01: 'denied-job-burst',
  U02: 'denied-then-succeeded-elsewhere',
  U03: 'job-outside-declared-policy',
  U04: 'cross-environment-access',
  U05: 'impersonation-chain-unapproved',
  U06: 'static-credential-on-job-path',
  U07: 'dormant-identity-runs-job',
  U08: 'identity-mismatch-mesh-vs-audit',
  U09: 'gateway-bypass-caller-network',
  U10: 'mesh-hop-unauthenticated',
  U11: 'agent-outside-its-lane',
  U12: 'agent-job-without-sponsor',
  U13: 'interactive-exec-on-cluster',
  U14: 'runtime-token-off-platform',
  L01: 'job-ran-without-audit-record',
  L02: 'audit-record-without-gateway-evidence',
  L03: 'gateway-call-without-audit-record',
  L04: 'audit-config-weakened',
  L05: 'log-routing-weakened',
  L06: 'log-store-weakened',
  L07: 'export-path-broken',
  L08: 'source-silent',
  L09: 'source-volume-drop',
  L10: 'logs-sampled-out',
  L11: 'gateway-log-plugin-removed',
  L12: 'log-sequence-gap',
  L13: 'event-time-skew',
  L14: 'workload-logging-disabled',
  L15: 'databricks-audit-weakened',
  L16: 'evidence-chain-broken',
  D01: 'mesh-policy-inline-edit',
  D02: 'mtls-downgraded',
  D03: 'sidecar-capture-evaded',
  D04: 'gateway-config-inline-edit',
  D05: 'job-role-granted',
  D06: 'impersonation-role-granted',
  D07: 'workload-identity-trust-changed',
  D08: 'detector-config-tampered',
  D09: 'used-under-undeclared-policy',
  X01: 'bq-destination-outside-org',
  X02: 'gcs-destination-outside-org',
  X03: 'job-reads-undeclared-data',
  X04: 'spanner-bulk-read-or-export',
  X05: 'databricks-path-credential-or-share',
  P01: 'job-artifact-overwritten',
  P02: 'job-code-untrusted-origin',
  P03: 'run-as-undeclared-sa',
  P04: 'job-template-or-schedule-planted',
  P05: 'hadoop-port-exposed',
};

/** Criteria of the AICPA's Trust Services Criteria of 2017; controls of ISO/IEC 27001:2022 Annex A. */
const SOC2 = /^(?:CC[1-9]\.[1-9]|A1\.[1-3]|C1\.[12]|PI1\.[1-5]|P[1-8]\.[0-9])$/;
const ISO_CONTROLS: Readonly<Record<string, number>> = { '5': 37, '6': 8, '7': 14, '8': 34 };

function isControl(text: string): boolean {
  const [, theme = '', number = ''] = /^A\.([5-8])\.([1-9][0-9]?)$/.exec(text) ?? [];
  return number !== '' && Number(number) <= (ISO_CONTROLS[theme] ?? 0);
}

/** Claims that the caller writes to look like somebody else: never looked at, in whatever spelling. */
const CALLERS_OWN = /['"`.](?:caller_?supplied_?)?user_?-?agent\b/i;

const duplicates = (texts: readonly string[]): readonly string[] =>
  texts.filter((text, at) => texts.indexOf(text) !== at);

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
  const { id, number, version, title, severity, why, runbook, evidence, maps, peers, gaps, sources, on } =
    detection;

  it('has a stable name', () => {
    expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(id.length).toBeLessThanOrEqual(64);
    expect(id.startsWith('own-')).toBe(false);
    expect(version).toBeGreaterThanOrEqual(1);
    const numbered = Object.entries(CATALOGUE).find(([, name]) => name === id)?.[0];
    expect(number).toBe(numbered);
  });

  it('says what it is, why it matters and what it does not see', () => {
    expect(title).toMatch(/^[A-Z].{9,99}[^.]$/);
    expect(SEVERITIES).toContain(severity);
    expect(why).toMatch(/^[A-Z].{20,400}\.$/);
    for (const text of [...peers, ...gaps]) expect(text).toMatch(/\S{3}/);
  });

  it('says what to do in 2 to 5 lines that name its evidence', () => {
    expect(runbook.length).toBeGreaterThanOrEqual(2);
    expect(runbook.length).toBeLessThanOrEqual(5);
    for (const line of runbook) expect(line).toMatch(/^[A-Z`].{15,300}$/);
    const queries = runbook.flatMap((line) =>
      Array.from(line.matchAll(/\bquery ([a-z]+(?:-[a-z]+)+)/g), ([, name = '']) => name),
    );
    for (const name of queries) expect(savedQueries().map((query) => query.name)).toContain(name);
    const named = runbook.flatMap((line) => Array.from(line.matchAll(/`([^`]+)`/g), ([, name = '']) => name));
    expect(named.filter((name) => evidence.includes(name))).not.toEqual([]);
  });

  it('maps to techniques, criteria and controls that there are', () => {
    expect(maps.attack).not.toEqual([]);
    expect(maps.attack.filter((one) => !/^T1[0-9]{3}(\.[0-9]{3})?$/.test(one) || isRevoked(one))).toEqual([]);
    expect(maps.soc2).not.toEqual([]);
    expect(maps.soc2.filter((one) => !SOC2.test(one))).toEqual([]);
    expect(maps.iso27001).not.toEqual([]);
    expect(maps.iso27001.filter((one) => !isControl(one))).toEqual([]);
  });

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
