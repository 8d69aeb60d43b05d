import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { inTime } from '../../shared/store/spanner/in-time.ts';

it('gives what comes in time, and its own error', async () => {
  expect(await inTime(1_000, 'a read', Promise.resolve(7))).toBe(7);
  await expect(inTime(1_000, 'a read', Promise.reject(new RangeError('its own')))).rejects.toThrow('its own');
});

it('gives up what does not come, as something that may pass, and survives what comes of it later', async () => {
  const late = sleep(40).then(() => {
    throw new Error('nobody listens any more');
  });
  await expect(inTime(5, 'jobtrail-commit', late)).rejects.toMatchObject({
    code: 'store-unavailable',
    disposition: 'retry',
    message: 'Spanner: no answer within 5 ms to jobtrail-commit.',
  });
  await sleep(60);
});
