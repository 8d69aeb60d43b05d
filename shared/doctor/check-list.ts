/** What doctor looks at, in the order of its lines. */
import { AUDIT, AUDIT_NEEDS } from './checks/audit.ts';
import { CLOCK } from './checks/clock.ts';
import { CONFIGURATION } from './checks/configuration.ts';
import { DEAD_LETTERS } from './checks/dead-letters.ts';
import { EVIDENCE } from './checks/evidence.ts';
import { LOG_WRITERS } from './checks/log-writers.ts';
import { CANARIES, PATHS } from './checks/paths.ts';
import { PUBLISHERS } from './checks/publishers.ts';
import { SCHEMA } from './checks/schema.ts';
import { SINKS } from './checks/sinks.ts';
import { SUBSCRIPTIONS } from './checks/subscriptions.ts';
import { type CheckText, UNASKED_CODES } from './line.ts';

export const CHECKS: readonly CheckText[] = [
  CONFIGURATION,
  SCHEMA,
  CLOCK,
  PATHS,
  CANARIES,
  EVIDENCE,
  SUBSCRIPTIONS,
  DEAD_LETTERS,
  SINKS,
  PUBLISHERS,
  AUDIT,
  LOG_WRITERS,
];

export { AUDIT_NEEDS, UNASKED_CODES };
