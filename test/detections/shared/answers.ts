/**
 * What detections share, asked directly: whom the configuration means, whose a member is, what a list says. Apart from the
 * runner, since the mutation check asks the same.
 */
import { isDeepStrictEqual } from 'node:util';
import { DECLARATIONS } from './declarations.ts';
import { DETECTING } from './detecting.ts';
import { EVENTS } from './events.ts';
import type { Question, Shared } from './ground.ts';
import { LOGS } from './logs.ts';
import { PLACES } from './places.ts';
import { READING } from './reading.ts';

/** The files of shared/detections whose exports are asked. */
export const SHARED_FILES = [
  'access-log-filter.ts',
  'addresses.ts',
  'audit-configs.ts',
  'bindings.ts',
  'change.ts',
  'claimed-json.ts',
  'dataset-place.ts',
  'declare.ts',
  'destination-tls.ts',
  'detect.ts',
  'evidence.ts',
  'finding.ts',
  'gateway-entity.ts',
  'kept-entries.ts',
  'kinds.ts',
  'members.ts',
  'must-keep.ts',
  'one-per-key.ts',
  'patterns.ts',
] as const;

export const SHARED_QUESTIONS: readonly Question[] = [
  ...DECLARATIONS,
  ...PLACES,
  ...READING,
  ...LOGS,
  ...EVENTS,
  ...DETECTING,
];

/** The first question that is answered otherwise; undefined where none is. */
export const wrongAnswer = (shared: Shared): string | undefined =>
  SHARED_QUESTIONS.find(({ ask, answer }) => !isDeepStrictEqual(ask(shared), answer))?.what;
