/** What `terraform validate` cannot see: each a mistake that applies without a complaint and loses or opens something. */
import { narrow, protectedStores } from './access.ts';
import { Deployed, type Rule } from './deployed.ts';
import { callers, messages, schedules, secrets, stores } from './grants.ts';
import { itself, pushed, reached } from './functions.ts';
import { backups, evidence, ownKeys, signingKeys } from './keeping.ts';
import { deadLetters, kept, ownSubscriptions } from './messages.ts';
import { ownEntries, whole } from './sinks.ts';

const RULES: readonly Rule[] = [
  deadLetters,
  kept,
  ownSubscriptions,
  ownEntries,
  whole,
  pushed,
  reached,
  itself,
  narrow,
  protectedStores,
  callers,
  schedules,
  stores,
  messages,
  secrets,
  backups,
  evidence,
  signingKeys,
  ownKeys,
];

/** What is wrong with a deployment, from the text of `terraform show -json` after an apply. */
export function wrongWith(shown: string): string[] {
  const deployed = new Deployed(shown);
  return RULES.flatMap((rule) => rule(deployed));
}
