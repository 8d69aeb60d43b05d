/** How fast an API is asked, by a clock that is wound by hand. */
import { afterEach, describe, expect, it } from 'vitest';
import { serveOnLoopback, type LoopbackServer } from '../../cli/run/loopback.ts';
import { askApi, errorOf, type GoogleApi } from '../../shared/backfill/google-api.ts';
import { createPace, type Clock } from '../../shared/backfill/pace.ts';
import { patiently } from '../../shared/backfill/patience.ts';
import { JobtrailError } from '../../shared/errors.ts';

interface Wound extends Clock {
  readonly slept: readonly number[];
}

function clock(): Wound {
  let now = 1_000_000;
  const slept: number[] = [];
  return {
    slept,
    now: () => now,
    sleep(milliseconds) {
      slept.push(milliseconds);
      now += milliseconds;
      return Promise.resolve();
    },
  };
}

describe('the pace', () => {
  it.each([1, 45, 60, 1200])('lets no minute have more than %i requests', async (perMinute) => {
    const wound = clock();
    const pace = createPace(perMinute, wound);
    const at: number[] = [];
    for (let request = 0; request < perMinute * 3; request += 1) {
      await pace();
      at.push(wound.now());
      // Some requests take time themselves.
      if (request % 7 === 0) await wound.sleep(130);
    }
    for (const [index, begin] of at.entries()) {
      const within = at.slice(index).filter((time) => time < begin + 60_000);
      expect(within.length).toBeLessThanOrEqual(perMinute);
    }
    expect(wound.now() - 1_000_000).toBeLessThan(3 * 60_000 + perMinute * 130);
  });

  it('saves nothing up while it is not asked', async () => {
    const wound = clock();
    const pace = createPace(60, wound);
    await pace();
    await wound.sleep(600_000);
    await pace();
    const before = wound.now();
    await pace();
    expect(wound.now() - before).toBe(1000);
  });
});

describe('an API that does not answer as it should', () => {
  let server: LoopbackServer | undefined;
  afterEach(() => server?.stop());

  const read = (response: Response): Promise<string> => response.text();

  async function api(answers: readonly (readonly [number, Record<string, string>?])[], wound: Clock) {
    let asked = 0;
    server = await serveOnLoopback((_request, response) => {
      const [status, headers] = answers[Math.min(asked, answers.length - 1)] ?? [500];
      asked += 1;
      response.writeHead(status, headers).end('{}');
    });
    const made: GoogleApi = {
      service: 'Cloud Logging',
      needs: 'a role',
      authorization: () => Promise.resolve({}),
      pace: () => Promise.resolve(),
      clock: wound,
    };
    return { made, url: server.url, asked: () => asked };
  }

  it('is asked again after what Retry-After says', async () => {
    const wound = clock();
    const { made, url, asked } = await api(
      [[429, { 'retry-after': '37' }], [429, { 'retry-after': '90' }], [200]],
      wound,
    );
    expect(await askApi(made, { url }, read)).toMatchObject({ kind: 'answer', value: '{}' });
    expect(asked()).toBe(3);
    expect(wound.slept).toEqual([37_000, 90_000]);
  });

  it('is given up after eight tries that wait longer and longer', async () => {
    const wound = clock();
    const { made, url, asked } = await api([[503]], wound);
    const answer = await askApi(made, { url }, read);
    if (answer.kind === 'answer') throw new Error('it only said 503');
    expect(errorOf(made, answer)).toMatchObject({ code: 'api-unavailable' });
    expect(asked()).toBe(8);
    expect(wound.slept.length).toBe(7);
    for (const [index, wait] of wound.slept.entries()) {
      const most = Math.min(1000 * 2 ** index, 20_000);
      expect(wait).toBeGreaterThanOrEqual(most / 2);
      expect(wait).toBeLessThanOrEqual(most);
    }
  });

  it('is not asked at all without credentials, which is told at once', async () => {
    const wound = clock();
    const { made, url, asked } = await api([[200]], wound);
    const none = new JobtrailError('usage', 'There are no credentials for Google Cloud', 'sign in');
    const authorization = (): Promise<never> => Promise.reject(none);
    await expect(askApi({ ...made, authorization }, { url }, read)).rejects.toBe(none);
    expect([asked(), wound.slept]).toEqual([0, []]);
  });

  it('is not asked again after a refusal', async () => {
    const { made, url, asked } = await api([[403]], clock());
    expect(await askApi(made, { url }, read)).toMatchObject({ status: 403, reason: 'denied' });
    expect(asked()).toBe(1);
  });
});

describe('patience', () => {
  const passing = new JobtrailError('store-aborted', 'another was faster', 'wait');

  it('counts its tries anew after a step forward', async () => {
    const wound = clock();
    let steps = 0;
    const result = await patiently(wound, async (forward) => {
      steps += 1;
      if (steps % 4 === 0) forward();
      if (steps < 20) throw passing;
      return Promise.resolve('done');
    });
    expect(result).toBe('done');
    expect(Math.max(...wound.slept)).toBeLessThanOrEqual(16_000);
  });

  it('ends with what does not pass', async () => {
    const wound = clock();
    await expect(patiently(wound, () => Promise.reject(passing))).rejects.toBe(passing);
    expect(wound.slept).toEqual([1000, 2000, 4000, 8000, 16_000]);
    const wrong = new JobtrailError('usage', 'wrong', 'correct it');
    await expect(patiently(wound, () => Promise.reject(wrong))).rejects.toBe(wrong);
    expect(wound.slept.length).toBe(5);
  });
});
