/** What Jobtrail goes by, changed without review: values in, findings out. */
import { describe, expect, it } from 'vitest';
import { ownConfigFindings } from '../../shared/corroboration/own-config.ts';
import type { MadeSilence, OwnConfig, Silenced } from '../../shared/corroboration/own-problem.ts';
import type { BundleInForce } from '../../shared/store/bundles.ts';
import { bundleOf } from '../detections/cases.ts';
import { eventOf } from '../policy/support/events.ts';

const NOW = '2026-05-04T12:00:00.000000000Z';
const DIGEST = 'd1'.repeat(32);
const COMMIT = '3f786850e387550fdab836ed7e6dc881de23001b';

const factsOf = (deployRecords: 'required' | 'excuse') =>
  bundleOf({ config: { corroboration: { deployRecords } }, policies: '' }).facts;

const pushed = (over: Partial<BundleInForce> = {}): BundleInForce => ({
  from: '2026-05-04T10:05:00.000000000Z',
  digest: DIGEST,
  commit: COMMIT,
  reviewer: 'li.wei@example.com',
  pushedBy: 'ana@example.com',
  pushedAt: '2026-05-04T10:00:00.000000000Z',
  ...over,
});

const OLD = pushed({
  from: '2026-04-01T00:00:00.000000000Z',
  digest: 'd0'.repeat(32),
  pushedAt: '2026-03-31T23:50:00.000000000Z',
});

const record = (over: Parameters<typeof eventOf>[1] = {}) =>
  eventOf('deploy', {
    source: 'deployments',
    provenance: 'signed',
    time: '2026-05-04T10:00:30.000000000Z',
    claims: { commit: COMMIT, objects: JSON.stringify([['jobtrail:bundle', `sha256:${DIGEST}`]]) },
    ...over,
  });

const silence = (over: Partial<MadeSilence> = {}): MadeSilence => ({
  id: 's-1',
  rules: ['denied-job-burst'],
  owner: 'li.wei@example.com',
  reason: 'migration',
  from: '2026-05-04T11:00:00.000000000Z',
  until: '2026-05-05T11:00:00.000000000Z',
  createdAt: '2026-05-04T11:00:00.000000000Z',
  createdBy: 'carol@example.com',
  ...over,
});

const alert = (over: Partial<Silenced> = {}, actor = 'user:google:bo@example.com'): Silenced => ({
  rule: 'denied-job-burst',
  key: actor,
  severity: 'medium',
  finding: {
    id: 'f1',
    rule: 'denied-job-burst',
    version: 1,
    key: actor,
    severity: 'medium',
    verdict: 'violation',
    title: 't',
    summary: 's',
    evidence: [],
    events: ['e1'],
    time: '2026-05-04T10:30:00.000000000Z',
    actor: eventOf('login', {}).actor?.id,
    actingFor: [],
    job: undefined,
    environment: 'prod',
    bundle: DIGEST,
  },
  ...over,
});

const own = (over: Partial<OwnConfig> = {}): OwnConfig => ({
  bundles: [OLD, pushed()],
  running: [],
  silences: [],
  alerts: [],
  criticalRules: new Set(['runtime-token-off-platform']),
  teams: {},
  records: [],
  declared: factsOf('excuse'),
  now: NOW,
  ...over,
});

const told = (config: OwnConfig) => ownConfigFindings(config).map(({ key }) => key);
const BUNDLE = `bundle ${DIGEST.slice(0, 16)}`;

describe('the bundle in force', () => {
  it('is quiet about one that another person reviewed', () => {
    expect(told(own())).toEqual([]);
    expect(told(own({ bundles: [] }))).toEqual([]);
  });

  it.each([
    ['ana@example.com', 'ana@example.com'],
    ['user:ana@example.com', 'Ana@Example.com'],
    ['Ana Ruiz', ' ana ruiz'],
  ])('finds that %s, who pushed it, reviewed it as %s', (pushedBy, reviewer) => {
    const findings = ownConfigFindings(own({ bundles: [pushed({ pushedBy, reviewer })] }));
    expect(findings).toMatchObject([
      {
        rule: 'detector-config-tampered',
        severity: 'critical',
        verdict: 'violation',
        key: `${BUNDLE} whoever pushed it is its reviewer`,
      },
    ]);
  });

  it('looks at those to come, and no more at what was replaced', () => {
    const self = { reviewer: 'ana@example.com' };
    const coming = pushed({ from: '2026-05-04T13:00:00.000000000Z', digest: 'd2'.repeat(32), ...self });
    expect(told(own({ bundles: [{ ...OLD, ...self }, pushed(), coming] }))).toEqual([
      `bundle ${'d2'.repeat(8)} whoever pushed it is its reviewer`,
    ]);
  });

  it('wants a signed record of its commit where records are required', () => {
    const declared = factsOf('required');
    const missing = [`${BUNDLE} no signed deploy record tells of its commit`];
    expect(told(own({ declared }))).toEqual(missing);
    expect(told(own({ declared, records: [record()] }))).toEqual([]);
    expect(told(own({ declared, records: [record({ provenance: 'tenant' })] }))).toEqual(missing);
    const other = {
      commit: COMMIT,
      objects: JSON.stringify([['jobtrail:bundle', `sha256:${'ee'.repeat(32)}`]]),
    };
    expect(told(own({ declared, records: [record({ claims: other })] }))).toEqual(missing);
    const unnamed = { commit: COMMIT, objects: JSON.stringify([['gs://b/o', `sha256:${DIGEST}`]]) };
    expect(told(own({ declared, records: [record({ claims: unnamed })] }))).toEqual([]);
  });

  it('waits for the record as long as it may take', () => {
    const declared = factsOf('required');
    expect(told(own({ declared, now: '2026-05-04T10:34:59.999000000Z' }))).toEqual([]);
    expect(told(own({ declared, now: '2026-05-04T10:35:00.000000000Z' }))).toHaveLength(1);
  });

  it('finds a function that decides by another one, a quarter of an hour after the change', () => {
    const running = [{ where: 'reconcile', digest: OLD.digest }];
    const from = '2026-05-04T11:45:00.000000000Z';
    const at = (now: string) => told(own({ bundles: [OLD, pushed({ from })], running, now }));
    expect(at('2026-05-04T11:59:59.999000000Z')).toEqual([]);
    expect(at(NOW)).toEqual([`${BUNDLE} reconcile decides by another one`]);
    expect(told(own({ running: [{ where: 'ingest', digest: DIGEST }] }))).toEqual([]);
    // Before the first push each has its own file.
    expect(
      told(own({ bundles: [pushed({ from })], running, now: '2026-05-04T11:50:00.000000000Z' })),
    ).toEqual([]);
  });
});

