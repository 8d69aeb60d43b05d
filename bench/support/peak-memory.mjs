// Preloaded into a measured process: writes its peak resident memory in kB to descriptor 3 when it ends. Linux keeps
// getrusage's figure across fork and exec, so that a child of a large process seems large; VmHWM is of this program.
import { readFileSync, writeSync } from 'node:fs';

function peak() {
  try {
    return Number(/VmHWM:\s*(\d+) kB/.exec(readFileSync('/proc/self/status', 'latin1'))?.[1]);
  } catch {
    return process.resourceUsage().maxRSS;
  }
}

process.on('exit', () => writeSync(3, String(peak())));
