import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
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
  },
});
