/** Processor time of another process, where the system tells it: Linux, in ticks of ten milliseconds. */
import { readFileSync } from 'node:fs';

const TICK_MS = 10;

/** Milliseconds in user and system mode, all threads; undefined where the system does not tell. */
export function processorTimeOf(pid: number | undefined): number | undefined {
  if (pid === undefined) return undefined;
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The name in parentheses may hold blanks; utime and stime are the twelfth and thirteenth field after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  return Number.isNaN(ticks) ? undefined : ticks * TICK_MS;
}
