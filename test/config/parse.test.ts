import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../shared/config/parse.ts';
import { JobtrailError } from '../../shared/errors.ts';

const problems = (text: string): string => {
  try {
    parseConfig(text, 'jobtrail.yaml');
  } catch (error) {
    if (error instanceof JobtrailError && error.code === 'config-invalid') return error.message;
    throw error;
  }
  return '';
};

describe('configuration', () => {
  it('takes an empty file as the defaults', () => {
    expect(parseConfig('', 'x').config.rawClasses).toEqual(['job', 'control', 'quarantine']);
  });

  it('has the same digest for the same meaning', () => {
    const a = parseConfig('environments:\n  prod: [p1]\n  dev: [p2]\n', 'a');
    const b = parseConfig('# comment\nenvironments: {dev: ["p2"], prod: ["p1"]}\n', 'b');
    expect(a.digest).toBe(b.digest);
    expect(parseConfig('environments: {dev: ["p3"]}', 'c').digest).not.toBe(a.digest);
  });

  it('names every problem with its line', () => {
    const message = problems(
      'version: 1\nbindings:\n  - id: ok\n    alias: a\n    principal: b\n    from: yesterday\ncolour: red\n',
    );
    expect(message).toContain('jobtrail.yaml:6');
    expect(message).toContain('RFC 3339');
    expect(message).toContain('colour');
    expect(message).toContain('2 problems');
  });

  it('names each key that is none, in its own line, and what it may stand for', () => {
    const message = problems('version: 1\nlanse:\n  etl: {}\nretentionDays:\n  jbo: 3\ncolour: red\n');
    expect(message).toContain('jobtrail.yaml:2: lanse: it is no key here; did you mean lanes?');
    expect(message).toContain('jobtrail.yaml:5: retentionDays.jbo: it is no key here; docs/configuration.md');
    expect(message).toContain('jobtrail.yaml:6: colour: it is no key here; docs/configuration.md');
  });

  it('refuses a project in two environments', () => {
    expect(problems('environments: {prod: [p], dev: [p]}')).toContain('project p is in both');
  });

  it('refuses routes to channels that are not there, each with its line', () => {
    const message = problems(
      'channels:\n  pager: {kind: log}\nroutes:\n  - channels: [pager, slak]\n  - channels:\n      - log\n      - constructor\nenvironments: {prod: [p], dev: [p]}\n',
    );
    expect(message).toContain(
      'jobtrail.yaml:4: routes.0.channels.1: there is no channel slak; name one of pager, log',
    );
    expect(message).toContain('jobtrail.yaml:7: routes.1.channels.1: there is no channel constructor');
    expect(message).toContain('project p is in both');
    expect(message).toContain('3 problems');
  });

  it('refuses a file that is no configuration by its size, at once', () => {
    const began = performance.now();
    expect(problems('- {}\n'.repeat(300_000))).toContain('at most 1000000');
    expect(performance.now() - began).toBeLessThan(1000);
  });

  it('refuses broken YAML with its line and expands no aliases', () => {
    expect(problems('a: [1')).toContain('jobtrail.yaml:');
    expect(problems('a: &x [1]\nb: [*x, *x]')).toContain('aliases');
  });
});
