/** The values that tell how Jobtrail itself is set, and what may be wrong with them. */
import type { Silence } from '../../schemas/alerting.ts';
import type { Episode } from '../alerts/store.ts';
import type { DeclaredFacts } from '../detections/declared-facts.ts';
import { parseIdentifier } from '../identity/grammar/identifier.ts';
import type { TrailEvent } from '../model/trail-event.ts';
import type { BundleInForce } from '../store/bundles.ts';

export interface OwnConfig {
  /** As the store keeps them, oldest first. */
  readonly bundles: readonly BundleInForce[];
  /** What each function decides by, as it says itself. */
  readonly running: readonly Running[];
  /** Made at the command line. */
  readonly silences: readonly MadeSilence[];
  /** Alerts that are open or were of late: what silences hold back. */
  readonly alerts: readonly Silenced[];
  /** Ids of rules that are critical. */
  readonly criticalRules: ReadonlySet<string>;
  /** Environment → team, as the configuration has it. */
  readonly teams: Readonly<Record<string, string>>;
  /** Deploy records, of any provenance. */
  readonly records: readonly TrailEvent[];
  readonly declared: DeclaredFacts;
  /** RFC 3339, UTC, nine fraction digits. */
  readonly now: string;
}

export interface Running {
  /** `ingest`, `reconcile`, … */
  readonly where: string;
  readonly digest: string;
}

/** One thing that is wrong. */
export interface Problem {
  /** `bundle DIGEST`, `silence ID`. */
  readonly artefact: string;
  readonly what: string;
  /** As it was written down. */
  readonly by: string;
  /** When it was made. */
  readonly at: string;
  readonly fields: readonly (readonly [label: string, value: string | undefined])[];
}

export interface MadeSilence extends Silence {
  readonly from: string;
  readonly createdAt: string;
  readonly createdBy: string;
}

/** An alert, as far as silences and people concern it. */
export type Silenced = Pick<Episode, 'rule' | 'key' | 'severity' | 'finding'>;

/** Two names of one person, as people write them. */
export function isSamePerson(a: string, b: string): boolean {
  const [one, other] = [parseIdentifier(a)?.id, parseIdentifier(b)?.id];
  return one !== undefined && other !== undefined ? one === other : plain(a) === plain(b);
}

const plain = (text: string): string => text.trim().toLowerCase();
