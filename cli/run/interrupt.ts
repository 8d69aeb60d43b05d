/** A clean end of long work when somebody asks for it: what is under way is ended, and the rest is left for another run. */
import type { Clock } from '../../shared/backfill/pace.ts';
import { EXIT } from '../help.ts';
import { CLOCK } from './google.ts';

/** Thrown by a wait that was cut short. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

export interface Interrupt {
  readonly asked: () => boolean;
  /** Whoever sleeps by it when the end is asked for is woken by `Interrupted`. */
  readonly clock: Clock;
  /** Signals end the process at once again. */
  readonly dispose: () => void;
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * From now on the first SIGINT or SIGTERM asks for the end, the second ends the process where it is.
 * @param tell is called with the first
 */
export function listenForInterrupt(tell: () => void): Interrupt {
  const ending = new AbortController();
  const onSignal = (): void => {
    if (ending.signal.aborted) process.exit(EXIT.interrupted);
    ending.abort(new Interrupted('it was asked to end'));
    tell();
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return {
    asked: () => ending.signal.aborted,
    clock: { now: CLOCK.now, sleep: (milliseconds) => sleepUnless(ending.signal, milliseconds) },
    dispose() {
      for (const signal of SIGNALS) process.off(signal, onSignal);
    },
  };
}

async function sleepUnless(signal: AbortSignal, milliseconds: number): Promise<void> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, milliseconds);
  const cut = (): void => reject(signal.reason);
  signal.addEventListener('abort', cut, { once: true });
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', cut);
  }
}
