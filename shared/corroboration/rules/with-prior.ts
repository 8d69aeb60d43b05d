/**
 * Detections that know more once other records are read: those that compare a state with the one before, and those about
 * changes outside of CI. Each is a rule under its detection's own id.
 */
import { DETECTIONS } from '../../detections/index.ts';
import { DEPLOYED } from '../deployable.ts';
import type { Rule } from '../rule.ts';
import { compares, takenAgain } from '../taken-again.ts';

export const PRIOR_RULES: readonly Rule[] = DETECTIONS.filter(
  (detection) => compares(detection) || DEPLOYED.has(detection),
).map(takenAgain);
