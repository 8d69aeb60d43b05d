/** The deployed filters against what doctor asks of a sink, and what of it each change of them breaks. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkSinks, type SinkQuestion } from '../../shared/doctor/checks/sinks.ts';
import type { SinkFacts } from '../../shared/doctor/facts.ts';
import { matches, parseFilter } from '../../shared/sink-filter/filter.ts';
import type { Json } from '../../shared/sources/fields.ts';
import { ROUTED_SOURCES, type RoutedSource } from '../../shared/sink-filter/sources.ts';
import { answer, codes, level, rolesWith, sink, topic, WRITER } from './facts.ts';

const filterOf = (name: string): string =>
  readFileSync(new URL(`../../terraform/filters/${name}.txt`, import.meta.url), 'utf8');

const ACCOUNTS = ['jobtrail-dataproc', 'jobtrail-spanner'].map(
  (name) => `"${name}@trail.iam.gserviceaccount.com"`,
);
const OWN = filterOf('own-entries')
  .replaceAll('${service_accounts}', ACCOUNTS.join(' OR '))
  .replaceAll('${project_number}', '42')
  .replaceAll('${project_id}', 'trail');

const topicOf = (source: RoutedSource): string => `projects/trail/topics/jobtrail-${source}`;

const sinkOf = (source: RoutedSource, change: Partial<SinkFacts> = {}): SinkFacts =>
  sink({
    name: `jobtrail-${source}`,
    destination: `pubsub.googleapis.com/${topicOf(source)}`,
    filter: filterOf(source),
    exclusions: [OWN],
    ...change,
  });

const questionOf = (source: RoutedSource, over: Partial<SinkQuestion>): SinkQuestion => ({
  source,
  project: 'trail',
  topic: topicOf(source),
  topics: answer([topic({ name: topicOf(source) })]),
  topicLevels: [
    level(topicOf(source), { bindings: [{ role: 'roles/pubsub.publisher', members: [WRITER] }] }),
  ],
  roles: rolesWith(),
  sinks: [],
  places: [],
  parent: 'organizations/7',
  ...over,
});

const question = (source: RoutedSource, change: Partial<SinkFacts> = {}): SinkQuestion =>
  questionOf(source, { sinks: [sinkOf(source, change)] });

describe('sinks as Terraform makes them', () => {
  test.each(ROUTED_SOURCES)('%s is ok', (source) => {
    const lines = checkSinks(question(source));
    expect(lines.map(({ state, says }) => [state, says])).toEqual([
      ['ok', expect.stringMatching(/^takes all \d+ kinds of entries; its writer may publish$/)],
    ]);
  });

  test.each(ROUTED_SOURCES)('%s, limited to one method, loses what is not that method', (source) => {
    const filter = `(${filterOf(source)}\n) AND protoPayload.methodName="one.Method"`;
    expect(checkSinks(question(source, { filter }))[0]).toMatchObject({ state: 'wrong' });
    expect(checkSinks(question(source, { filter }))[0]?.says).toMatch(/^it loses /);
  });
});

test('without its exclusion the sink of spanner takes what the pipeline commits', () => {
  const [line] = checkSinks(question('spanner', { exclusions: [] }));
  expect(line?.says).toBe('it feeds on itself: commits of functions of the pipeline pass it');
  const exclusion = /filter=(.*)'$/.exec(line?.mend ?? '')?.[1] ?? '';
  // At a comma gcloud begins another key.
  expect(exclusion).not.toMatch(/[,']/);
  expect(checkSinks(question('spanner', { exclusions: [exclusion] }))[0]?.state).toBe('ok');
  // A sink of another project never sees what the pipeline's functions do.
  expect(checkSinks(question('spanner', { exclusions: [], parent: 'projects/shop' }))[0]?.state).toBe('ok');
});

test('the exclusion that mends it leaves out no account of somebody else', () => {
  const [line] = checkSinks(question('spanner', { exclusions: [] }));
  const exclusion = parseFilter(/filter=(.*)'$/.exec(line?.mend ?? '')?.[1] ?? '');
  const commit = (principalEmail: string, more: object = {}): Json => ({
    logName: 'projects/trail/logs/cloudaudit.googleapis.com%2Fdata_access',
    resource: { type: 'spanner_instance', labels: { project_id: 'trail' } },
    protoPayload: { serviceName: 'spanner.googleapis.com', authenticationInfo: { principalEmail, ...more } },
  });
  expect(matches(exclusion, commit('jobtrail-iam@trail.iam.gserviceaccount.com'))).toBe(true);
  for (const other of ['jobtrail-evil@trail', 'jobtrail-iam@nottrail', 'xjobtrail-iam@trail', 'eve@trail'])
    expect(matches(exclusion, commit(`${other}.iam.gserviceaccount.com`))).toBe(false);
  const key = { serviceAccountKeyName: '//iam.googleapis.com/projects/trail/serviceAccounts/a/keys/b' };
  expect(matches(exclusion, commit('jobtrail-iam@trail.iam.gserviceaccount.com', key))).toBe(false);
});

test('an exclusion of everything loses everything', () => {
  const [line] = checkSinks(question('iam', { exclusions: ['severity>=DEFAULT'] }));
  expect(line).toMatchObject({ state: 'wrong', says: expect.stringMatching(/^it loses .* and \d+ more$/) });
});

test('a sink of a project needs no children, one of a folder does', () => {
  expect(checkSinks(question('iam', { parent: 'projects/p', includeChildren: false }))[0]?.state).toBe('ok');
  expect(checkSinks(question('iam', { parent: 'folders/1', includeChildren: false }))[0]?.says).toMatch(
    /child projects/,
  );
});

describe('sinks of several levels, put together', () => {
  const shop = { project: 'shop', levels: ['projects/shop', 'folders/9', 'organizations/7'] };
  const lab = { project: 'lab', levels: ['projects/lab', 'organizations/7'] };
  const lines = (sinks: readonly SinkFacts[], places = [shop, lab]) =>
    checkSinks(questionOf('storage', { sinks, places }));
  const of = (parent: string, change: Partial<SinkFacts> = {}): SinkFacts =>
    sinkOf('storage', { parent, ...change });
  const activity = 'logName:"cloudaudit.googleapis.com%2Factivity" OR logName:"jobtrail-canary"';
  const others = 'logName:("%2Fdata_access" OR "%2Fpolicy")';

  test('two that take a half each lose nothing', () => {
    expect(codes(lines([of('organizations/7', { filter: activity })]))).toEqual(['loses-entries']);
    expect(
      codes(lines([of('organizations/7', { filter: activity }), of('organizations/7', { filter: others })])),
    ).toEqual(['ok']);
  });

  test('one of a folder covers what is in the folder', () => {
    const [line] = lines([of('folders/9')]);
    expect(line).toMatchObject({
      code: 'not-covered',
      about: 'storage: projects/lab',
      mend: expect.stringContaining('--project=lab --log-filter='),
    });
    expect(codes(lines([of('folders/9')], [shop]))).toEqual(['ok']);
  });

  test('a filter that names projects holds for these', () => {
    const filter = `(${filterOf('storage')}\n) AND logName:("projects/shop/" OR "projects/lab/")`;
    expect(codes(lines([of('organizations/7', { filter })]))).toEqual(['ok']);
    const one = `(${filterOf('storage')}\n) AND logName:"projects/shop/"`;
    expect(lines([of('organizations/7', { filter: one })])[0]?.says).toMatch(
      /^it loses .* of projects\/lab$/,
    );
  });

  test('what a sink above intercepts none below sees', () => {
    const taking = sink({
      parent: 'organizations/7',
      name: 'siem',
      destination: 'x',
      interceptChildren: true,
      filter: others,
    });
    const [line, ...more] = lines([of('folders/9'), taking], [shop]);
    expect(more).toEqual([]);
    expect(line).toMatchObject({
      code: 'intercepted',
      says: expect.stringMatching(/^organizations\/7\/sinks\/siem takes away Data Access of storage/),
      mend: 'gcloud logging sinks update siem --organization=7 --no-intercept-children',
    });
    // It takes nothing from one of its own level, none that it does not match, and nothing while it is disabled.
    expect(codes(lines([of('organizations/7'), taking]))).toEqual(['ok']);
    expect(codes(lines([of('folders/9'), { ...taking, filter: 'severity=ERROR' }], [shop]))).toEqual(['ok']);
    expect(codes(lines([of('folders/9'), { ...taking, disabled: true }], [shop]))).toEqual(['ok']);
    // Of one whose filter cannot be told here it is not known.
    expect(codes(lines([of('folders/9'), { ...taking, filter: 'sample(insertId, 0.1)' }], [shop]))).toEqual([
      'unsure',
    ]);
  });

  test('two that take the same are told, of projects that have both', () => {
    const [line] = lines([of('organizations/7'), of('folders/9')]);
    expect(line).toMatchObject({
      code: 'twice',
      says: 'entries of projects/shop come twice, by folders/9/sinks/jobtrail-storage, organizations/7/sinks/jobtrail-storage',
      mend: 'gcloud logging sinks delete jobtrail-storage --folder=9',
    });
    expect(codes(lines([of('organizations/7'), of('folders/9', { disabled: true })]))).toEqual(['disabled']);
  });
});
