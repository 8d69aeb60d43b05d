import { describe, expect, it } from 'vitest';
import { pages } from '../../scripts/docs.ts';
import { generatedFiles } from '../../scripts/docs/generated-files.ts';
import { fill, markedParts, table } from '../../scripts/docs/markdown.ts';
import { PARTS } from '../../scripts/docs/parts.ts';

describe('generated parts of the pages', () => {
  it.each(pages())('$file is what `npm run docs` writes', ({ written, current }) => {
    expect(written).toBe(current);
  });

  it.each(generatedFiles())('$file is what `npm run docs` writes', ({ written, current }) => {
    expect(written).toBe(current);
  });

  it('are each on one page', () => {
    const marked = pages().flatMap(({ written }) => [...markedParts(written)]);
    expect(marked.toSorted()).toEqual([...PARTS.keys()].toSorted());
  });
});

describe('fill', () => {
  const parts = new Map([['a', () => 'new']]);

  it('replaces what stands between the markers, and only that', () => {
    const page = 'head\n\n<!-- generated: a -->\n\nold\n\n<!-- /generated -->\n\ntail\n';
    expect(fill(page, parts)).toBe('head\n\n<!-- generated: a -->\n\nnew\n\n<!-- /generated -->\n\ntail\n');
  });

  it('refuses a marker that names no part', () => {
    expect(() => fill('<!-- generated: b -->\n<!-- /generated -->', parts)).toThrow('called b');
  });

  it('pads tables and escapes their separator', () => {
    expect(table(['x', 'name'], [['a|b', '1']])).toBe('| x    | name |\n| ---- | ---- |\n| a\\|b | 1    |');
  });
});
