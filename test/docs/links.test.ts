import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { namedFiles, ROOT } from './page.ts';

const PAGES = globSync(['docs/**/*.md', '*.md'], { cwd: ROOT });
const FOLDERS = ['bench', 'cli', 'docs', 'functions', 'schemas', 'scripts', 'shared', 'terraform', 'test'];

/** Relative targets of Markdown links, without the part after `#`. */
const linksOf = (page: string): string[] =>
  Array.from(page.matchAll(/\]\(([^)\s]+)\)/g), (match) => match[1] ?? '').filter(
    (target) => !/^(?:[a-z]+:|#)/.test(target),
  );

/** What stands in code marks and begins with a folder of this tree. */
function pathsOf(page: string): string[] {
  const marks = Array.from(page.matchAll(/`([^`\s]+)`/g), (match) => match[1] ?? '');
  return marks.filter((text) => FOLDERS.some((folder) => text.startsWith(`${folder}/`)));
}

/** `<name>` and NAME stand for any name, `*` is itself. */
const patternOf = (path: string): string =>
  path.replaceAll(/<[a-z-]+>/g, '*').replaceAll(/\b[A-Z]{3,}\b(?!\.md)/g, '*');

function exists(path: string): boolean {
  const pattern = patternOf(path);
  return pattern.includes('*')
    ? globSync(pattern, { cwd: ROOT }).length > 0
    : existsSync(join(ROOT, pattern));
}

describe('links and paths', () => {
  it('are looked for in more than one page', () => {
    expect(PAGES.length).toBeGreaterThan(10);
  });

  it.each(PAGES)('%s', (name) => {
    const page = readFileSync(join(ROOT, name), 'utf8');
    const shown = namedFiles(page);
    expect(
      linksOf(page).filter((target) => !existsSync(join(ROOT, dirname(name), target.split('#')[0] ?? ''))),
    ).toEqual([]);
    expect(pathsOf(page).filter((path) => !shown.has(path) && !exists(path))).toEqual([]);
  });

  it('would be missed if they were not there', () => {
    expect(exists('shared/no-such-folder/')).toBe(false);
    expect(exists('schemas/queries/*.nothing')).toBe(false);
    expect(pathsOf('see `shared/x.ts` and `sharedx`')).toEqual(['shared/x.ts']);
    expect(linksOf('[a](b.md#c) [d](https://e)')).toEqual(['b.md#c']);
  });
});
