import { timestampOf } from '../../shared/store/timestamp.ts';

/** The clock of the command line. */
export const now = (): string => timestampOf(new Date());
