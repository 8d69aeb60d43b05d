/** What the pages of day two name: commands with their options, saved queries, rules, files, variables, sections of other pages. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { savedQueries } from '../../shared/store/queries.ts';
import { codes, readPage, ROOT, section, tableRows } from './page.ts';

const PAGES = ['operations.md', 'scale.md', 'upgrade.md', 'threat-model.md'] as const;

const RULES = new Set(
  Array.from(readPage('detections.md').matchAll(/^## ([a-z0-9-]+)$/gm), (match) => match[1] ?? ''),
);
const QUERIES = new Set(savedQueries().map(({ name }) => name));
const HELP = readFileSync(join(ROOT, 'cli/help.ts'), 'utf8');

/** Options that the help of a command takes from a text they share. */
const EVERYWHERE = new Set(['--help', '--store']);

interface Command {
  readonly command: string;
  readonly words: readonly string[];
  readonly options: readonly string[];
}

/** Every `npx jobtrail …` of a page, in fences, indented or in code marks. */
function commandsOf(page: string): readonly Command[] {
  const joined = page.replaceAll('\\\n', ' ');
  return Array.from(joined.matchAll(/npx jobtrail ([a-z]+)([^`\n]*)/g), ([, command = '', rest = '']) => {
    const told = rest.split('#')[0]?.split(/[:;|]? (?:over|once|of|in|that)\b/)[0] ?? '';
    return {
      command,
      words: told.split(' ').filter((word) => /^[a-z][a-z-]+$/.test(word)),
      options: Array.from(told.matchAll(/ (--[a-z-]+)/g), (match) => match[1] ?? ''),
    };
  });
}

/** The text that `--help` of a command shows. */
const helpOf = (command: string): string =>
  new RegExp(`^  ${command}: \`(usage: [\\s\\S]*?)^\`,$`, 'm').exec(HELP)?.[1] ?? '';

/** A heading's anchor as GitHub makes it. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

function anchorsOf(file: string): ReadonlySet<string> {
  const text = readFileSync(file, 'utf8');
  return new Set(Array.from(text.matchAll(/^#{1,4} (.+)$/gm), (match) => anchorOf(match[1] ?? '')));
}

describe.each(PAGES)('docs/%s', (name) => {
  const page = readPage(name);

  it('names commands that there are, with options that they have', () => {
    for (const { command, options } of commandsOf(page)) {
      const help = helpOf(command);
      expect(help, `jobtrail ${command}`).not.toBe('');
      expect(
        options.filter((option) => !EVERYWHERE.has(option) && !help.includes(option)),
        `jobtrail ${command}`,
      ).toEqual([]);
    }
  });

  it('names saved queries that there are', () => {
    const run = commandsOf(page).filter(({ command }) => command === 'query');
    const told = Array.from(page.matchAll(/\bquery `([^`]+)`/g), (match) => match[1] ?? '');
    const named = [...run.map(({ words: [query = ''] }) => query), ...told];
    expect(named.filter((query) => !QUERIES.has(query))).toEqual([]);
  });

  it('names alert actions and policies of the command that there are', () => {
    const actions = commandsOf(page).filter(({ command }) => command === 'alerts' || command === 'policy');
    for (const { command, words } of actions)
      expect(helpOf(command)).toMatch(new RegExp(`(?:^  |policy )${words[0] ?? 'none'}\\b`, 'm'));
  });

  it('leads to sections that there are', () => {
    const file = join(ROOT, 'docs', name);
    const links = Array.from(page.matchAll(/\]\(([^)\s:]*)#([^)\s]+)\)/g), ([, to = '', anchor = '']) => ({
      to,
      anchor,
    }));
    const lost = links.filter(({ to, anchor }) => {
      const target = to === '' ? file : join(dirname(file), to);
      return !existsSync(target) || !anchorsOf(target).has(anchor);
    });
    expect(lost).toEqual([]);
  });

  it('names environment variables and columns that there are', () => {
    const source = globSync(['functions/**/*.ts', 'shared/**/*.ts', 'cli/**/*.ts', 'schemas/**/*.ts'], {
      cwd: ROOT,
    })
      .map((path) => readFileSync(join(ROOT, path), 'utf8'))
      .join('\n');
    const named = codes(page).flatMap(
      (text) => /^(?:JOBTRAIL_[A-Z_]+|[A-Z][a-z]+[A-Z][A-Za-z]+)$/.exec(text)?.[0] ?? [],
    );
    expect(named.filter((text) => !source.includes(text))).toEqual([]);
  });
});

