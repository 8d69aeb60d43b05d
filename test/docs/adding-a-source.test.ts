/**
 * Follows docs/adding-a-source.md in a copy of the tree: the page's files, the two lines it asks for, and nothing else.
 * The copy must compile as a whole, and the command must make of the samples what the page says.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fences, namedFiles, readPage, ROOT } from './page.ts';

const page = readPage('adding-a-source.md');
const NAME = 'nightshift';
const SAMPLE = `test/sources/${NAME}/constructed-batches.ndjson`;

let copy = '';

function edit(file: string, from: RegExp, to: string): void {
  const path = join(copy, file);
  const before = readFileSync(path, 'utf8');
  const after = before.replace(from, to);
  if (after === before) throw new Error(`${file} has no place for the line that the page asks for.`);
  writeFileSync(path, after);
}

function run(
  command: string,
  args: readonly string[],
): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(command, args, { cwd: copy, encoding: 'utf8', timeout: 100_000 });
}

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'jobtrail-page-'));
  for (const part of ['shared', 'schemas', 'functions', 'cli', 'package.json', 'tsconfig.json']) {
    cpSync(join(ROOT, part), join(copy, part), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'), 'dir');
  for (const [file, text] of namedFiles(page)) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    writeFileSync(join(copy, file), text);
  }
  edit('shared/sources/source.ts', /(SOURCE_NAMES = \[[^\]]*?),?\s*\]/, `$1, '${NAME}']`);
  edit('shared/sources/index.ts', /(SOURCES: readonly Source\[\] = \[[^\]]*?),?\s*\]/, `$1, ${NAME}]`);
  edit(
    'shared/sources/index.ts',
    /^import type/m,
    `import { ${NAME} } from './${NAME}/index.ts';\nimport type`,
  );
});

afterAll(() => rmSync(copy, { recursive: true, force: true }));

describe('docs/adding-a-source.md', () => {
  it('names every file that the example needs', () => {
    expect([...namedFiles(page).keys()]).toEqual([
      `shared/sources/${NAME}/methods.ts`,
      `shared/sources/${NAME}/index.ts`,
      `functions/${NAME}/index.ts`,
      SAMPLE,
    ]);
  });

  it('compiles with the whole tree', { timeout: 120_000 }, () => {
    const compiled = run(process.execPath, [
      join(ROOT, 'node_modules/typescript/bin/tsc'),
      '-p',
      'tsconfig.json',
    ]);
    expect(compiled).toMatchObject({ status: 0, stdout: '' });
  });

  it('makes of the samples what the page says', { timeout: 120_000 }, () => {
    const command = 'replay --json --store sqlite::memory: --events events.ndjson';
    expect(page).toContain(`npx jobtrail ${command} ${SAMPLE}`);
    const replayed = run(process.execPath, ['cli/jobtrail.mjs', ...command.split(' '), SAMPLE]);
    expect(replayed).toMatchObject({ status: 0 });
    const [summary = '', event = ''] = fences(page, 'json');
    expect(JSON.parse(replayed.stdout.trim().split('\n').at(-1) ?? '')).toMatchObject(
      JSON.parse(summary) as object,
    );
    const [first = ''] = readFileSync(join(copy, 'events.ndjson'), 'utf8').split('\n');
    expect(JSON.parse(first)).toMatchObject(JSON.parse(event) as object);
  });
});
