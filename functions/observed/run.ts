/** What a request of the scheduler starts: one poll, and an answer that says what came of it. */
import * as z from 'zod';
import type { Observe } from '../../schemas/config.ts';
import type { Logger } from '../../shared/observe/log.ts';
import type { Inventory } from '../../shared/observed/inventory.ts';
import { poll, type Polled } from '../../shared/observed/poll.ts';
import type { Run, RunResult } from '../runtime/handler.ts';

export interface RunOptions {
  readonly inventories: readonly Inventory[];
  readonly lookbackHours: Observe['lookbackHours'];
  /** Longest time of one poll. */
  readonly seconds: number;
}

const HOUR_MS = 3_600_000;
/** Points are settled by then, and polls are minutes apart. */
const METRICS_HOURS = 1;

/** Body of a request; the scheduler sends none. For the hours in which there was no poll, up to now or to an instant. */
const Body = z.strictObject({
  lookbackHours: z.number().int().min(1).max(168).optional(),
  until: z.iso.datetime({ offset: true }).optional(),
});

export function createRun({ inventories, lookbackHours, seconds }: RunOptions): Run {
  return async (ingest, body, { logger, committed }) => {
    const asked = bodyOf(body);
    if (asked === undefined) return WRONG_BODY;
    const began = Date.now();
    const now = new Date(Math.min(asked.until === undefined ? began : Date.parse(asked.until), began));
    const back = (hours: number): Date => new Date(now.getTime() - hours * HOUR_MS);
    const ask = {
      now,
      since: back(asked.lookbackHours ?? lookbackHours),
      metricsSince: back(asked.lookbackHours ?? METRICS_HOURS),
      deadline: began + seconds * 1000,
    };
    if (inventories.length === 0) {
      logger.log('WARNING', 'nothing to observe', { hint: 'Name under `observe` what is to be polled.' });
    }
    const polled = await poll(ingest, inventories, ask, committed);
    for (const one of polled) report(logger, one);
    const complete = polled.every(({ failure }) => failure === undefined);
    return {
      // The scheduler repeats what failed, and what was stored is a duplicate then.
      status: complete ? 200 : 503,
      body: { since: ask.since.toISOString(), complete, lists: polled.map((one) => summaryOf(one)) },
    };
  };
}

function report(logger: Logger, { inventory: { api, scope }, failure }: Polled): void {
  if (failure === undefined) return;
  const { code, message: detail, hint } = failure;
  logger.log('ERROR', 'list not polled whole', { api, scope, code, detail, hint });
}

function summaryOf({
  inventory: { api, scope },
  counts,
  failure,
}: Polled): Readonly<Record<string, unknown>> {
  const { received: listed, stored, duplicate, quarantined } = counts;
  const known = { api, scope, listed, stored, duplicate, quarantined };
  return failure === undefined ? known : { ...known, failed: failure.message };
}

function bodyOf(body: Uint8Array): z.infer<typeof Body> | undefined {
  const text = Buffer.from(body).toString('utf8').trim();
  if (text === '') return {};
  try {
    return Body.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

const WRONG_BODY: RunResult = {
  status: 400,
  body: {
    error:
      'The body is none of a poll: leave it empty, or give {"lookbackHours": 1 to 168, "until": RFC 3339}.',
  },
};
