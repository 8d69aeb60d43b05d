/** What was declared and from when it held, as the store keeps it: facts, inserted and never changed. */
import type { Row } from '../../schemas/tables.ts';

/** A bundle with its texts as one text (shared/config/bundle-texts.ts). */
export interface KeptBundle {
  readonly digest: string;
  readonly texts: string;
}

/** Times are RFC 3339, UTC, nine fraction digits, `Z`. */
export interface BundleInForce {
  /** Inclusive; until the next one's. */
  readonly from: string;
  readonly digest: string;
  readonly commit: string;
  readonly reviewer: string;
  readonly pushedBy: string;
  readonly pushedAt: string;
}

/** `unchanged`: the same digest is pushed from that time already. `taken`: another one is. */
export type Pushed = 'pushed' | 'unchanged' | 'taken';

export interface BundleStore {
  /** Keeps the texts; what is kept under the digest stays. */
  keep(bundle: KeptBundle, now: string): Promise<void>;
  /** Keeps the texts and says from when they hold, both or neither. */
  push(bundle: KeptBundle, force: BundleInForce): Promise<Pushed>;
  /** All, oldest first. */
  inForce(): Promise<readonly BundleInForce[]>;
  texts(digest: string): Promise<string | undefined>;
}

export const bundleRow = ({ digest, texts }: KeptBundle, now: string): Row => ({
  Digest: digest,
  Texts: texts,
  StoredAt: now,
});

export const inForceRow = (force: BundleInForce): Row => ({
  FromTime: force.from,
  Digest: force.digest,
  CommitId: force.commit,
  Reviewer: force.reviewer,
  PushedBy: force.pushedBy,
  PushedAt: force.pushedAt,
});

export const inForceOfRow = (row: Row): BundleInForce => ({
  from: String(row['FromTime']),
  digest: String(row['Digest']),
  commit: String(row['CommitId']),
  reviewer: String(row['Reviewer']),
  pushedBy: String(row['PushedBy']),
  pushedAt: String(row['PushedAt']),
});
