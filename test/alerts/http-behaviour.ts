/** What every channel over HTTP does with what a service may answer; run by the test of each. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Channel, SendResult } from '../../shared/alerts/notice.ts';
import { OPEN } from './notices.ts';
import { type Answer, closedUrl, serve, type TestServer } from './server.ts';

export interface Subject {
  /** The channel, sending to this server. Without `timeoutMs`, with ENOUGH_MS. */
  create(url: string, timeoutMs?: number): Channel;
  /** What the service answers when all is well. */
  readonly ok: Answer;
  /** The body decides, not the status: what is cut off in it may or may not have been taken. */
  readonly readsBody: boolean;
  /** Never in any result. */
  readonly secret: string;
}

/** For what answers: never reached, however busy the machine is. */
export const ENOUGH_MS = 20_000;
/** For what never answers. */
const SHORT_MS = 250;
export const NOW = new Date('2026-03-04T06:00:00Z');

export function describeHttpBehaviour(subject: Subject): void {
  describe('over HTTP', () => {
    let server: TestServer;
    let channel: Channel;
    beforeEach(async () => {
      server = await serve(() => subject.ok);
      channel = subject.create(server.url);
    });
    afterEach(() => server.stop());

    const send = async (maybeSent?: boolean, through = channel): Promise<SendResult> => {
      const result = await through.send(
        OPEN,
        maybeSent === undefined ? undefined : { ref: undefined, maybeSent },
      );
      expect(JSON.stringify(result)).not.toContain(subject.secret);
      return result;
    };

    it('sends once', async () => {
      expect((await send()).kind).toBe('sent');
      expect(server.asked).toHaveLength(1);
    });

    it.each([
      ['2', 2000],
      ['0', 0],
      ['Wed, 04 Mar 2026 06:00:30 GMT', 30_000],
      ['Wed, 04 Mar 2026 05:00:00 GMT', 0],
      ['99999999999', 3_600_000],
      ['-5', undefined],
      ['soon', undefined],
      [undefined, undefined],
    ])('waits as long as 429 with Retry-After %s says, and tries no second time', async (after, afterMs) => {
      server.next({ status: 429, headers: after === undefined ? {} : { 'retry-after': after } });
      expect(await send()).toEqual({ kind: 'retry', reason: expect.stringMatching(/429/), afterMs });
      expect(server.asked).toHaveLength(1);
    });

    it('keeps in mind at a refusal that an earlier try may have arrived', async () => {
      server.next({ status: 403 }, { status: 403 });
      expect(await send(true)).toMatchObject({ kind: 'refused', maybeSent: true });
    });

    it('keeps in mind at a 429 that an earlier try may have arrived', async () => {
      server.next({ status: 429 }, { status: 429 });
      expect(await send(true)).toMatchObject({ kind: 'retry', maybeSent: true });
    });

    it.each([500, 502, 503, 504])('tries again later after %i, which may have been taken', async (status) => {
      server.next({ status, headers: { 'retry-after': '7' }, body: 'upstream error' });
      expect(await send()).toMatchObject({ kind: 'retry', afterMs: 7000, maybeSent: true });
      expect(server.asked).toHaveLength(1);
    });

    it.each([400, 401, 403, 404, 410, 413, 418])('gives up after %i, and says what to do', async (status) => {
      server.next({ status, body: `<html>${subject.secret}</html>` });
      const result = await send();
      expect(result).toMatchObject({ kind: 'refused', reason: expect.stringContaining(String(status)) });
      expect(result.kind === 'refused' && result.reason).toMatch(/[A-Za-z]{3}.*\.$/s);
    });

    it.each([301, 302, 307, 308])('follows no redirect (%i)', async (status) => {
      const other = await serve(() => subject.ok);
      server.next({ status, headers: { location: `${other.url}/taken` } });
      expect(await send()).toMatchObject({ kind: 'refused', reason: expect.stringMatching(/redirect/) });
      expect(other.asked).toEqual([]);
      await other.stop();
    });

    it('does not know after a reset', async () => {
      server.next('reset');
      expect(await send()).toMatchObject({ kind: 'retry', maybeSent: true });
      expect(server.asked).toHaveLength(1);
    });

    it('does not know after silence, and tries no second time', async () => {
      server.next('silence', 'silence');
      const result = await send(undefined, subject.create(server.url, SHORT_MS));
      expect(result).toMatchObject({ kind: 'retry', maybeSent: true });
      // None where the machine is so busy that the request itself is late.
      expect(server.asked.length).toBeLessThanOrEqual(1);
    });

    const cutOff = subject.readsBody ? { kind: 'retry', maybeSent: true } : { kind: 'sent' };

    it.each(['reset-in-body', 'endless-body'] as const)(
      'reads no more than it needs of %s',
      async (behaviour) => {
        server.next(behaviour);
        expect(await send()).toMatchObject(cutOff);
      },
    );

    it('waits no longer than its deadline for slow-body', async () => {
      // Longer where the machine is so busy that not even the head of the answer comes in time.
      for (const timeoutMs of [SHORT_MS, 8 * SHORT_MS, 40 * SHORT_MS]) {
        server.next('slow-body');
        const result = await send(undefined, subject.create(server.url, timeoutMs));
        if (result.kind !== cutOff.kind && timeoutMs < 40 * SHORT_MS) continue;
        expect(result).toMatchObject(cutOff);
        return;
      }
    });

    it('knows that nothing was sent where nobody listens', async () => {
      const result = await subject.create(await closedUrl()).send(OPEN, undefined);
      expect(result).toEqual({
        kind: 'retry',
        reason: expect.stringContaining('ECONNREFUSED'),
        afterMs: undefined,
      });
    });
  });
}
