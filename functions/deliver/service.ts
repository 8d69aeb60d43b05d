/** What `deliver` does with findings that were pushed, and each minute with what was lost on the way. */
import type { Deliverer } from '../../shared/alerts/deliver.ts';
import type { AlertStore } from '../../shared/alerts/store.ts';
import { claimLost } from '../../shared/alerts/sweep.ts';
import { DAY_MS, HOUR_MS, later } from '../../shared/alerts/times.ts';
import type { Logger } from '../../shared/observe/log.ts';

/** Of the request's deadline, so that it is answered with work left rather than cut. */
const PUSH_MS = 30_000;
const SWEEP_MS = 45_000;

/** A sweep looks back so far; the first of an instance and that of each full hour as long as Pub/Sub would have kept them. */
const LOOK_BACK_MS = 2 * HOUR_MS;
const LONG_LOOK_BACK_MS = 7 * DAY_MS;

export interface DeliverService {
  /** Findings that were published, into episodes and out to the channels. */
  pushed(ids: readonly string[]): Promise<void>;
  /** Findings that no episode has, and whatever is due. */
  sweep(): Promise<void>;
}

export interface DeliverServiceOptions {
  readonly store: AlertStore;
  readonly deliverer: Deliverer;
  readonly now: () => string;
  readonly logger: Logger;
}

export function createDeliverService({
  store,
  deliverer,
  now,
  logger,
}: DeliverServiceOptions): DeliverService {
  let swept = false;

  return {
    async pushed(ids) {
      const findings = await store.findings(ids);
      if (findings.length < new Set(ids).size) {
        // Expired, or of another database: nothing that another delivery would bring.
        logger.log('WARNING', 'pushed findings are not stored', {
          count: new Set(ids).size - findings.length,
        });
      }
      await deliverer.accept(findings);
      await deliverer.deliverDue(later(now(), PUSH_MS));
    },
    async sweep() {
      const long = !swept || now().slice(14, 16) === '00';
      await claimLost(store, deliverer, later(now(), -(long ? LONG_LOOK_BACK_MS : LOOK_BACK_MS)), logger);
      swept = true;
      await deliverer.deliverDue(later(now(), SWEEP_MS));
    },
  };
}
