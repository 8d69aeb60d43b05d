/** What the digest of a backfill says beside its findings; shared/backfill/digest.ts makes it. */
export const BACKFILL_DIGEST = 'backfill-digest';

export const BACKFILL_DIGEST_TEXT = {
  why: 'Records that come long after the fact are evidence all the same, and nobody is woken for them.',
  runbook: [
    'Read what was found: `jobtrail alerts show DIGEST` lists the findings with their events.',
    'Treat each as its own rule says: the digest is of low severity, its findings may not be.',
    'Resolve the digest when they are dealt with. What is found of the same from now on is an alert of its own.',
  ],
} as const;
