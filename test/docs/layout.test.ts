import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { violationsOf } from '../../scripts/import-rules.ts';
import { codes, readPage, ROOT, section } from './page.ts';

const page = readPage('layout.md');
const foldersOf = (path: string): string[] =>
  readdirSync(join(ROOT, path), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => entry.name);

/** Names of one depth below a top folder in the tree of the page; of the top itself without one. */
function treeNames(top?: string): string[] {
  const tree = page.split('```')[1] ?? '';
  const lines = tree.split('\n').filter((line) => line !== '');
  if (top === undefined) return lines.flatMap((line) => /^(\w+)\/ /.exec(line)?.[1] ?? []);
  const rest = lines.slice(lines.findIndex((line) => line.startsWith(`${top}/`)) + 1);
  const end = rest.findIndex((line) => !line.startsWith(' '));
  return rest.slice(0, end < 0 ? undefined : end).flatMap((line) => /^ {2}([\w.-]+)/.exec(line)?.[1] ?? []);
}

describe('docs/layout.md', () => {
  /** Written by others (npm, git) or made by a run; not part of the tree. */
  const NOT_OURS = new Set(['node_modules', 'dist', 'coverage']);

  it('names every top folder', () => {
    expect(treeNames().toSorted()).toEqual(
      foldersOf('.')
        .filter((name) => !NOT_OURS.has(name))
        .toSorted(),
    );
  });

  it('names every folder of shared/ and no other', () => {
    const folders = treeNames('shared').filter((name) => !name.includes('.'));
    expect(folders.toSorted()).toEqual(foldersOf('shared').toSorted());
  });

  it('names every folder of schemas/', () => {
    expect(treeNames('schemas')).toEqual(expect.arrayContaining(foldersOf('schemas')));
  });

  it('gives each name one line that says something', () => {
    const tree =
      page
        .split('```')[1]
        ?.split('\n')
        .filter((line) => line !== '') ?? [];
    expect(tree.filter((line) => !/^ *[\w.-]+\/? {2,}\S.{5,}$/.test(line))).toEqual([]);
  });

  it('says which folders are pure as the checker has it', () => {
    const rules = section(page, 'Import rules');
    const pure = codes(rules.split('The pure folders (')[1]?.split(')')[0] ?? '');
    expect(pure.length).toBeGreaterThan(3);
    const isPure = (folder: string): boolean => violationsOf(`${folder}a.ts`, 'Date.now()').length > 0;
    expect(pure.filter((folder) => !isPure(folder))).toEqual([]);
    const others = foldersOf('shared').map((name) => `shared/${name}/`);
    expect(others.filter((folder) => isPure(folder) && !pure.includes(folder))).toEqual([]);
  });
});
