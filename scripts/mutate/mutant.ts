/** One mutant on its way through a thread. */
import type { Detection } from '../../shared/detections/detection.ts';
import type { Mutation } from './mutations.ts';

export interface CandidateMutant {
  readonly number: number;
  /** Absolute path. */
  readonly file: string;
  /** The path inside of shared/detections. */
  readonly name: string;
  readonly mutation: Mutation;
  /** A detection by itself; otherwise what others share, which is loaded with them. */
  readonly alone: boolean;
}

/** `invalid`: no program at all, which no test needs to notice. `timeout`: it ran without end, which a test notices. */
export type Verdict = 'killed' | 'survived' | 'timeout' | 'invalid';

export const isDetection = (value: unknown): value is Detection =>
  typeof value === 'object' && value !== null && 'decide' in value && typeof value.decide === 'function';
