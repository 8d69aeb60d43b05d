import { SEVERITIES, type Severity } from '../../schemas/alerting.ts';

/** Positive where `a` is higher. */
export const compareSeverity = (a: Severity, b: Severity): number =>
  SEVERITIES.indexOf(a) - SEVERITIES.indexOf(b);

export const higher = (a: Severity, b: Severity): Severity => (compareSeverity(a, b) >= 0 ? a : b);
