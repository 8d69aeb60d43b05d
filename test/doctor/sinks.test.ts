/** The deployed filters against what doctor asks of a sink, and what of it each change of them breaks. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkSinks, type SinkQuestion } from '../../shared/doctor/checks/sinks.ts';
import type { SinkFacts } from '../../shared/doctor/facts.ts';
import { ROUTED_SOURCES, type RoutedSource } from '../../shared/sink-filter/sources.ts';

const filterOf = (name: string): string =>
  readFileSync(new URL(`../../terraform/filters/${name}.txt`, import.meta.url), 'utf8');

const ACCOUNTS = ['jobtrail-dataproc', 'jobtrail-spanner'].map(
  (name) => `"${name}@trail.iam.gserviceaccount.com"`,
);
const OWN = filterOf('own-entries')
  .replaceAll('${service_accounts}', ACCOUNTS.join(' OR '))
  .replaceAll('${project_number}', '42')
  .replaceAll('${project_id}', 'trail');
const WRITER = 'serviceAccount:o7-1@gcp-sa-logging.iam.gserviceaccount.com';

function question(source: RoutedSource, change: Partial<SinkFacts> = {}): SinkQuestion {
  const topic = `projects/trail/topics/jobtrail-${source}`;
  const sink: SinkFacts = {
    name: `jobtrail-${source}`,
    parent: 'organizations/7',
    destination: `pubsub.googleapis.com/${topic}`,
    filter: filterOf(source),
    disabled: false,
    includeChildren: true,
    exclusions: [OWN],
    writerIdentity: WRITER,
    ...change,
  };
  const bindings = [{ role: 'roles/pubsub.publisher', members: [WRITER] }];
  return {
    source,
    project: 'trail',
    topic,
    sinks: [sink],
    parent: 'organizations/7',
    topicPolicy: { kind: 'answer', value: { bindings, auditConfigs: [] } },
  };
}

describe('sinks as Terraform makes them', () => {
  test.each(ROUTED_SOURCES)('%s is ok', (source) => {
    const lines = checkSinks(question(source));
    expect(lines.map(({ state, says }) => [state, says])).toEqual([
      ['ok', expect.stringMatching(/^takes all \d+ kinds of entries$/)],
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
  const exclusion = /filter='([^']*)'/.exec(line?.mend ?? '')?.[1] ?? '';
  expect(checkSinks(question('spanner', { exclusions: [exclusion] }))[0]?.state).toBe('ok');
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
