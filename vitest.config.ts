import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

// Workers and what they start inherit it: what one process compiled the next need not, which is half of its start.
process.env['NODE_COMPILE_CACHE'] ??= join(import.meta.dirname, 'node_modules/.cache/jobtrail');

/**
 * Folders of tests over values alone: no process, no emulator, no hooks in what they share, nothing registered anywhere. Their files share
 * a worker, which reads the modules once and not once a file: half of their time.
 */
const VALUES = [
  'attest',
  'audit',
  'config',
  'corroboration',
  'datasets',
  'detections',
  'envelope',
  'health',
  'identity',
  'jobapi',
  'lineage',
  'logging-query',
  'observe',
  'policy',
  'repository',
  'seal',
  'secrets',
  'sink-filter',
  'sources',
].map((folder) => `test/${folder}/**/*.test.ts`);

export default defineConfig({
  test: {
    pool: 'forks',
    // One more than the two processors that a small machine has: drills and emulators wait for half of their time.
    maxWorkers: 3,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    env: {
      METADATA_SERVER_DETECTION: 'none',
      SPANNER_DISABLE_BUILTIN_METRICS: 'true',
      GOOGLE_CLOUD_SPANNER_MULTIPLEXED_SESSIONS: 'false',
      GOOGLE_CLOUD_SPANNER_MULTIPLEXED_SESSIONS_FOR_RW: 'false',
      GOOGLE_CLOUD_SPANNER_MULTIPLEXED_SESSIONS_PARTITIONED_OPS: 'false',
      NODE_OPTIONS: '--disable-warning=ExperimentalWarning',
    },
    projects: [
      { extends: true, test: { name: 'values', include: VALUES, isolate: false } },
      {
        extends: true,
        test: {
          name: 'processes',
          include: ['test/**/*.test.ts'],
          exclude: ['**/node_modules/**', ...VALUES],
        },
      },
    ],
  },
});
