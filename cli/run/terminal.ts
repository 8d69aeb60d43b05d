import type { Terminal } from '../main.ts';
import type { ProgressTerminal } from '../progress.ts';

/** Progress goes to standard error. */
export const progressOn = ({ err, isTty, columns }: Terminal): ProgressTerminal => ({
  write: err,
  isTty,
  columns,
});
