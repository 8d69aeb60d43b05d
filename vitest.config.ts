import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
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
