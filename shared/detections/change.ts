/**
 * Detections that compare a state with the one before it: log routing, audit configuration, mesh and gateway policies. One
 * pure function of before and after, asked twice: of the entry alone, which may carry both sides or be decided by what it
 * sets, and with the state before once that is read from the store.
 */
import type { TrailClaims, TrailEvent } from '../model/trail-event.ts';
import type { DeclaredFacts } from './declared-facts.ts';
import type { Detection, Found, Prior } from './detection.ts';

export interface Change {
  readonly event: TrailEvent;
  /** Undefined: not known. */
  readonly before: Prior['before'] | undefined;
  readonly after: TrailClaims;
  readonly wider?: Prior['wider'] | undefined;
}

/** Finds `undetermined` where the state before matters and is not known: shown, nobody is paged. */
export type Compare = (change: Change, declared: DeclaredFacts) => readonly Found[];

export interface ChangeDetection extends Detection {
  readonly compare: Compare;
}

export function defineChangeDetection(detection: Omit<ChangeDetection, 'decide'>): ChangeDetection {
  return {
    ...detection,
    decide: ({ event, declared, prior }) =>
      detection.compare({ event, before: prior?.before, after: event.claims, wider: prior?.wider }, declared),
  };
}

/** Field masks are written with commas, in either spelling: `exclusions`, `include_children`, `oidc.issuerUri`. */
export function masks(mask: string | undefined, field: string): boolean {
  if (mask === undefined || mask === '*') return true;
  const wanted = plainField(field);
  return mask.split(',').some((one) => {
    const path = plainField(one);
    return path === wanted || path.startsWith(`${wanted}.`) || wanted.startsWith(`${path}.`);
  });
}

const plainField = (text: string): string => text.trim().replaceAll('_', '').toLowerCase();
