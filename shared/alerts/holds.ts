/** What holds an alert back: silences, and quiet hours for those of low severity. Pure. */
import type { Alerting, QuietHours } from '../../schemas/alerting.ts';
import { timestampOf } from '../store/timestamp.ts';
import { matches } from './routes.ts';
import type { Episode } from './store.ts';
import { MINUTE_MS } from './times.ts';

export interface Hold {
  /** Id of the silence, or `quiet-hours`. */
  readonly by: string;
  readonly until: string;
}

export const QUIET_HOURS = 'quiet-hours';

/** The hold that lasts longest; undefined: nothing holds it back now. */
export function holdOf(
  episode: Pick<Episode, 'rule' | 'key' | 'severity' | 'finding'>,
  alerting: Alerting,
  now: string,
): Hold | undefined {
  const at = Date.parse(now);
  let longest: { readonly by: string; readonly until: number } | undefined;
  const consider = (by: string, until: number): void => {
    if (until > at && (longest === undefined || until > longest.until)) longest = { by, until };
  };
  for (const silence of alerting.silences) {
    if (silence.from !== undefined && Date.parse(silence.from) > at) continue;
    if (matches(silence, episode, alerting)) consider(silence.id, Date.parse(silence.until));
  }
  if (alerting.quietHours !== undefined && episode.severity === 'low') {
    const until = quietUntil(alerting.quietHours, at);
    if (until !== undefined) consider(QUIET_HOURS, until);
  }
  return longest === undefined ? undefined : { by: longest.by, until: timestampOf(new Date(longest.until)) };
}

const DAY_MINUTES = 24 * 60;
const minutesOf = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));
const past = (from: number, to: number): number => (to - from + DAY_MINUTES) % DAY_MINUTES;

/**
 * When the quiet hours that hold at an instant end; undefined outside of them. `from` after `until` is over midnight; the two
 * alike are no quiet hours.
 * @param at milliseconds since 1970
 */
export function quietUntil({ from, until, timezone }: QuietHours, at: number): number | undefined {
  const end = minutesOf(until);
  const length = past(minutesOf(from), end);
  if (past(minutesOf(from), minutesAt(at, timezone)) >= length) return undefined;
  const minute = at - (at % MINUTE_MS);
  const guess = minute + past(minutesAt(at, timezone), end) * MINUTE_MS;
  // A change of the clocks in between: what the clock shows then is off by as much.
  const off = past(end, minutesAt(guess, timezone));
  const ends = guess - (off > DAY_MINUTES / 2 ? off - DAY_MINUTES : off) * MINUTE_MS;
  return ends > at ? ends : guess;
}

const clocks = new Map<string, Intl.DateTimeFormat>();

/** Minutes since midnight as the clocks of a zone show them. */
function minutesAt(at: number, timeZone: string): number {
  let clock = clocks.get(timeZone);
  if (clock === undefined) {
    clock = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    clocks.set(timeZone, clock);
  }
  return minutesOf(clock.format(at));
}
