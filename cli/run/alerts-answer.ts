/** Acknowledging and resolving at the command line. */
import { randomUUID } from 'node:crypto';
import { transitionId } from '../../shared/alerts/episode.ts';
import type { AlertStore, Answered, Episode } from '../../shared/alerts/store.ts';
import { JobtrailError } from '../../shared/errors.ts';
import { printable } from '../table.ts';
import { SHORT_ID } from './alerts-find.ts';
import { second } from './explanation.ts';

export interface AnswerRequest {
  readonly change: 'acknowledge' | 'resolve';
  readonly by: string;
  readonly reason: string | undefined;
  /** Time of rows. */
  readonly now: string;
}

const DONE = { acknowledge: 'acknowledged', resolve: 'resolved' } as const;

/**
 * @returns what to tell: done, or that it was done before
 * @throws JobtrailError `usage` where the alert's state does not allow it
 */
export async function answerAlert(
  store: AlertStore,
  episode: Episode,
  { change, by, reason, now }: AnswerRequest,
): Promise<string> {
  const name = episode.id.slice(0, SHORT_ID);
  const done = await store.transition({
    id: transitionId(episode, change, randomUUID()),
    episode: { id: episode.id, n: episode.n },
    change,
    at: now,
    by,
    because: reason === undefined ? 'command' : `command: ${reason}`,
  });
  if (done) return `${name} ${DONE[change]} by ${by}`;
  const stored = await store.episodes({ ids: [episode.id], limit: 1000 });
  const current = stored.find(({ n }) => n === episode.n) ?? episode;
  const before = change === 'resolve' ? current.resolved : current.acknowledged;
  if (current.state === DONE[change] && before !== undefined)
    return `${name} was ${DONE[change]} before ${told(before)}`;
  throw new JobtrailError(
    'usage',
    `${name} is ${current.state}${current.resolved === undefined ? '' : ` ${told(current.resolved)}`}: nothing is left to ${change}.`,
    'A new finding of its rule and key opens the next alert.',
  );
}

const told = ({ by, at }: Answered): string => `(by ${printable(by)}, ${second(at)})`;