describe('docs/threat-model.md', () => {
  const page = readPage('threat-model.md');
  const actors = section(page, 'Actors');
  const rows = actors.split('\n').filter((line) => line.startsWith('|'));

  it('says of each actor what is prevented, noticed, and left', () => {
    const headings = Array.from(actors.matchAll(/^### (.+)$/gm), (match) => match[1] ?? '');
    expect(headings.length).toBeGreaterThan(8);
    for (const heading of headings) {
      const threats = tableRows(section(page, heading.replaceAll(/[.*+?()]/g, '\\$&')));
      expect(threats.length, heading).toBeGreaterThan(1);
    }
  });

  it('names rules that there are as what notices', () => {
    const named = rows
      .flatMap((row) => codes(row))
      .filter((text) => /^[a-z]+(?:-[a-z0-9]+)+$/.test(text) && !QUERIES.has(text));
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((text) => !RULES.has(text))).toEqual([]);
  });

  it('names roles of the database that there are, and variables of Terraform', () => {
    const sql = readFileSync(join(ROOT, 'schemas/spanner/optional/roles.sql'), 'utf8');
    const terraform = globSync('terraform/**/*.tf', { cwd: ROOT })
      .map((path) => readFileSync(join(ROOT, path), 'utf8'))
      .join('\n');
    const roles = codes(page).filter((text) => text.startsWith('jobtrail_'));
    expect(roles.length).toBeGreaterThan(2);
    expect(roles.filter((role) => !sql.includes(`CREATE ROLE ${role};`))).toEqual([]);
    const variables = [
      'publishers',
      'policy_admins',
      'deletion_protection',
      'lock_retention',
      'signers',
      'known_exemption',
    ];
    for (const variable of variables) {
      expect(codes(page)).toContain(variable);
      expect(terraform).toMatch(new RegExp(`\\b${variable}\\b`));
    }
  });

  it('agrees with the roles that it rests on', () => {
    const sql = readFileSync(join(ROOT, 'schemas/spanner/optional/roles.sql'), 'utf8');
    const ingest = Array.from(
      sql.matchAll(/^GRANT ([A-Z, ]+) ON TABLE ([\w, ]+)\s+TO ROLE jobtrail_ingest;/gm),
    );
    const onFacts = ingest.filter(([, , tables = '']) => /\b(?:Events|Receipts)\b/.test(tables));
    expect(onFacts.map(([, rights]) => rights)).toEqual(['SELECT, INSERT']);
    const onWork = ingest.filter(([, , tables = '']) => tables.includes('OpenWork'));
    expect(onWork.map(([, rights = '']) => rights.includes('DELETE'))).toEqual([false]);
    expect(sql).not.toMatch(/GRANT SELECT \([^)]*\bRaw\b[^)]*\) ON TABLE Events TO ROLE jobtrail_auditor/);
  });
});

describe('docs/upgrade.md', () => {
  /** Statements of DDL without their comments. */
  const statementsOf = (sql: string): string[] =>
    sql
      .replaceAll(/--[^\n]*/g, '')
      .split(';')
      .map((statement) => statement.trim())
      .filter((statement) => statement !== '');

  /** Whether functions of the version before go on with the tables as they are after it. */
  const adds = (statement: string): boolean =>
    /^CREATE (?:TABLE|VIEW|(?:NULL_FILTERED )?INDEX|OR REPLACE VIEW)\b/.test(statement) ||
    /^ALTER TABLE \w+ ADD COLUMN (?!.*\bNOT NULL\b)/s.test(statement);

  it('promises what the numbered files keep: they add', () => {
    const files = globSync('schemas/spanner/*.sql', { cwd: ROOT });
    const statements = files.flatMap((file) => statementsOf(readFileSync(join(ROOT, file), 'utf8')));
    expect(statements.length).toBeGreaterThan(30);
    expect(statements.filter((statement) => !adds(statement))).toEqual([]);
  });

  it('would notice one that takes away', () => {
    expect(statementsOf('-- a\nDROP TABLE T; ALTER TABLE T ADD COLUMN C INT64;').map(adds)).toEqual([
      false,
      true,
    ]);
    expect(adds('ALTER TABLE T ADD COLUMN C INT64 NOT NULL')).toBe(false);
  });
});

describe('the reader of commands', () => {
  it('tells options and words from what follows', () => {
    expect(
      commandsOf(
        '`npx jobtrail query balance --param from=x` and\n    npx jobtrail alerts list \\\n  --rule a # b',
      ),
    ).toEqual([
      { command: 'query', words: ['balance'], options: ['--param'] },
      { command: 'alerts', words: ['list'], options: ['--rule'] },
    ]);
  });
});
