import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROUTED_SOURCES, SHARING } from '../../shared/sink-filter/sources.ts';
import { readPage, ROOT, section } from './page.ts';

const page = readPage('sink-filters.md');
const FOLDER = join(ROOT, 'terraform/filters');

const textsIn = (folder: string): readonly string[] =>
  readdirSync(folder).filter((file) => file.endsWith('.txt'));

/** First column of the tables of a section. */
const rowsOf = (title: string): readonly string[] =>
  Array.from(section(page, title).matchAll(/^\| `([a-z-]+\.txt)`/gm), (match) => match[1] ?? '');

describe('docs/sink-filters.md', () => {
  it('names every filter', () => {
    expect(rowsOf('What they ask for')).toEqual(ROUTED_SOURCES.map((source) => `${source}.txt`));
  });

  it('names every exclusion that saves cost', () => {
    const files = textsIn(join(FOLDER, 'optional'));
    expect(rowsOf('What can be left out to save cost').toSorted()).toEqual(files.toSorted());
  });

  it('names every placeholder of the exclusion of own entries', () => {
    const text = readFileSync(join(FOLDER, 'own-entries.txt'), 'utf8');
    const used = new Set(Array.from(text.matchAll(/\$\{[a-z_]+\}/g), ([one]) => one));
    const named = new Set(Array.from(page.matchAll(/\$\{[a-z_]+\}/g), ([one]) => one));
    expect(named).toEqual(used);
    // Nothing else that Terraform would take for a template.
    expect(text.replaceAll(/\$\{[a-z_]+\}/g, '')).not.toMatch(/\$\{|%\{/);
  });

  it('names the sources that share entries', () => {
    const shared = /\*\*Entries that two sinks take\.\*\*[^]*?\n\n/.exec(page)?.[0] ?? '';
    for (const source of SHARING.flat()) expect(shared).toContain(source);
  });

  it('is linked from the page of every source that a sink brings', () => {
    for (const source of ROUTED_SOURCES)
      expect(readPage(`sources/${source}.md`), source).toContain(
        `[\`terraform/filters/${source}.txt\`](../sink-filters.md)`,
      );
  });
});
