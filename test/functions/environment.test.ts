import { describe, expect, it } from 'vitest';
import { parseEnvironment } from '../../functions/runtime/environment.ts';

describe('environment of a function', () => {
  it('has defaults for all but the store', () => {
    const parsed = parseEnvironment({ JOBTRAIL_STORE: 'sqlite::memory:' });
    expect(parsed.pushAuth).toEqual({ kind: 'platform' });
    expect(parsed.commit).toEqual({ maxRows: 500, maxBytes: 1_000_000, maxWaitMs: 5 });
  });

  it('names what is missing or wrong', () => {
    expect(() => parseEnvironment({})).toThrow(/JOBTRAIL_STORE is not set/);
    expect(() => parseEnvironment({ JOBTRAIL_STORE: 's', JOBTRAIL_COMMIT_MS: 'soon' })).toThrow(
      /JOBTRAIL_COMMIT_MS/,
    );
    expect(() => parseEnvironment({ JOBTRAIL_STORE: 'sqlite:x', JOBTRAIL_PUSH_AUTH: 'self' })).toThrow(
      /JOBTRAIL_PUSH_AUDIENCE/,
    );
  });
});
