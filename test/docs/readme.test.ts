/**
 * The output on the README's first screen is that of the command, run here. `UPDATE_DOCS=1 npm test -- test/docs/readme`
 * writes it anew.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const readme = join(root, 'README.md');
const BEGIN = '<!-- output: start -->\n\n```text\n';
const END = '```\n\n<!-- /output -->';

it('the README shows what npm start prints', () => {
  const folder = mkdtempSync(join(tmpdir(), 'jobtrail-readme-'));
  const run = spawnSync(process.execPath, [join(root, 'cli/jobtrail.mjs'), 'start'], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  rmSync(folder, { recursive: true });
  expect(run.status, run.stderr).toBe(0);
  const page = readFileSync(readme, 'utf8');
  const from = page.indexOf(BEGIN) + BEGIN.length;
  const to = page.indexOf(END);
  expect(from).toBeGreaterThan(BEGIN.length);
  const printed = `${run.stdout.trim()}\n`;
  if (process.env['UPDATE_DOCS'] === '1') {
    writeFileSync(readme, page.slice(0, from) + printed + page.slice(to));
    return;
  }
  expect(page.slice(from, to)).toBe(printed);
}, 300_000);
