import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codes, fences, readPage, ROOT, section, tableRows } from './page.ts';

const page = readPage('operations.md');

interface Policy {
  readonly name: string;
  readonly severity: string | undefined;
  /** Lines of the resource that documents it. */
  readonly resource: string;
}

const RESOURCE = /^resource "google_monitoring_alert_policy" "(\w+)" \{\n([\s\S]*?)^\}/gm;

/** Alert policies of one Terraform file: those of the map that `for_each` names, or the resource itself. */
function policiesOf(text: string): readonly Policy[] {
  return Array.from(text.matchAll(RESOURCE), ([, label = '', body = '']) => {
    const map = /^\s*for_each\s*=\s*local\.(\w+)$/m.exec(body)?.[1];
    if (map === undefined) return [{ name: label, severity: severityOf(body), resource: body }];
    return entriesOf(text, map).map(([name, entry]) => ({
      name,
      severity: severityOf(entry),
      resource: body,
    }));
  }).flat();
}

const severityOf = (body: string): string | undefined => /^\s*severity\s*=\s*"(\w+)"$/m.exec(body)?.[1];

/** Keys and bodies of a map of objects in `locals`, whichever `merge` it is put together by. */
function entriesOf(text: string, map: string): readonly (readonly [string, string])[] {
  const [head, indent = ''] = new RegExp(`^( *)${map} += (?:merge\\()?\\{?$`, 'm').exec(text) ?? [];
  if (head === undefined) throw new Error(`There is no map ${map}.`);
  const from = text.slice(text.indexOf(head) + head.length);
  const end = from.search(new RegExp(`^${indent}[)}]+$`, 'm'));
  return Array.from(
    from.slice(0, end).matchAll(/^( +)"?([a-z][a-z0-9-]*)"? = \{\n([\s\S]*?)^\1\}/gm),
    ([, , name = '', body = '']) => [name, body] as const,
  );
}

const files = globSync('terraform/**/*.tf', { cwd: ROOT });
const policies = files.flatMap((file) => policiesOf(readFileSync(join(ROOT, file), 'utf8')));
const sections = Array.from(page.matchAll(/^## ([a-z][a-z0-9-]+)$/gm), (match) => match[1] ?? '');

describe('alert policies of the pipeline', () => {
  it('are found, more than a few', () => {
    const resources = files.flatMap((file) =>
      readFileSync(join(ROOT, file), 'utf8').match(/^resource "google_monitoring_alert_policy"/gm),
    );
    expect(resources.filter((found) => found !== null).length).toBeGreaterThan(0);
    expect(policies.length).toBeGreaterThan(8);
  });

  it('have a section each, and each section has a policy', () => {
    expect(sections.toSorted()).toEqual(policies.map(({ name }) => name).toSorted());
  });

  it('lead to their section', () => {
    const runbooks = /default\s*=\s*"(https:[^"]+)"/.exec(
      readFileSync(join(ROOT, 'terraform/modules/monitoring/variables.tf'), 'utf8').split(
        'variable "runbooks"',
      )[1] ?? '',
    )?.[1];
    expect(runbooks).toMatch(/\/docs\/operations\.md$/);
    for (const { name, resource } of policies)
      expect(
        /documentation \{[\s\S]*?content\s*=.*?(?:\$\{var\.runbooks\}#\$\{each\.key\}|operations\.md#)/.test(
          resource,
        ),
        name,
      ).toBe(true);
  });

  it('are listed with their severity, in the order of the sections', () => {
    const rows = tableRows(page.slice(0, page.indexOf('\n## ')));
    expect(rows.map(([name = '']) => /^\[([a-z-]+)\]\(#\1\)$/.exec(name)?.[1])).toEqual(sections);
    for (const [name = '', severity = ''] of rows) {
      const policy = policies.find((one) => name === `[${one.name}](#${one.name})`);
      expect(policy?.severity, name).toBe(severity.toUpperCase());
    }
  });
});

describe('a runbook', () => {
  it.each(sections)('%s says what to look at first and what is lost meanwhile', (name) => {
    const text = section(page, name);
    expect(text).toContain('Lost meanwhile: ');
    const commands = [...fences(text, 'sh').join('\n').split('\n'), ...codes(text)];
    const runs = commands.filter((line) => /^(?:npx jobtrail|gcloud|terraform) \S/.test(line));
    expect(runs.length).toBeGreaterThan(0);
  });

  it('names no threshold that cannot be set', () => {
    const variables = readFileSync(join(ROOT, 'terraform/variables-alerts.tf'), 'utf8');
    const named = Array.from(page.matchAll(/`thresholds\.(\w+)`/g), (match) => match[1] ?? '');
    expect(named.length).toBeGreaterThan(2);
    expect(named.filter((name) => !new RegExp(`^\\s*${name}\\s*=`, 'm').test(variables))).toEqual([]);
  });

  it('looks for log lines that are written', () => {
    const messages = new Set(
      Array.from(page.matchAll(/jsonPayload\.message="([^"]+)"/g), (match) => match[1] ?? ''),
    );
    expect(messages.size).toBeGreaterThan(3);
    const written = globSync(['functions/**/*.ts', 'shared/**/*.ts'], { cwd: ROOT })
      .map((file) => readFileSync(join(ROOT, file), 'utf8'))
      .join('\n');
    expect([...messages].filter((message) => !written.includes(`'${message}'`))).toEqual([]);
  });
});

describe('the reader of Terraform files', () => {
  const text = [
    'locals {',
    '  all = merge(',
    '    {',
    '      one-thing = {',
    '        severity = "ERROR"',
    '      }',
    '    },',
    '    var.more ? {',
    '      other = {',
    '        severity = "WARNING"',
    '      }',
    '    } : {},',
    '  )',
    '  rest = 1',
    '}',
    'resource "google_monitoring_alert_policy" "this" {',
    '  for_each = local.all',
    '}',
    'resource "google_monitoring_alert_policy" "alone" {',
    '  severity = "CRITICAL"',
    '}',
  ].join('\n');

  it('finds policies of a map and by themselves', () => {
    expect(policiesOf(text).map(({ name, severity }) => [name, severity])).toEqual([
      ['one-thing', 'ERROR'],
      ['other', 'WARNING'],
      ['alone', 'CRITICAL'],
    ]);
  });
});
