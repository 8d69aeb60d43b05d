/** The HTTP side of `reconcile`: Cloud Scheduler posts to it each minute. It answers with what the round came to. */
import type { Request, Response } from '@google-cloud/functions-framework';
import { later } from '../../shared/alerts/times.ts';
import { JobtrailError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/observe/log.ts';
import type { Minute } from '../../shared/reconcile/minute.ts';
import { answer, type Handler } from '../runtime/handler.ts';
import type { PushAuth } from '../runtime/push-auth.ts';

/** @param until clock of rows by which the round ends */
export type Round = (until?: string) => Promise<Minute>;

export interface ReconcileHandlerOptions {
  /** Asked by each request until it has come. */
  readonly round: () => Promise<Round>;
  readonly auth: PushAuth;
  readonly logger: Logger;
  readonly now: () => string;
  /** Longest time of one round. */
  readonly seconds: number;
}

export function createReconcileHandler({
  round,
  auth,
  logger,
  now,
  seconds,
}: ReconcileHandlerOptions): Handler {
  async function handle(request: Request, response: Response): Promise<void> {
    if (request.method !== 'POST') {
      throw new JobtrailError('method-not-allowed', `${request.method} is not answered here.`, 'Use POST.');
    }
    await auth.check(request.headers.authorization);
    const minute = await (await round())(later(now(), seconds * 1000));
    tell(logger, minute);
    response.status(200).json(summaryOf(minute));
  }
  return (request, response) => {
    if (request.method === 'GET' || request.method === 'HEAD') {
      response.status(200).type('text/plain').send('jobtrail: ready\n');
      return;
    }
    handle(request, response).catch((error: unknown) => answer(logger, response, error));
  };
}

/** Paths that hold something are told each minute; what is well is not. */
function tell(logger: Logger, { healths, held, unfinished, taken }: Minute): void {
  if (unfinished) logger.log('WARNING', 'a round ended by its time with work left', { taken });
  for (const { path, status, reason } of healths) {
    if (status !== 'blind' && status !== 'lagging') continue;
    logger.log('WARNING', 'a path does not vouch for its records', { path, status, reason });
  }
  for (const [path, records] of held) {
    if (records > 0) logger.log('INFO', 'verdicts wait for a path', { path, records });
  }
}

function summaryOf({ taken, verdicts, findings, resolved, unfinished, healths, held }: Minute): object {
  return {
    taken,
    verdicts,
    findings: findings.length,
    resolved,
    unfinished,
    held: Object.fromEntries(held),
    paths: healths.map(({ path, status, watermark }) => ({ path, status, watermark })),
  };
}
