/** `npm run check`: types, type-aware lint, format, dead code, import rules. Runs all, then says which failed. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

const CHECKS: readonly (readonly [name: string, command: string, args: readonly string[]])[] = [
  ['types', 'tsc', ['-p', 'tsconfig.json']],
  ['lint', 'oxlint', ['--type-aware', '--deny-warnings']],
  ['format', 'oxfmt', ['--check']],
  ['dead code', 'knip', ['--no-progress']],
  ['import rules', 'node', ['scripts/import-rules.ts']],
];

export interface Checked {
  readonly passed: number;
  readonly failed: number;
}

export function runChecks(): Checked {
  let passed = 0;
  let failed = 0;
  for (const [name, command, args] of CHECKS) {
    const began = performance.now();
    const bin = join(root, 'node_modules', '.bin', command);
    const run = spawnSync(bin, args, { cwd: root, encoding: 'utf8', shell: process.platform === 'win32' });
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    if (run.status === 0) {
      passed += 1;
      console.log(`check ${name}: ok (${seconds} s)`);
    } else {
      failed += 1;
      console.log(`check ${name}: FAILED (${seconds} s)\n${run.stdout}${run.stderr}`);
    }
  }
  return { passed, failed };
}

if (import.meta.main) process.exitCode = runChecks().failed === 0 ? 0 : 1;
