import { createClock } from '../../shared/store/timestamp.ts';

/** The clock of the command line. */
export const now = createClock(Date.now);
