/**
 * `npm test`: the checks, then every test. The last line counts both: `N passed, N failed`. Arguments go to vitest
 * and leave the checks out (`npm test -- test/envelope`).
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { runChecks } from './check.ts';

const root = join(import.meta.dirname, '..');
const only = process.argv.slice(2);

const Report = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numFailedTestSuites: z.number(),
});

const checked = only.length === 0 ? runChecks() : { passed: 0, failed: 0 };

const folder = mkdtempSync(join(tmpdir(), 'jobtrail-test-'));
const outputFile = join(folder, 'report.json');
const run = spawnSync(
  process.execPath,
  [
    join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${outputFile}`,
    ...only,
  ],
  { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] },
);
let passed = checked.passed;
let failed = checked.failed;
try {
  const report = Report.parse(JSON.parse(readFileSync(outputFile, 'utf8')));
  passed += report.numPassedTests;
  // A file that fails to load has no tests to count.
  failed += Math.max(report.numFailedTests, report.numFailedTestSuites > 0 ? 1 : 0);
} catch {
  failed += 1;
}
if (run.status !== 0 && failed === 0) failed = 1;
rmSync(folder, { recursive: true });
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && run.status === 0 ? 0 : 1;
