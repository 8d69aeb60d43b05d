/** This machine's clock against the store's: bundles, silences and watermarks are dated by it. */
import { createCheck, type Line } from '../line.ts';

export const CLOCK = createCheck({
  name: 'clock',
  looksAt: "this machine's clock against the database's",
  codes: {
    'far-apart': { state: 'wrong', means: 'they are more than a minute apart' },
    apart: { state: 'warning', means: 'they are more than five seconds apart' },
  },
});

const WARN_MS = 5_000;
const WRONG_MS = 60_000;

/**
 * @param before and after: this machine's clock around the question, milliseconds; the answer lies between
 * @param theirs the database's, milliseconds
 */
export function checkClock(before: number, theirs: number, after: number): Line {
  const apart = theirs < before ? before - theirs : theirs > after ? theirs - after : 0;
  const says = `this machine is ${(apart / 1000).toFixed(1)} s ${theirs < before ? 'ahead of' : 'behind'} the database`;
  const mend = 'sudo timedatectl set-ntp true';
  if (apart > WRONG_MS) return CLOCK.found('far-apart', 'clock', says, mend);
  if (apart > WARN_MS) return CLOCK.found('apart', 'clock', says, mend);
  return CLOCK.ok('clock', 'agrees with the database');
}
