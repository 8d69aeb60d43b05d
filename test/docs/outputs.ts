/**
 * Outputs of commands that a page shows, each between `<!-- output: NAME -->` and `<!-- /output -->`. What takes another time in
 * each run is compared as if it took the same. `UPDATE_DOCS=1` writes them anew.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { ROOT } from './page.ts';

const SECONDS = /\b\d+\.\d s$/gm;

/** @param printed by the command; lines that are too long for a page may be cut by the caller */
export function expectShown(page: string, name: string, printed: string): void {
  const file = join(ROOT, 'docs', page);
  const text = readFileSync(file, 'utf8');
  const begin = `<!-- output: ${name} -->\n\n\`\`\`text\n`;
  const from = text.indexOf(begin) + begin.length;
  const to = text.indexOf('```\n\n<!-- /output -->', from);
  expect(from, `${page} has no output ${name}`).toBeGreaterThan(begin.length);
  if (process.env['UPDATE_DOCS'] === '1') {
    writeFileSync(file, text.slice(0, from) + printed + text.slice(to));
    return;
  }
  expect(text.slice(from, to).replace(SECONDS, '0.1 s')).toBe(printed.replace(SECONDS, '0.1 s'));
}
