/**
 * Reconcile over a day that is played in seconds: each round runs as of an instant of the day, and takes what came until then. A
 * commit is dated by the clock of the machine and holds what many minutes of the day brought, so that arrivals are made anew from
 * the records, each dated by its own receipt: the same day gives the same rounds.
 */
import type { Bundle } from '../../shared/config/bundle.ts';
import { arrivalsOf } from '../../shared/corroboration/health/arrivals.ts';
import { minuteAt, minuteOf, MINUTE_MS, msOfMinute } from '../../shared/corroboration/health/minutes.ts';
import { RULES } from '../../shared/corroboration/rules/index.ts';
import type { Logger } from '../../shared/observe/log.ts';
import { createMinute, type Minute } from '../../shared/reconcile/minute.ts';
import type { Row } from '../../schemas/tables.ts';
import type { Store } from '../../shared/store/store.ts';
import { timestampOf } from '../../shared/store/timestamp.ts';
import { CANARY_KEY } from '../day/canaries.ts';
import type { DayAlerts } from './day-alerts.ts';

export interface DayMinutesOptions {
  readonly store: Store;
  readonly bundle: Bundle;
  readonly alerts: Pick<DayAlerts, 'claim'>;
  readonly logger: Logger;
}

export interface DayMinutes {
  /** @param at the instant of the day that it is */
  run(at: Date): Promise<Minute>;
}

export function createDayMinutes({ store, bundle, alerts, logger }: DayMinutesOptions): DayMinutes {
  let now = '';
  const { run } = createMinute({
    store,
    rules: RULES,
    bundleAt: () => bundle,
    now: () => now,
    logger,
    canaryKeys: [CANARY_KEY],
    publish: () => alerts.claim(now),
    arrivals: (since) => asReceived(store, since, now),
  });
  return {
    run(at) {
      now = timestampOf(at);
      return run();
    },
  };
}

/** Where a record tells of no receipt it is taken to have come when it was made. */
const RECEIVED = `SELECT e.EventId, e.EventTime, e.ReceiveTime, e.Source, e.Action, e.Outcome, e.Phase, e.Provenance, e.Project,
  e.Resource, e.CallKey, e.Claims
FROM Events AS e
WHERE COALESCE(e.ReceiveTime, e.EventTime) >= @since AND COALESCE(e.ReceiveTime, e.EventTime) <= @until
ORDER BY e.EventId`;
const MOST = 100_000;

/** Rows of Arrivals, one for each minute of the day in which something was received. */
async function asReceived(store: Store, since: string, until: string): Promise<readonly Row[]> {
  const { rows } = await store.query(
    RECEIVED,
    { since: { type: 'timestamp', value: since }, until: { type: 'timestamp', value: until } },
    { limit: MOST },
  );
  const byMinute = Map.groupBy(rows, (row) => minuteOf(String(row['ReceiveTime'] ?? row['EventTime'])));
  return [...byMinute].flatMap(([minute, received]) => {
    const paths = arrivalsOf(received, endOf(minute));
    return paths === undefined ? [] : [{ CommitTime: `${minute}:59.999999999Z`, Paths: paths }];
  });
}

const endOf = (minute: string): string => `${minuteAt(msOfMinute(minute) + MINUTE_MS)}:00.000000000Z`;
