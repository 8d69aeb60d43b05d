/** Agents, and which of their acts change something. */
import type { Action } from '../model/event.ts';

export const isAgent = (id: string): boolean => id.startsWith('agent:');

/** What leaves everything as it was, or tells of work that was asked for before. */
const READS: ReadonlySet<string> = new Set<Action>([
  'data.read',
  'metadata.read',
  'telemetry.read',
  'secret.read',
  'credential.mint',
  'key.use',
  'job.observe',
  'metric.observe',
  'job.finish',
  'login',
]);

/** @param verb an action */
export const isRead = (verb: string): boolean => READS.has(verb);