describe('silences', () => {
  it('lets one with an end be that holds back what others did', () => {
    expect(told(own({ silences: [silence()], alerts: [alert()] }))).toEqual([]);
  });

  it('finds one of more than thirty days, and none of thirty', () => {
    const until = '2026-06-03T11:00:00.000000000Z';
    expect(told(own({ silences: [silence({ until })] }))).toEqual([]);
    expect(told(own({ silences: [silence({ until: '2026-06-03T11:00:00.001000000Z' })] }))).toEqual([
      'silence s-1 it lasts more than 30 days',
    ]);
    expect(told(own({ silences: [silence({ until: 'never' })] }))).toEqual([
      'silence s-1 it lasts more than 30 days',
    ]);
  });

  it.each([
    [{ rules: ['runtime-token-off-platform'] }, 'it covers a critical rule'],
    [{ rules: undefined, environments: ['prod'] }, 'it covers every rule, critical ones among them'],
  ])('finds one of critical rules: %j', (over, what) => {
    const { rules, ...rest } = { ...silence(), ...over };
    const made = { ...rest, ...(rules === undefined ? undefined : { rules }) };
    expect(told(own({ silences: [made] }))).toEqual([`silence s-1 ${what}`]);
  });

  it('lets one be that leaves the critical ones out', () => {
    const { rules: _, ...rest } = silence();
    expect(told(own({ silences: [{ ...rest, severities: ['low', 'medium'] }] }))).toEqual([]);
  });

  it('finds one that holds back a critical alert, of whatever rule', () => {
    expect(told(own({ silences: [silence()], alerts: [alert({ severity: 'critical' })] }))).toEqual([
      'silence s-1 it holds back a critical alert',
    ]);
  });

  it('finds one made or owned by whom it shields', () => {
    const who = eventOf('login', {}).actor?.id ?? '';
    expect(who).not.toBe('');
    const shields = ['silence s-1 it shields whoever made or owns it'];
    expect(told(own({ silences: [silence({ createdBy: who })], alerts: [alert()] }))).toEqual(shields);
    expect(told(own({ silences: [silence({ owner: who })], alerts: [alert()] }))).toEqual(shields);
    expect(
      told(own({ silences: [silence({ createdBy: who, rules: ['other'] })], alerts: [alert()] })),
    ).toEqual([]);
    const keys = ['user:google:carol@example.com projects/acme'];
    expect(told(own({ silences: [silence({ keys })] }))).toEqual(shields);
  });

  it('forgets what has ended', () => {
    expect(
      told(own({ silences: [silence({ until: '2026-05-04T11:30:00.000000000Z', rules: ['x'] })] })),
    ).toEqual([]);
  });
});

it('says the same of the same values, and keeps what is exempted quiet', () => {
  const self = { bundles: [pushed({ reviewer: 'ana@example.com' })] };
  expect(ownConfigFindings(own(self))).toEqual(
    ownConfigFindings(own({ ...self, now: '2026-05-04T12:05:00.000000000Z' })),
  );
  const declared = bundleOf({
    config: {
      exemptions: [
        {
          id: 'one-person-team',
          rules: ['detector-config-tampered'],
          principals: ['ana@example.com'],
          owner: 'ana@example.com',
          reason: 'there is nobody else',
          until: '2027-01-01T00:00:00Z',
        },
      ],
    },
    policies: '',
  }).facts;
  expect(ownConfigFindings(own({ ...self, declared }))).toMatchObject([{ verdict: 'exempted' }]);
});
